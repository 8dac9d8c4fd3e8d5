using BenchmarkDotNet.Attributes;
using EMDC.Kernels;
using EMDC.Network;
using EMDC.Operators;
using EMDC.Weights;

namespace EMDC.Bench;

/// <summary>
/// The last part of the network alone, as table 3 of the paper compares it: from the decoder's features (24×192×256) and a first
/// depth to the propagated depth, with all convolutions that make logits on the way.
/// <code>
/// CSPN         conv 24→9, one 3×3 kernel a pixel, 21 iterations with it
/// FCSPN s=6    conv 24→30, six stages, 15 iterations, new logits in five stages
/// FCSPN s=9    conv 24→30, nine stages, 21 iterations, new logits in eight stages
/// </code>
/// EMDC_BENCH_DEVICE names a device other than the CPU. A tile of its propagation holds no 21 iterations, so CSPN's are three
/// times seven there, with the same result. Before anything is timed, the result is compared with the scalar backend's.
/// </summary>
[MinColumn]
public class PropagationBenchmarks
{
    private const int Height = OperatorBenchmarks.Height, Width = OperatorBenchmarks.Width, Reach = 3, Features = 24;

    private IBackend _operators = null!;

    [Params("CSPN", "FCSPN s=6", "FCSPN s=9")]
    public string Variant { get; set; } = "";

    private static string Device => Environment.GetEnvironmentVariable("EMDC_BENCH_DEVICE") ?? "cpu";

    private static Frame NoFrame => new() { Height = 0, Width = 0, Rgb = [], Sparse = [], MaxDepth = 20 };

    [GlobalSetup]
    public void Setup()
    {
        using IBackend scalar = Devices.Open(new EmdcOptions { Device = "cpu", Simd = "scalar" }, keepTensors: true);
        float[] expected = Result(scalar, parts: 1);
        _operators = Devices.Open(new EmdcOptions { Device = Device, Providers = [new KernelDevices()] }, keepTensors: true);
        float[] actual = Result(_operators, parts: Device == "cpu" ? 1 : 3);
        float largest = expected.Max(), worst = expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max();
        if (!(worst <= 2e-5f * largest))
        {
            throw new InvalidOperationException($"The result is {worst / largest:g2} of its largest value off the scalar backend's; 2e-5 is allowed.");
        }
    }

    [Benchmark]
    public void Propagate() => _operators.Run(NoFrame, CancellationToken.None);

    [GlobalCleanup]
    public void Cleanup() => _operators.Dispose();

    private float[] Result(IBackend op, int parts)
    {
        Tensor y = Record(op, parts);
        op.Run(NoFrame, CancellationToken.None);
        float[] values = new float[Height * Width];
        op.Read(y, values);
        return values;
    }

    private Tensor Record(IBackend op, int parts)
    {
        Tensor features = op.Tensor("features", Features, Height, Width, Reach), y = op.Tensor("y", 1, Height, Width, Reach);
        Tensor depth = op.Tensor("depth", 1, Height, Width, Reach);
        op.Write(features, Values(1, Features * Height * Width));
        op.Write(y, [.. Values(2, Height * Width).Select(v => 1 + v)]);
        op.Write(depth, [.. Enumerable.Range(0, Height * Width).Select(i => i % 49 == 0 ? 1f : 0)]);
        if (Variant == "CSPN")
        {
            Tensor guidance = op.Tensor("guidance", Topology.Taps, Height, Width, Reach);
            op.Conv2d(Conv("guidance", Topology.Taps, Features), features, guidance, Activation.None);
            for (int i = 0; i < parts; i++)
            {
                Tensor to = op.Tensor($"y {i + 1}", 1, Height, Width, Reach);
                op.FunnelStage(new FunnelStageWeights($"part {i + 1}", 1, 21 / parts, [], null), new(guidance, guidance, y), new(guidance, guidance, to), depth);
                y = to;
            }

            return y;
        }

        IReadOnlyList<FunnelRow> rows = Variant == "FCSPN s=6" ? Topology.SixStages : Topology.NineStages;
        int n = rows[0].Dilations;
        Tensor logits = op.Tensor("logits", 10 * n, Height, Width, Reach);
        op.Conv2d(Conv("logits", 10 * n, Features), features, logits, Activation.None);
        FunnelStageWeights[] stages = [.. rows.Select((row, i) => new FunnelStageWeights(
            $"stage {i + 1}", row.Dilations, row.Iterations,
            i == 0 ? [] : [.. Enumerable.Range(1, row.Dilations).Select(k => Conv($"guidance {i + 1}.{k}", Topology.Taps, Topology.Taps + 1))],
            i == 0 || row.Dilations == 1 ? null : Conv($"fuse {i + 1}", row.Dilations, rows[i - 1].Dilations + 1)))];
        return EmdcNetwork.Propagate(op, stages, depth, new FunnelState(logits.Slice(0, 9 * n), logits.Slice(9 * n, n), y))[^1];
    }

    /// <summary>3×3 weights small enough that logits stay of the size of 1 from stage to stage.</summary>
    private static ConvWeights Conv(string name, int outputs, int inputs)
    {
        float scale = 1f / MathF.Sqrt(9 * inputs);
        return new ConvWeights(name, outputs, inputs, 3, [.. Values(name.Length + outputs, outputs * inputs * 9).Select(v => v * scale)], new float[outputs]);
    }

    /// <summary>Values from −1 to 1 by an integer hash.</summary>
    private static float[] Values(int seed, int count) => [.. Enumerable.Range(0, count).Select(i =>
    {
        uint h = (uint)(i + (seed * 7919)) * 2654435761u;
        return (((h ^ (h >> 15)) * 2246822519u >> 8) - 8388608f) / 8388608f;
    })];
}
