namespace EMDC.Tests.Engine;

/// <summary>Nothing is allocated per frame after the first, on any thread.</summary>
[Collection(AloneCollection.Name)]
public sealed class AllocationTests
{
    private const int Frames = 100;

    // The test host's own threads allocate about ten times a second, in the middle of one frame in ten or twenty, and so do
    // not let all frames be counted in one piece. What the engine allocates per frame, every frame shows.
    private const int Undisturbed = 20;

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    public void Two_hundred_frames_allocate_nothing(int threads, bool raw)
    {
        TestFrame frame = TestFrame.Of(64, 96);
        using Emdc emdc = Emdc.Load(TestFrame.Weights, new EmdcOptions { Device = "cpu", Threads = threads, Raw = raw, Scale = raw ? null : 0.5f });
        float[] dense = new float[frame.Sparse.Length], global = new float[dense.Length];
        float[] local = new float[dense.Length], confidence = new float[dense.Length], sigma = new float[dense.Length];
        Complete();
        Complete();
        Submit();
        Submit();
        int nothing = 0;
        long caller = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Frames; i++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            Complete();
            Submit();
            nothing += GC.GetTotalAllocatedBytes(precise: true) == before ? 1 : 0;
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - caller);
        Assert.InRange(nothing, Undisturbed, Frames);

        void Complete() => emdc.Complete(
            frame.Rgb, frame.Sparse, new DepthMaps { Dense = dense, Global = global, Local = local, Confidence = confidence, Uncertainty = sigma },
            frame.Height, frame.Width);

        void Submit()
        {
            emdc.Submit(frame.Rgb, frame.Sparse, frame.Height, frame.Width);
            emdc.Collect(new DepthMaps { Dense = dense, Global = global, Local = local, Confidence = confidence, Uncertainty = sigma });
        }
    }

    [Fact]
    public void The_counter_sees_what_other_threads_allocate()
    {
        byte[]? kept = null;
        long before = GC.GetTotalAllocatedBytes(precise: true);
        var thread = new Thread(() => kept = new byte[1000]);
        thread.Start();
        thread.Join();
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, kept!.Length, long.MaxValue);
    }
}
