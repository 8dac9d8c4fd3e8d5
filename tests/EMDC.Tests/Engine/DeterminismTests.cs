using EMDC.Tests.Operators;

namespace EMDC.Tests.Engine;

/// <summary>Results are the same bit for bit whatever runs them, and whatever ran before.</summary>
public sealed class DeterminismTests
{
    public static TheoryData<string, int, int> Sizes
    {
        get
        {
            // One tile, padding both ways, a long line, several bands; scalars are slow, and their bands begin at smaller sizes.
            var sizes = new TheoryData<string, int, int>();
            foreach (string width in Backends.Widths)
            {
                foreach (var (height, columns) in ((int, int)[])[(8, 8), (40, 70), (33, 200), (100, 77), (192, 256)])
                {
                    if (width != "scalar" || height <= 40)
                    {
                        sizes.Add(width, height, columns);
                    }
                }
            }

            return sizes;
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void The_number_of_threads_changes_nothing(string simd, int height, int width)
    {
        TestFrame frame = TestFrame.Of(height, width);
        Results? one = null;
        foreach (int threads in (int[])[1, 2, 3, 5])
        {
            using Emdc emdc = TestFrame.Engine(simd, threads);
            Results results = frame.Run(emdc);
            Assert.All(results.Dense, v => Assert.True(float.IsFinite(v)));
            (one ??= results).AssertSameBits(results, $"{threads} threads");
        }
    }

    [Fact]
    public void A_frame_is_the_same_again_and_after_frames_of_other_sizes()
    {
        TestFrame small = TestFrame.Of(8, 8), tall = TestFrame.Of(100, 77), wide = TestFrame.Of(33, 200), same = TestFrame.Of(97, 96);
        Results[] expected = [.. new[] { small, tall, wide, same }.Select(Fresh)];
        using Emdc emdc = TestFrame.Engine();
        foreach (var (frame, result, what) in ((TestFrame, Results, string)[])
        [
            (tall, expected[1], "first"), (tall, expected[1], "again"), (small, expected[0], "smaller"), (wide, expected[2], "wider"),
            (tall, expected[1], "back"), (same, expected[3], "another crop of the same planes"), (tall, expected[1], "back again"),
            (small, expected[0], "small again"),
        ])
        {
            result.AssertSameBits(frame.Run(emdc), what);
        }

        static Results Fresh(TestFrame frame)
        {
            using Emdc emdc = TestFrame.Engine();
            return frame.Run(emdc);
        }
    }

    [Fact]
    public void A_frame_does_not_depend_on_the_one_before()
    {
        TestFrame frame = TestFrame.Of(64, 96), other = frame with { Rgb = [.. frame.Rgb.Reverse()], Sparse = [.. frame.Sparse.Reverse()] };
        using Emdc emdc = TestFrame.Engine();
        Results first = frame.Run(emdc), between = other.Run(emdc);
        Assert.NotEqual(first.Dense, between.Dense);
        first.AssertSameBits(frame.Run(emdc), "after another frame");
    }

    [Fact]
    public void Profiling_changes_nothing_and_takes_the_time_of_every_operator()
    {
        TestFrame frame = TestFrame.Of(64, 96);
        using Emdc emdc = TestFrame.Engine();
        float[] expected = frame.Dense(emdc), dense = new float[expected.Length];
        Assert.All(emdc.Plan, op => Assert.Equal(0, op.Ticks));
        Assert.Equal(frame.Measured, emdc.Profile(frame.Rgb, frame.Sparse, dense, frame.Height, frame.Width));
        Recording.AssertSameBits(expected, dense, "profiled");
        Assert.All(emdc.Plan.Where(op => op.Macs > 0), op => Assert.True(op.Ticks > 0, $"{op.Operator} {op.Layer} took no time."));

        // 3.73 G multiply-adds of convolutions and 17.5 M of propagation at 192×256, an eighth of that here.
        Assert.InRange(emdc.Plan.Sum(op => op.Macs) * 8, 3.74e9, 3.76e9);
    }
}
