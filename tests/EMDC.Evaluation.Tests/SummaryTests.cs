namespace EMDC.Evaluation.Tests;

public sealed class SummaryTests
{
    [Fact]
    public void Metrics_are_averaged_first_and_scored_then()
    {
        FrameErrors[] frames =
        [
            new(0.01, 0.1, 0.09, 0.002, 0.1, 0.05, 1),
            new(0.02, null, null, 0.004, 0.2, 0.07, 0.9),
            new(0.60, 0.3, 0.21, 0.006, 0.6, 0.30, 0.5),
        ];
        var summary = new ErrorSummary(frames, [0.01, 0.03]);
        Assert.Equal((3, 2, 1), (summary.Frames, summary.StaticScenes, summary.Failed));
        Assert.Equal(0.21, summary.Rmae, 1e-15);
        Assert.Equal(0.02, summary.MedianRmae);
        Assert.Equal(0.2, summary.Ewmae!.Value, 1e-15);
        Assert.Equal(0.15, summary.KnownEwmae!.Value, 1e-15);
        Assert.Equal(0.004, summary.Rds, 1e-15);
        Assert.Equal(0.02, summary.Rtsd!.Value, 1e-15);
        Assert.Equal(0.3, summary.Rmse, 1e-15);
        Assert.Equal(0.14, summary.Mae, 1e-15);
        Assert.Equal(0.8, summary.Delta, 1e-15);
        Assert.Equal(1 - 1.8 * 0.21 - 0.6 * 0.2 - 3 * 0.004 - 4.6 * 0.02, summary.Score!.Value, 1e-15);
    }

    [Fact]
    public void Without_static_scenes_there_is_no_rtsd_and_no_term_of_it()
    {
        var summary = new ErrorSummary([new(0.1, 0.1, 0.1, 0.1, 0, 0, 0)], []);
        Assert.Null(summary.Rtsd);
        Assert.Equal(1 - 0.18 - 0.06 - 0.3, summary.Score!.Value, 1e-15);
    }

    [Fact]
    public void A_frame_fails_above_a_tenth()
    {
        FrameErrors At(double rmae) => new(rmae, 0, 0, 0, 0, 0, 0);
        Assert.Equal(1, new ErrorSummary([At(0.1), At(0.1001), At(0.05)], []).Failed);
    }

    [Fact]
    public void Median_and_rank_by_hand()
    {
        Assert.Equal(2, Percentiles.Median([3, 1, 2]));
        Assert.Equal(2.5, Percentiles.Median([4, 3, 1, 2]));
        Assert.Equal(9, Percentiles.Rank(Enumerable.Range(1, 10).Select(i => (double)i), 90));
        Assert.Equal(10, Percentiles.Rank(Enumerable.Range(1, 11).Select(i => (double)i), 90));
        Assert.Equal(5, Percentiles.Rank([5], 90));
        Assert.Equal(2, Percentiles.Rank([1, 2], 100));
    }
}
