using EMDC.Network;
using EMDC.Operators;
using EMDC.Weights;

namespace EMDC.Tests.Parity;

/// <summary>The engine against PyTorch in float64, at every stage, with every vector width that runs here.</summary>
public sealed class EngineParityTests
{
    public static TheoryData<string, int, int, int, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, int, int, int, string>();
            foreach (var (option, _, supported) in Devices.SimdWidths)
            {
                if (supported)
                {
                    cases.Add("nine-32x32", 9, 32, 32, option);
                    cases.Add("nine-64x96", 9, 64, 96, option);
                    cases.Add("nine-192x256", 9, 192, 256, option);
                    cases.Add("six-32x32", 6, 32, 32, option);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_engine_agrees_with_PyTorch_at_every_stage(string name, int stages, int height, int width, string simd)
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
        Assert.Equal(golden.Stages, compared);

        void Compare(string stage, float[] values)
        {
            golden.Compare(stage, values, backend: $"cpu, {simd}");
            compared.Add(stage);
        }
    }

    /// <summary>The engine's tensors under the names of the golden stages, in the same order.</summary>
    private static IEnumerable<(string Stage, Tensor Tensor)> Named(EmdcStages recorded) =>
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
