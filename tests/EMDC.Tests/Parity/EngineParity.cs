using EMDC.Network;
using EMDC.Operators;
using EMDC.Weights;

namespace EMDC.Tests.Parity;

/// <summary>Runs a golden frame through the CPU backend and compares every stage; also in native programs, which have no test runner.</summary>
internal static class EngineParity
{
    /// <summary>The golden runs: nine and six stages of the funnel.</summary>
    public static IReadOnlyList<(string Name, int Stages, int Height, int Width)> Runs { get; } =
        [("nine-32x32", 9, 32, 32), ("nine-64x96", 9, 64, 96), ("nine-192x256", 9, 192, 256), ("six-32x32", 6, 32, 32)];

    /// <summary>Throws where a stage is off by more than <see cref="GoldenFile.EngineBound"/>.</summary>
    /// <returns>The stages that were compared; all that the golden file has, or it throws.</returns>
    public static IReadOnlyList<string> Check(string name, int stages, int height, int width, string simd)
    {
        var golden = GoldenFile.Read(name);
        using IBackend device = Devices.Open(new EmdcOptions { Device = "cpu", Simd = simd }, keepTensors: true);
        var weights = new EmdcWeights(new StateDict(GoldenParameters.StateDict(stages)));
        EmdcStages recorded = EmdcNetwork.Record(device, weights, height, width);
        float[] dense = new float[height * width], local = new float[height * width], global = new float[height * width];
        device.Run(
            new Frame
            {
                Height = height,
                Width = width,
                Rgb = GoldenInputs.Rgb(height, width),
                Sparse = GoldenInputs.Sparse(height, width),
                Dense = dense,
                Local = local,
                Global = global,
                MaxDepth = 20,
            },
            CancellationToken.None);

        var compared = new List<string>();
        foreach (var (stage, tensor) in Named(recorded))
        {
            float[] values = new float[tensor.Channels * tensor.Height * tensor.Width];
            device.Read(tensor, values);
            Compare(stage, values);
        }

        Compare("output.dense", dense);
        Compare("output.local", local);
        Compare("output.global", global);
        return golden.Stages.SequenceEqual(compared)
            ? compared
            : throw new Xunit.Sdk.XunitException($"{name} has the stages {string.Join(", ", golden.Stages)}, but compared were {string.Join(", ", compared)}.");

        void Compare(string stage, float[] values)
        {
            golden.Compare(stage, values, backend: $"cpu, {simd}");
            compared.Add(stage);
        }
    }

    /// <summary>The engine's tensors under the names of the golden stages, in the same order.</summary>
    public static IEnumerable<(string Stage, EMDC.Operators.Tensor Tensor)> Named(EmdcStages recorded) =>
    [
        ("input", recorded.Input),
        .. recorded.Taps.Zip([1, 3, 6, 10, 17], (tensor, feature) => ($"enc.features.{feature}", tensor)),
        .. recorded.Decoded.Select((tensor, i) => ($"dec{5 - i}", tensor)),
        ("global", recorded.Global),
        ("local", recorded.Local),
        ("confidence", recorded.Confidence),
        ("fused", recorded.Fused),
        .. recorded.Funnel.Select((tensor, i) => ($"fcspn{i + 1}", tensor)),
    ];
}
