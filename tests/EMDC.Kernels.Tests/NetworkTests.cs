using EMDC.Network;
using EMDC.Operators;
using EMDC.Tests.Operators;
using EMDC.Tests.Parity;
using EMDC.Weights;

namespace EMDC.Kernels.Tests;

/// <summary>The whole network on every device, against PyTorch in float64.</summary>
[Collection("device")]
public sealed class NetworkTests
{
    public static TheoryData<string, int, int, int, string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, int, int, int, string, string>();
            foreach (string device in (string[])["cuda:0", "opencl:0"])
            {
                cases.Add("nine-32x32", 9, 32, 32, device, "own");
                cases.Add("six-32x32", 6, 32, 32, device, "own");
                cases.Add("nine-64x96", 9, 64, 96, device, "own");
                cases.Add("nine-192x256", 9, 192, 256, device, "own");
                cases.Add("nine-32x32", 9, 32, 32, device, "GPU");
                cases.Add("nine-64x96", 9, 64, 96, device, "GPU");
                cases.Add("nine-64x96", 9, 64, 96, device, "wide");
                cases.Add("nine-64x96", 9, 64, 96, device, "embedded");
            }

            cases.Add("nine-32x32", 9, 32, 32, KernelDevice.Simulator, "own");
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_kernels_agree_with_PyTorch_at_every_stage(string name, int stages, int height, int width, string device, string tiling)
    {
        KernelDevice.Need(device);
        Assert.SkipWhen(device == KernelDevice.Simulator && !KernelDevice.IsSlowRun, "ILGPU's CPU accelerator takes minutes for a frame; EMDC_SLOW_TESTS=1 runs it.");
        Check(name, stages, height, width, device, tiling, runs: 2);
    }

    /// <summary>Compares each stage with the golden, and further runs with the first.</summary>
    internal static void Check(string name, int stages, int height, int width, string device, string tiling, int runs) =>
        Check(name, stages, height, width, KernelDevice.Backend(device, tiling), runs);

    internal static void Check(string name, int stages, int height, int width, Backend backend, int runs)
    {
        var golden = GoldenFile.Read(name);
        using IBackend op = backend.Open();
        var weights = new EmdcWeights(new StateDict(GoldenParameters.StateDict(stages)));
        EmdcStages recorded = EmdcNetwork.Record(op, weights, height, width);
        float[] dense = new float[height * width], local = new float[height * width];
        float[] global = new float[height * width], confidence = new float[height * width];
        var frame = new Frame
        {
            Height = height,
            Width = width,
            Rgb = GoldenInputs.Rgb(height, width),
            Sparse = GoldenInputs.Sparse(height, width),
            Dense = dense,
            Local = local,
            Global = global,
            Confidence = confidence,
            MaxDepth = 20,
        };
        long before = op.KernelLaunches;
        op.Run(frame, CancellationToken.None);

        // The nine stages of the published network in at most 70 launches, and never in none.
        long launches = op.KernelLaunches - before;
        Assert.Equal(stages == 9 ? 69 : 63, launches);

        var compared = new List<string>();
        foreach (var (stage, tensor) in EngineParity.Named(recorded))
        {
            Compare(stage, op.Values(tensor));
        }

        Compare("output.dense", dense);
        Compare("output.local", local);
        Compare("output.global", global);
        Assert.Equal(golden.Stages, compared);
        Assert.Equal(op.Values(recorded.Confidence), confidence);

        float[] first = [.. dense];
        for (int run = 2; run <= runs; run++)
        {
            op.Run(frame, CancellationToken.None);
            Recording.AssertSameBits(first, dense, $"{name} on {backend.Name}, run {run}");
        }

        void Compare(string stage, float[] values)
        {
            golden.Compare(stage, values, backend: backend.Name);
            compared.Add(stage);
        }
    }
}
