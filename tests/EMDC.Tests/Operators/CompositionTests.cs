using EMDC.Operators;

namespace EMDC.Tests.Operators;

/// <summary>
/// Fused operators against the same device's operators one after another. On a CPU every pixel goes through the same operations
/// in the same order, so they agree bit for bit.
/// </summary>
public sealed class CompositionTests
{
    public static TheoryData<string> All => [.. Backends.All.Select(b => b.Name)];

    [Theory]
    [MemberData(nameof(All))]
    public void Conv2d_is_convolution_then_clamp_then_residual(string backend)
    {
        DrawnConv w = Draw.Conv("composition w", 9, 10, 3, gain: 4);
        float[] x = Draw.Values("composition x", 10 * 17 * 33, 2), added = Draw.Values("composition r", 9 * 17 * 33, 2);
        float[] fused = Conv(Activation.ReLU6, added), plain = Conv(Activation.None, null);
        Assert.Contains(fused.Zip(added, (y, a) => y - a), v => v > 5.9f);
        Recording.AssertSameBits([.. plain.Zip(added, (y, a) => Math.Clamp(y, 0, 6) + a)], fused, backend);

        float[] Conv(Activation activation, float[]? residual) => Recording.Run(Backends.Of(backend), op =>
        {
            Tensor y = op.Tensor("y", 9, 17, 33);
            Tensor? r = residual is null ? null : op.Tensor("r", 9, 17, 33, residual);
            op.Conv2d(w.Weights, op.Tensor("x", 10, 17, 33, x), y, activation, 1, r);
            return y;
        });
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Conv2dPixelShuffle_is_convolution_then_shuffle_then_PReLU(string backend)
    {
        const int Height = 7, Width = 19, Channels = 3;
        DrawnConv w = Draw.Conv("composition shuffle", 4 * Channels, 10, 3);
        float[] x = Draw.Values("composition shuffle x", 10 * Height * Width, 2), slope = [0.25f, -0.5f, 0.75f];
        float[] fused = Recording.Run(Backends.Of(backend), op =>
        {
            Tensor y = op.Tensor("y", Channels, 2 * Height, 2 * Width);
            op.Conv2dPixelShuffle(w.Weights, slope, op.Tensor("x", 10, Height, Width, x), y);
            return y;
        });
        float[] plain = Recording.Run(Backends.Of(backend), op =>
        {
            Tensor y = op.Tensor("y", 4 * Channels, Height, Width);
            op.Conv2d(w.Weights, op.Tensor("x", 10, Height, Width, x), y, Activation.None);
            return y;
        });
        var t = Reference.PixelShuffle.Apply(new(4 * Channels, Height, Width, Array.ConvertAll(plain, v => (double)v)));
        float[] composed = [.. t.Values.Select((v, i) => v > 0 ? (float)v : slope[i / (4 * Height * Width)] * (float)v)];
        Recording.AssertSameBits(composed, fused, backend);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_funnel_stage_is_convolutions_then_softmax_then_its_iterations_one_by_one(string backend)
    {
        var shape = new FunnelCase(2, 3, 3, 40, 29, Every: 9, Reach: 3);
        float[] fused = Recording.Run(Backends.Of(backend), op => Stage(op, shape, shape.Weights));
        float[] composed = Recording.Run(Backends.Of(backend), op =>
        {
            int n = shape.Dilations;
            Tensor y = Input(op, "y", shape.Y), depth = Input(op, "depth", shape.Measured);
            Tensor guidance = op.Tensor("guidance", 9 * n, shape.Height, shape.Width, shape.Reach);
            Tensor fuse = op.Tensor("fuse", n, shape.Height, shape.Width, shape.Reach);
            for (int k = 0; k < n; k++)
            {
                Tensor concat = Input(op, "concat", Reference.Tensor.Concat(shape.Part(shape.Guidance, 9 * k, 9), shape.Y));
                op.Conv2d(shape.GuidanceConv[k].Weights, concat, guidance.Slice(9 * k, 9), Activation.None);
            }

            op.Conv2d(shape.FuseConv!.Weights, Input(op, "concat", Reference.Tensor.Concat(shape.Fuse, shape.Y)), fuse, Activation.None);
            var once = new FunnelStageWeights("once", n, 1, [], null);
            for (int t = 0; t < shape.Iterations; t++)
            {
                Tensor next = op.Tensor($"y{t}", 1, shape.Height, shape.Width, shape.Reach);
                op.FunnelStage(once, new(guidance, fuse, y), new(guidance, fuse, next), depth);
                y = next;
            }

            return y;
        });
        Recording.AssertSameBits(composed, fused, backend);
    }

    /// <summary>Bands and the seams between them: where a thread's part ends changes no pixel.</summary>
    [Theory]
    [MemberData(nameof(Widths))]
    public void A_funnel_stage_is_the_same_bit_for_bit_with_any_number_of_threads(string simd)
    {
        foreach (FunnelCase shape in FunnelStageCases.Shapes)
        {
            float[]? one = null;
            foreach (int threads in (int[])[1, 2, 3, 5])
            {
                float[] y = Recording.Run(Backends.Cpu(simd, threads), op => Stage(op, shape, shape.Weights));
                Recording.AssertSameBits(one ??= y, y, $"FunnelStage {shape.Name} on cpu {simd}, {threads} threads");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void The_funnel_cases_have_several_bands(string simd)
    {
        using IBackend op = Backends.Cpu(simd, 1).Open();
        int vector = simd == "scalar" ? 1 : int.Parse(simd) / 32;
        foreach (var (n, iterations) in ((int, int)[])[(1, 1), (1, 2), (1, 3), (2, 3), (3, 2), (3, 3)])
        {
            int most = 0;
            foreach (FunnelCase shape in FunnelStageCases.Shapes.Where(s => s.Dilations == n && s.Iterations == iterations))
            {
                op.Reset();
                var y = (Simd.SimdTensor)op.Tensor("y", 1, shape.Height, shape.Width, shape.Reach);
                most = Math.Max(most, new Simd.FunnelBands(n, iterations, y, vector, threads: 5).Count);
            }

            Assert.True(most >= 3, $"At most {most} bands with {n} dilations and {iterations} iterations.");
        }
    }

    public static TheoryData<string> Widths => [.. Backends.Widths];

    private static Tensor Input(IBackend op, string name, Reference.Tensor values) =>
        op.Tensor(name, values.Channels, values.Height, values.Width, Array.ConvertAll(values.Values, v => (float)v), reach: 3);

    private static Tensor Stage(IBackend op, FunnelCase shape, FunnelStageWeights w)
    {
        var run = new CaseDevice(op);
        var from = new FunnelState(
            run.Input("guidance", shape.Guidance, shape.Reach), run.Input("fuse", shape.Fuse, shape.Reach),
            run.Input("y", shape.Y, shape.Reach));
        var to = new FunnelState(
            op.Tensor("guidance", 9 * shape.Dilations, shape.Height, shape.Width, shape.Reach),
            op.Tensor("fuse", shape.Dilations, shape.Height, shape.Width, shape.Reach),
            op.Tensor("y", 1, shape.Height, shape.Width, shape.Reach));
        op.FunnelStage(w, from, to, run.Input("depth", shape.Measured, shape.Reach));
        return to.Y;
    }
}
