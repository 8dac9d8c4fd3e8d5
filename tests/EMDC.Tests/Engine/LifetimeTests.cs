using EMDC.Tests.Operators;

namespace EMDC.Tests.Engine;

/// <summary>Cancellation, disposal, and engines used from several threads.</summary>
public sealed class LifetimeTests
{
    [Fact]
    public void A_cancelled_frame_throws_and_the_next_one_is_right()
    {
        TestFrame frame = TestFrame.Of(100, 77);
        using Emdc emdc = TestFrame.Engine();
        float[] expected = frame.Dense(emdc);
        Assert.Throws<OperationCanceledException>(() => frame.Dense(emdc, new CancellationToken(canceled: true)));
        Recording.AssertSameBits(expected, frame.Dense(emdc), "after a cancelled frame");

        using Emdc fresh = TestFrame.Engine();
        Assert.Throws<OperationCanceledException>(() => frame.Dense(fresh, new CancellationToken(canceled: true)));
        Recording.AssertSameBits(expected, frame.Dense(fresh), "after a cancelled first frame");
    }

    [Fact]
    public void A_profile_can_be_cancelled()
    {
        TestFrame frame = TestFrame.Of(40, 70);
        using Emdc emdc = TestFrame.Engine();
        float[] dense = new float[40 * 70];
        Assert.Throws<OperationCanceledException>(
            () => emdc.Profile(frame.Rgb, frame.Sparse, dense, 40, 70, new CancellationToken(canceled: true)));
        Assert.Equal(frame.Measured, emdc.Profile(frame.Rgb, frame.Sparse, dense, 40, 70));
        Recording.AssertSameBits(frame.Dense(emdc), dense, "profiled after a cancelled profile");
    }

    [Fact]
    public void A_frame_can_be_cancelled_at_any_moment()
    {
        TestFrame frame = TestFrame.Of(100, 77);
        using Emdc emdc = TestFrame.Engine();
        float[] expected = frame.Dense(emdc);
        for (int i = 0; i < 12; i++)
        {
            using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(2 * i));
            try
            {
                Recording.AssertSameBits(expected, frame.Dense(emdc, source.Token), "too fast to be cancelled");
            }
            catch (OperationCanceledException cancelled)
            {
                Assert.Equal(source.Token, cancelled.CancellationToken);
            }

            Recording.AssertSameBits(expected, frame.Dense(emdc), $"after cancelling at {2 * i} ms");
        }
    }

    [Fact]
    public void Disposing_twice_is_fine_and_a_disposed_engine_says_so()
    {
        TestFrame frame = TestFrame.Of(8, 8);
        Emdc emdc = TestFrame.Engine();
        frame.Dense(emdc);
        emdc.Dispose();
        emdc.Dispose();
        Assert.Equal("EMDC.Emdc", Assert.Throws<ObjectDisposedException>(() => frame.Dense(emdc)).ObjectName);
        Assert.Throws<ObjectDisposedException>(() => emdc.WarmUp(8, 8));
        Assert.Throws<ObjectDisposedException>(() => emdc.Profile(frame.Rgb, frame.Sparse, new float[64], 8, 8));

        TestFrame.Engine().Dispose();
    }

    [Fact]
    public void Engines_side_by_side_give_what_one_gives()
    {
        TestFrame[] frames = [TestFrame.Of(40, 70), TestFrame.Of(100, 77)];
        float[][] expected = [.. frames.Select(Alone)];
        InParallel(2, i =>
        {
            using Emdc emdc = TestFrame.Engine();
            for (int round = 0; round < 6; round++)
            {
                Recording.AssertSameBits(expected[i], frames[i].Dense(emdc), $"engine {i}");
            }
        });
    }

    [Fact]
    public void Calls_from_several_threads_wait_for_each_other()
    {
        TestFrame[] frames = [TestFrame.Of(40, 70), TestFrame.Of(8, 8), TestFrame.Of(64, 96), TestFrame.Of(33, 40)];
        float[][] expected = [.. frames.Select(Alone)];
        using Emdc emdc = TestFrame.Engine();
        InParallel(frames.Length, i =>
        {
            for (int round = 0; round < 8; round++)
            {
                Recording.AssertSameBits(expected[i], frames[i].Dense(emdc), $"thread {i}");
            }
        });
    }

    [Fact]
    public void Disposal_waits_for_the_frame_under_way()
    {
        TestFrame frame = TestFrame.Of(100, 77);
        float[] expected = Alone(frame);
        for (int round = 0; round < 4; round++)
        {
            Emdc emdc = TestFrame.Engine();
            emdc.WarmUp(100, 77);
            InParallel(2, i =>
            {
                if (i == 0)
                {
                    Thread.Sleep(round);
                    emdc.Dispose();
                    return;
                }

                try
                {
                    while (true)
                    {
                        Recording.AssertSameBits(expected, frame.Dense(emdc), "before disposal");
                    }
                }
                catch (ObjectDisposedException)
                {
                }
            });
        }
    }

    private static float[] Alone(TestFrame frame)
    {
        using Emdc emdc = TestFrame.Engine(threads: 1);
        return frame.Dense(emdc);
    }

    /// <summary>Threads of their own, so that all are under way together however small the pool is.</summary>
    private static void InParallel(int count, Action<int> work)
    {
        var failures = new Exception?[count];
        Thread[] threads = [.. Enumerable.Range(0, count).Select(i => new Thread(() => failures[i] = Record.Exception(() => work(i))))];
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());
        Assert.All(failures, Assert.Null);
    }
}
