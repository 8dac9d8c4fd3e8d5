using EMDC.Tests.Operators;

namespace EMDC.Tests.Engine;

/// <summary>Frames that are submitted while others are under way.</summary>
public sealed class SubmitTests
{
    [Fact]
    public void Submitted_frames_give_what_frames_alone_give()
    {
        // Three that pad to one size, then one that does not.
        TestFrame[] frames = [TestFrame.Of(40, 70), TestFrame.Of(64, 96), TestFrame.Of(33, 65), TestFrame.Of(8, 8)];
        using Emdc emdc = TestFrame.Engine();
        float[][] expected = [.. frames.Select(frame => frame.Dense(emdc))];
        var collected = new List<float[]>();
        for (int i = 0; i < frames.Length; i++)
        {
            Assert.Equal(i is 0 or 1, emdc.CanSubmit(frames[i].Sparse, frames[i].Height, frames[i].Width));
            while (!emdc.CanSubmit(frames[i].Sparse, frames[i].Height, frames[i].Width))
            {
                Collect();
            }

            emdc.Submit(frames[i].Rgb, frames[i].Sparse, frames[i].Height, frames[i].Width);
        }

        while (collected.Count < frames.Length)
        {
            Collect();
        }

        for (int i = 0; i < frames.Length; i++)
        {
            Recording.AssertSameBits(expected[i], collected[i], $"submitted frame {i}");
        }

        void Collect()
        {
            TestFrame frame = frames[collected.Count];
            float[] dense = new float[frame.Sparse.Length];
            Assert.Equal(frame.Measured, emdc.Collect(new DepthMaps { Dense = dense }));
            collected.Add(dense);
        }
    }

    [Fact]
    public void Measurements_are_kept_if_asked_for()
    {
        TestFrame frame = TestFrame.Of(16, 24);
        using Emdc emdc = TestFrame.Engine(options: new EmdcOptions { KeepMeasured = true });
        float[] expected = frame.Dense(emdc), dense = new float[expected.Length];
        emdc.Submit(frame.Rgb, frame.Sparse, 16, 24);
        emdc.Collect(new DepthMaps { Dense = dense });
        Recording.AssertSameBits(expected, dense, "kept");
        Assert.Equal(0.375f, dense[16 * 24 / 2]);
    }

    [Fact]
    public void What_cannot_be_submitted_or_collected_is_refused_and_changes_nothing()
    {
        TestFrame frame = TestFrame.Of(8, 9);
        using Emdc emdc = TestFrame.Engine(threads: 1);
        float[] expected = frame.Dense(emdc), dense = new float[72];
        Assert.Equal("There is no submitted frame to collect.", Assert.Throws<InvalidOperationException>(Collect).Message);
        Assert.Equal(
            "sparse has 71 values, but a frame of 8×9 needs 72.",
            Assert.Throws<EmdcException>(() => emdc.Submit(frame.Rgb, new float[71], 8, 9)).Message);
        Assert.Equal(
            "The sparse depth has no value above 0 and up to 20 m; at least one measured pixel is needed.",
            Assert.Throws<EmdcException>(() => emdc.Submit(frame.Rgb, new float[72], 8, 9)).Message);
        Assert.Throws<InvalidOperationException>(Collect);

        emdc.Submit(frame.Rgb, frame.Sparse, 8, 9);
        Assert.Equal(
            "A frame of 40×9 cannot be submitted beside the 1 submitted before; one must be collected first.",
            Assert.Throws<InvalidOperationException>(() => emdc.Submit(new byte[1080], Enumerable.Repeat(1f, 360).ToArray(), 40, 9)).Message);
        emdc.Submit(frame.Rgb, frame.Sparse, 8, 9);
        Assert.Equal(
            "A frame of 8×9 cannot be submitted beside the 2 submitted before; one must be collected first.",
            Assert.Throws<InvalidOperationException>(() => emdc.Submit(frame.Rgb, frame.Sparse, 8, 9)).Message);
        const string Alone = "2 submitted frames must be collected before a frame runs alone.";
        Assert.Equal(Alone, Assert.Throws<InvalidOperationException>(() => frame.Dense(emdc)).Message);
        Assert.Equal(Alone, Assert.Throws<InvalidOperationException>(() => emdc.Profile(frame.Rgb, frame.Sparse, dense, 8, 9)).Message);
        Assert.Equal(
            "dense has 71 values, but a frame of 8×9 needs 72.",
            Assert.Throws<EmdcException>(() => emdc.Collect(new DepthMaps { Dense = new float[71] })).Message);
        for (int i = 0; i < 2; i++)
        {
            Collect();
            Recording.AssertSameBits(expected, dense, $"frame {i}");
        }

        Recording.AssertSameBits(expected, frame.Dense(emdc), "alone again");

        void Collect() => emdc.Collect(new DepthMaps { Dense = dense });
    }

    [Fact]
    public void A_cancelled_frame_is_gone_and_the_next_one_is_right()
    {
        TestFrame frame = TestFrame.Of(40, 70);
        using Emdc emdc = TestFrame.Engine();
        float[] expected = frame.Dense(emdc), dense = new float[expected.Length];
        emdc.Submit(frame.Rgb, frame.Sparse, 40, 70);
        emdc.Submit(frame.Rgb, frame.Sparse, 40, 70);
        Assert.Throws<OperationCanceledException>(() => emdc.Collect(new DepthMaps { Dense = dense }, new CancellationToken(canceled: true)));
        emdc.Collect(new DepthMaps { Dense = dense });
        Recording.AssertSameBits(expected, dense, "the frame after");
        Assert.Throws<InvalidOperationException>(() => emdc.Collect(new DepthMaps { Dense = dense }));
    }

    [Fact]
    public void A_disposed_engine_says_so()
    {
        TestFrame frame = TestFrame.Of(8, 8);
        Emdc emdc = TestFrame.Engine();
        emdc.Submit(frame.Rgb, frame.Sparse, 8, 8);
        emdc.Dispose();
        Assert.Throws<ObjectDisposedException>(() => emdc.Collect(new DepthMaps { Dense = new float[64] }));
    }
}
