using EMDC.Operators;
using EMDC.Tests.Reference;
using Tensor = EMDC.Tests.Reference.Tensor;

namespace EMDC.Tests.Operators;

/// <summary>Cases of <see cref="EMDC.Operators.FunnelStage"/>.</summary>
internal static class FunnelStageCases
{
    // Measured over these cases on 2026-11-22, the same at every width with FMA: 11.2 ulps at most with given logits, 19.8 with
    // logits of a convolution, whose error exp passes on; a third more for machines that don't fuse.
    private static readonly Tolerance First = Tolerance.Ulp(14.9);
    private static readonly Tolerance Later = Tolerance.Ulp(26.3);

    public static IEnumerable<FunnelCase> Shapes
    {
        get
        {
            // Small ones: every stage of the network's kinds, and more iterations than it has.
            (int Height, int Width)[] small = [(1, 1), (2, 3), (5, 7), (17, 33), (13, 31), (1, 40), (40, 1), (8, 16)];
            int i = 0;
            for (int n = 1; n <= 3; n++)
            {
                for (int iterations = 1; iterations <= 4; iterations++)
                {
                    foreach (int previous in (int[])[0, n, n + 1])
                    {
                        // The stage before has one dilation more only in stages 4 and 7; none has four.
                        if (previous <= 3)
                        {
                            var (height, width) = small[i++ % small.Length];
                            yield return new FunnelCase(n, iterations, previous, height, width, Every: 7, Reach: 3);
                        }
                    }
                }
            }

            // Everything and nothing measured; the smallest reach.
            yield return new FunnelCase(3, 3, 3, 17, 9, Every: 1, Reach: 3);
            yield return new FunnelCase(2, 2, 3, 9, 17, Every: int.MaxValue, Reach: 3);
            yield return new FunnelCase(1, 3, 2, 11, 5, Every: 7, Reach: 1);
            yield return new FunnelCase(2, 3, 0, 11, 5, Every: 7, Reach: 2);

            // Lines long enough that several threads get a band each.
            foreach (var (height, width) in ((int, int)[])[(40, 70), (200, 20), (300, 9), (24, 300)])
            {
                yield return new FunnelCase(3, 3, 0, height, width, Every: 50, Reach: 3);
                yield return new FunnelCase(3, 2, 3, height, width, Every: 50, Reach: 3);
                yield return new FunnelCase(2, 3, 3, height, width, Every: 50, Reach: 3);
                yield return new FunnelCase(1, 3, 2, height, width, Every: 50, Reach: 3);
                yield return new FunnelCase(1, 2, 1, height, width, Every: 50, Reach: 3);
                yield return new FunnelCase(1, 1, 1, height, width, Every: 50, Reach: 3);
            }
        }
    }

    public static IEnumerable<OperatorCase> All =>
        Shapes.Select(shape => new OperatorCase("FunnelStage", shape.Name, shape.Record, () => Expect(shape)));

    private static IEnumerable<Expected> Expect(FunnelCase shape)
    {
        int n = shape.Dilations;
        Tensor y = shape.Y;
        Tensor[] guidance = [.. Enumerable.Range(0, n).Select(k => shape.Part(shape.Guidance, 9 * k, 9))];
        Tensor? fuse = n == 1 ? null : shape.Part(shape.Fuse, 0, n);
        if (shape.Previous > 0)
        {
            Tensor[] inputs = [.. guidance.Select(g => Tensor.Concat(g, y))];
            guidance = [.. inputs.Select((x, k) => shape.GuidanceConv[k].Apply(x))];
            Tensor[] magnitudes = [.. inputs.Select((x, k) => shape.GuidanceConv[k].Magnitude(x))];
            yield return Expected.Sum("guidance", Tensor.Concat(guidance), Tensor.Concat(magnitudes), shape.GuidanceConv[0].Terms);
            if (shape.FuseConv is { } conv)
            {
                Tensor x = Tensor.Concat(shape.Fuse, y);
                fuse = conv.Apply(x);
                yield return Expected.Sum("fuse", fuse, conv.Magnitude(x), conv.Terms);
            }
        }

        Tensor result = Propagation.Apply(y, Affinity.Apply(guidance, fuse), shape.Measured, shape.Iterations);
        yield return new Expected("y", result.Values, shape.Previous == 0 ? First : Later);
    }
}

