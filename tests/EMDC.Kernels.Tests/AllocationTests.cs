using EMDC.Network;
using EMDC.Operators;
using EMDC.Tests.Parity;
using EMDC.Weights;

namespace EMDC.Kernels.Tests;

/// <summary>What the plan's host code allocates for a frame, and what a real device's allocates besides.</summary>
[Collection("device")]
public sealed class AllocationTests
{
    private const int Side = 32;

    [Fact]
    public void Frames_after_the_first_allocate_nothing()
    {
        var device = new IdleDevice();
        using var op = new DeviceBackend(device, new DeviceInfo("idle:0", "does nothing"), Tiling.For(device.Traits), keepTensors: false);
        EmdcNetwork.Record(op, new EmdcWeights(new StateDict(GoldenParameters.StateDict(9))), Side, Side);
        Assert.Equal(0, Allocated(op, GoldenInputs.Rgb(Side, Side), GoldenInputs.Sparse(Side, Side), Side, Side));
        Assert.Equal(23 * 3 * 69, op.KernelLaunches);
        Assert.Equal(op.KernelLaunches, device.Launches);
    }

    // ILGPU 1.5.3 wraps the host's memory in an object of 80 bytes each time it copies; a frame of the small plan copies four times.
    // A launch on its simulator allocates in the simulator, so it is left out here.
    [Theory]
    [InlineData("opencl:0", 0)]
    [InlineData("cuda:0", 4 * 128)]
    public void A_device_allocates_no_more_than_its_copies(string name, int bytes)
    {
        KernelDevice.Need(name);
        using DeviceBackend op = KernelDevice.All.Open(name, null, keepTensors: false);
        SmallPlan.Record(op);
        long allocated = Allocated(op, new byte[3 * SmallPlan.Height * SmallPlan.Width], [.. Enumerable.Repeat(1f, SmallPlan.Height * SmallPlan.Width)], SmallPlan.Height, SmallPlan.Width);
        Assert.InRange(allocated, 0, 20 * 3 * bytes);
    }

    /// <summary>Bytes of twenty frames alone and of forty beside each other, after three of each kind.</summary>
    private static long Allocated(DeviceBackend op, byte[] rgb, float[] sparse, int height, int width)
    {
        float[] maps = new float[4 * height * width];
        for (int i = 0; i < 3; i++)
        {
            Alone();
            Beside();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++)
        {
            Alone();
            Beside();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;

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
            Height = height,
            Width = width,
            Rgb = rgb,
            Sparse = sparse,
            Dense = Map(0),
            Global = Map(1),
            Local = Map(2),
            Confidence = Map(3),
            MaxDepth = 20,
        };

        Span<float> Map(int map) => maps.AsSpan(map * height * width, height * width);
    }
}
