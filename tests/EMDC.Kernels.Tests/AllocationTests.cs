using EMDC.Network;
using EMDC.Operators;
using EMDC.Tests.Parity;
using EMDC.Weights;

namespace EMDC.Kernels.Tests;

/// <summary>
/// What this backend's host code allocates for a frame. The kernels are left out: a simulated launch allocates in the simulator,
/// and none of these devices is a GPU, whose launchers may differ. Copies, streams and page-locked memory are the device's own:
/// ILGPU 1.5.3 wraps page-locked memory in an object of 80 bytes each time it copies, and notes it in a list that doubles now
/// and then (measured on 2026-11-22, 105 bytes a copy in the mean of 10000). Seven copies a frame with all maps.
/// </summary>
[Collection("device")]
public sealed class AllocationTests
{
    [Fact]
    public void Frames_after_the_first_allocate_nothing_on_the_host()
    {
        const int Side = 32;
        using IlgpuOperators op = IlgpuDevices.Open(Platform.CpuName, null, keepTensors: false, compile: WithoutKernels);
        EmdcNetwork.Record(op, new EmdcWeights(new StateDict(GoldenParameters.StateDict(9))), Side, Side);
        byte[] rgb = GoldenInputs.Rgb(Side, Side);
        float[] sparse = GoldenInputs.Sparse(Side, Side), maps = new float[4 * Side * Side];
        Alone();
        Beside();
        long before = GC.GetAllocatedBytesForCurrentThread(), launches = op.KernelLaunches;
        for (int i = 0; i < 20; i++)
        {
            Alone();
            Beside();
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(allocated, 0, Platform.CpuName == "checked" ? 0 : 20 * 3 * 7 * 128);
        Assert.Equal(20 * 3 * 69, op.KernelLaunches - launches);

        void Alone() => op.Run(Frame(), CancellationToken.None);

        void Beside()
        {
            op.Submit(Frame(), CancellationToken.None);
            op.Submit(Frame(), CancellationToken.None);
            op.Collect(Frame(), CancellationToken.None);
            op.Collect(Frame(), CancellationToken.None);
        }

        Frame Frame() => new()
        {
            Height = Side,
            Width = Side,
            Rgb = rgb,
            Sparse = sparse,
            Dense = maps.AsSpan(0, Side * Side),
            Global = maps.AsSpan(Side * Side, Side * Side),
            Local = maps.AsSpan(2 * Side * Side, Side * Side),
            Confidence = maps.AsSpan(3 * Side * Side, Side * Side),
            MaxDepth = 20,
        };
    }

    private static Launchers WithoutKernels(DeviceCalls calls) => new(calls)
    {
        Measure = (_, _, _, _, _) => { },
        Prepare = (_, _, _, _, _, _, _) => { },
        Conv3x3 = (_, _, _, _, _, _, _, _) => { },
        Conv3x3Stride2 = (_, _, _, _, _, _, _) => { },
        ConvAny = (_, _, _, _, _, _, _, _) => { },
        ConvOne = (_, _, _, _, _, _, _, _) => { },
        Pointwise = (_, _, _, _, _, _, _) => { },
        Depthwise = (_, _, _, _, _) => { },
        DepthwisePointwise = (_, _, _, _, _, _, _, _) => { },
        Guidance = (_, _, _, _, _, _, _, _) => { },
        Propagation = (_, _, _, _, _, _, _) => { },
        Scaling = (_, _, _, _, _, _, _, _) => { },
    };
}