/// <summary>One funnel stage and its data.</summary>
/// <param name="Dilations">n.</param>
/// <param name="Iterations">T.</param>
/// <param name="Previous">Dilations of the stage before; 0 for the first stage.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Every">One pixel of so many is measured.</param>
/// <param name="Reach">Of all tensors.</param>
public sealed record FunnelCase(int Dilations, int Iterations, int Previous, int Height, int Width, int Every, int Reach)
{
    private readonly Lazy<Data> _data = new(() => new Data(Dilations, Previous, Height, Width, Every));

    public string Name =>
        $"{Dilations} dilations{(Previous == 0 ? " first" : $" after {Previous}")}, {Iterations} iterations, {Height}×{Width}, "
        + $"one in {Every} measured, reach {Reach}";

    internal Tensor Guidance => _data.Value.Guidance;

    internal Tensor Fuse => _data.Value.Fuse;

    internal Tensor Y => _data.Value.Y;

    internal Tensor Measured => _data.Value.Measured;

    internal DrawnConv[] GuidanceConv => _data.Value.GuidanceConv;

    internal DrawnConv? FuseConv => _data.Value.FuseConv;

    internal FunnelStageWeights Weights => _data.Value.Weights(Iterations);

    /// <summary>Channels of a tensor.</summary>
    internal Tensor Part(Tensor from, int first, int count)
    {
        int plane = Height * Width;
        return new Tensor(count, Height, Width, from.Values[(first * plane)..((first + count) * plane)]);
    }

    internal void Record(CaseDevice device)
    {
        var from = new FunnelState(
            device.Input("previous guidance", Guidance, Reach), device.Input("previous fuse", Fuse, Reach), device.Input("previous y", Y, Reach));
        bool first = Previous == 0;
        var to = new FunnelState(
            first ? device.Unset("guidance", 1, Height, Width, Reach) : device.Output("guidance", 9 * Dilations, Height, Width, Reach),
            first || Dilations == 1 ? device.Unset("fuse", 1, Height, Width, Reach) : device.Output("fuse", Dilations, Height, Width, Reach),
            device.Output("y", 1, Height, Width, Reach));
        device.Op.FunnelStage(Weights, from, to, device.Input("depth", Measured, Reach));
    }

    private sealed class Data(int n, int previous, int height, int width, int every)
    {
        private readonly string _name = $"funnel {n} {previous} {height}×{width}";

        public Tensor Guidance { get; } =
            Draw.Tensor($"funnel {n} {previous} {height}×{width} guidance", 9 * Math.Max(n, previous), height, width, 4);

        public Tensor Fuse { get; } =
            Draw.Tensor($"funnel {n} {previous} {height}×{width} fuse", Math.Max(n, previous), height, width, 4);

        public Tensor Y { get; } = Draw.Depth($"funnel {n} {previous} {height}×{width} y", height, width);

        public Tensor Measured { get; } = Draw.Measured($"funnel {n} {previous} {height}×{width} depth", height, width, every);

        public DrawnConv[] GuidanceConv => field ??=
            [.. Enumerable.Range(1, previous == 0 ? 0 : n).Select(k => Draw.Conv($"{_name} guid {k}", 9, 10, 3))];

        public DrawnConv? FuseConv => previous == 0 || n == 1 ? null : field ??= Draw.Conv($"{_name} fuse", n, previous + 1, 3);

        public FunnelStageWeights Weights(int iterations) =>
            new(_name, n, iterations, [.. GuidanceConv.Select(g => g.Weights)], FuseConv?.Weights);
    }
}
