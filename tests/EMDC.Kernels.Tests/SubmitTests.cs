using EMDC.Tests.Operators;
using EMDC.Tests.Parity;
using EMDC.Weights;

namespace EMDC.Kernels.Tests;

/// <summary>Frames whose copies run beside the kernels of others.</summary>
[Collection("device")]
public sealed class SubmitTests
{
    [Fact]
    public void The_next_frame_is_copied_in_before_the_one_before_is_waited_for()
    {
        using DeviceBackend op = SmallPlan.Open();

        // Frames smaller than the plan's, so that each has its own crop.
        SmallPlan.Images[] frames = [new(0), new(1, 7, 9), new(2, 8, 10), new(3)];
        foreach (SmallPlan.Images frame in frames)
        {
            Assert.Equal(frame.Measured, op.Run(frame.Frame, CancellationToken.None));
        }

        float[][] expected = [.. frames.Select(frame => (float[])frame.Dense.Clone())];
        Array.ForEach(frames, frame => Array.Clear(frame.Dense));
        var order = new List<string>();
        op.Observer = order.Add;
        op.Submit(frames[0].Frame, CancellationToken.None);
        for (int i = 0; i < frames.Length; i++)
        {
            if (i + 1 < frames.Length)
            {
                op.Submit(frames[i + 1].Frame, CancellationToken.None);
            }

            order.Add("collect");
            Assert.Equal(frames[i].Measured, op.Collect(frames[i].Frame, CancellationToken.None));
            Recording.AssertSameBits(expected[i], frames[i].Dense, $"frame {i}");
        }

        // Numbers go on from the four frames that ran alone.
        Assert.Equal(
        [
            "copy in 4", "launch 4",
            "copy in 5", "collect", "wait for launches 4", "wait for copy in 5", "launch 5", "copy out 4", "wait for copy out 4",
            "copy in 6", "collect", "wait for launches 5", "wait for copy in 6", "launch 6", "copy out 5", "wait for copy out 5",
            "copy in 7", "collect", "wait for launches 6", "wait for copy in 7", "launch 7", "copy out 6", "wait for copy out 6",
            "collect", "copy out 7", "wait for copy out 7",
        ], order);
    }

    [Fact]
    public void A_failure_belongs_to_its_frame_alone()
    {
        int frame = 0;
        using DeviceBackend op = SmallPlan.Open(kernel =>
        {
            if (kernel == nameof(ConvOne.ConvOneKernel) && frame++ == 1)
            {
                throw new DeviceException("The planted failure.");
            }
        });
        SmallPlan.Images first = new(0), second = new(1), third = new(2);
        op.Submit(first.Frame, CancellationToken.None);
        op.Submit(second.Frame, CancellationToken.None);
        Assert.Equal(first.Measured, op.Collect(first.Frame, CancellationToken.None));
        Assert.Contains(first.Dense, v => v != 0);
        op.Submit(third.Frame, CancellationToken.None);
        Assert.Equal(
            $"{FailureTests.Device}: Conv2d conv failed: The planted failure.",
            Assert.Throws<EmdcException>(() => op.Collect(second.Frame, CancellationToken.None)).Message);
        Assert.Equal(third.Measured, op.Collect(third.Frame, CancellationToken.None));
        float[] beside = (float[])third.Dense.Clone();
        op.Run(third.Frame, CancellationToken.None);
        Recording.AssertSameBits(third.Dense, beside, "after the failure");
    }

    [Fact]
    public void Cancelling_keeps_the_frame_that_ran()
    {
        using DeviceBackend op = SmallPlan.Open();
        SmallPlan.Images first = new(0), second = new(1);
        var cancelled = new CancellationToken(canceled: true);
        op.Submit(first.Frame, CancellationToken.None);
        op.Submit(second.Frame, CancellationToken.None);
        Assert.Equal(first.Measured, op.Collect(first.Frame, cancelled));
        Assert.Contains(first.Dense, v => v != 0);
        Assert.Throws<OperationCanceledException>(() => op.Collect(second.Frame, CancellationToken.None));
        Assert.Throws<OperationCanceledException>(() => op.Submit(first.Frame, cancelled));
        Assert.Equal(
            "There is no submitted frame to collect.",
            Assert.Throws<InvalidOperationException>(() => op.Collect(first.Frame, CancellationToken.None)).Message);
        Assert.Equal(second.Measured, op.Run(second.Frame, CancellationToken.None));
    }

    [Fact]
    public void A_third_frame_is_refused()
    {
        using DeviceBackend op = SmallPlan.Open();
        var frame = new SmallPlan.Images(0);
        op.Submit(frame.Frame, CancellationToken.None);
        op.Submit(frame.Frame, CancellationToken.None);
        Assert.Equal(
            "Two frames are submitted, and one must be collected before the next.",
            Assert.Throws<InvalidOperationException>(() => op.Submit(frame.Frame, CancellationToken.None)).Message);
        op.Collect(frame.Frame, CancellationToken.None);
        op.Collect(frame.Frame, CancellationToken.None);
    }

    [Fact]
    public void The_network_gives_the_same_bits_whether_frames_overlap_or_not()
    {
        KernelDevice.Need("opencl:0");
        (int Height, int Width)[] sizes = [(32, 32), (30, 25)];
        using var emdc = Emdc.Load(
            new StateDict(GoldenParameters.StateDict(9)), new EmdcOptions { Device = "opencl:0", Providers = [KernelDevice.All], Raw = true });
        foreach (var (height, width) in sizes)
        {
            emdc.Submit(GoldenInputs.Rgb(height, width), GoldenInputs.Sparse(height, width), height, width);
        }

        float[][] results = [.. sizes.Select(size => new float[size.Height * size.Width])];
        foreach (float[] result in results)
        {
            emdc.Collect(new DepthMaps { Dense = result });
        }

        Assert.Equal(2 * 69, emdc.KernelLaunches);
        foreach (var ((height, width), result) in sizes.Zip(results))
        {
            float[] alone = new float[height * width];
            emdc.Complete(GoldenInputs.Rgb(height, width), GoldenInputs.Sparse(height, width), alone, height, width);
            Recording.AssertSameBits(alone, result, $"{height}×{width}");
        }
    }
}
