using System.Text.Json;

namespace EMDC.Evaluation.Tests;

/// <summary>Metrics against values worked out by hand and against numpy's.</summary>
public sealed class MetricTests
{
    public static TheoryData<int> Cases => Golden.Numbers("metrics.json");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Metrics_agree_with_numpy(int number)
    {
        JsonElement golden = Golden.Cases("metrics.json")[number];
        var maps = new GoldenMaps(golden);
        FrameErrors errors = new FrameTruth(maps.Sparse, maps.Truth, maps.Height, maps.Width).Errors(maps.Predictions[0]);
        Agrees("rmae", errors.Rmae);
        Agrees("ewmae", errors.Ewmae!.Value);
        Agrees("ewmae", Ewmae.Of(maps.Predictions[0], maps.Truth, maps.Height, maps.Width)!.Value);
        Agrees("ewmae_known", errors.KnownEwmae!.Value);
        Agrees("rds", errors.Rds);
        Agrees("rmse", errors.Rmse);
        Agrees("mae", errors.Mae);
        Agrees("delta", errors.Delta);
        var rtsd = new Rtsd(maps.Truth.Length);
        foreach (float[] prediction in maps.Predictions)
        {
            rtsd.Add(prediction);
        }

        Agrees("rtsd", rtsd.Value()!.Value);

        // Sums of at most 800 positive terms in float64.
        void Agrees(string name, double value)
        {
            double expected = golden.GetProperty(name).GetDouble();
            Assert.Equal(expected, value, 1e-13 * Math.Max(1, expected));
        }
    }

    [Fact]
    public void Metrics_of_three_pixels_by_hand()
    {
        // The second pixel is unknown; of the others one is 10 % too near, one 50 % too far.
        float[] g = [1, 0, 2], p = [0.9f, 7, 3];
        Assert.Equal((0.1 + 0.5) / 2, Rmae.Of(p, g), 1e-7);
        Assert.Equal((0.1 + 1) / 2, Mae.Of(p, g), 1e-7);
        Assert.Equal(Math.Sqrt((0.01 + 1) / 2), Rmse.Of(p, g), 1e-7);
        Assert.Equal(0.5, Delta.Of(p, g));
        Assert.Equal((0.9 / 10 * 0 + Math.Abs(7 - 8.0) / 8 + Math.Abs(3 - 2.5) / 2.5) / 2, Rds.Of(p, [0, 8, 2.5f]), 1e-7);
    }

    [Fact]
    public void Delta_counts_what_is_within_a_quarter_and_positive()
    {
        Assert.Equal(1, Delta.Of([1.2f], [1]));
        Assert.Equal(0, Delta.Of([1.25f], [1]));
        Assert.Equal(0, Delta.Of([1], [1.25f]));
        Assert.Equal(0, Delta.Of([-1], [1]));
        Assert.Equal(0, Delta.Of([0], [1]));
    }

    [Fact]
    public void Ewmae_of_a_step_by_hand()
    {
        // One edge, 1 | 2 m: divided by the largest 0.5 | 1, conduction exp(−(0.5/0.5)²) = 1/e, so two of the four pixels weigh (1 − 1/e)/4.
        float[] g = [1, 1, 2, 2];
        Assert.Equal([0, (1 - 1 / Math.E) / 4, (1 - 1 / Math.E) / 4, 0], Ewmae.Weights(g, 1, 4).Select(weight => weight));
        // Errors of 0.2 m and 0.4 m at the edge, of metres elsewhere: (0.1 + 0.2) / 2.
        Assert.Equal(0.15, Ewmae.Of([9, 1.2f, 1.6f, 9], g, 1, 4)!.Value, 1e-7);
    }

    [Fact]
    public void Ewmae_takes_a_hole_for_depth_0_and_the_known_one_leaves_it_out()
    {
        float[] g = [2, 0, 2, 1], p = [2, 2, 2, 1.5f];
        double hole = 1 - Math.Exp(-4), step = 1 - Math.Exp(-1);
        // Weights hole/4, 2·hole/4, (hole + step)/4, step/4; errors over 2 m: 0, 1, 0, 0.25.
        Assert.Equal((2 * hole + 0.25 * step) / (4 * hole + 2 * step), Ewmae.Of(p, g, 1, 4)!.Value, 1e-15);
        Assert.Equal(0.25 / 2, Ewmae.Of(p, g, Ewmae.KnownWeights(g, 1, 4))!.Value, 1e-15);
        var truth = new FrameTruth([0, 2, 0, 0], g, 1, 4);
        Assert.True(truth.HasHoles);
        Assert.Equal(0.25 / 2, truth.Errors(p).KnownEwmae!.Value, 1e-15);
    }

    [Fact]
    public void Ewmae_of_a_truth_without_edges_is_absent()
    {
        Assert.Null(Ewmae.Of([1, 2, 3, 4], [2, 2, 2, 2], 2, 2));
        FrameErrors errors = new FrameTruth([1, 0, 0, 0], [2, 2, 2, 2], 2, 2).Errors([1, 2, 3, 4]);
        Assert.Null(errors.Ewmae);
        Assert.Null(new ErrorSummary([errors], []).Score);
    }

    [Fact]
    public void Rtsd_is_the_population_deviation_over_the_mean()
    {
        var rtsd = new Rtsd(2);
        rtsd.Add([1, 5]);
        Assert.Null(rtsd.Value());
        rtsd.Add([3, 5]);
        // Standard deviation 1 about 2 (with n − 1 it would be √2), and 0.
        Assert.Equal((1.0 / 2 + 0) / 2, rtsd.Value());
    }

    [Fact]
    public void Rtsd_leaves_out_pixels_without_a_positive_mean()
    {
        var rtsd = new Rtsd(2);
        rtsd.Add([1, -1]);
        rtsd.Add([3, 1]);
        Assert.Equal(0.5, rtsd.Value());
    }

    [Fact]
    public void The_score_of_the_papers_table_1()
    {
        // All five are rounded to thousandths there: half of one times the sum of the factors, and half of one.
        Assert.Equal(0.855, ChallengeScore.Of(0.012, 0.084, 0.002, 0.015), 0.0005 * (1.8 + 0.6 + 3 + 4.6) + 0.0005);
        Assert.Equal(1 - 0.18 - 0.06 - 0.3 - 0.46, ChallengeScore.Of(0.1, 0.1, 0.1, 0.1), 1e-15);
        Assert.Equal(1 - 0.18 - 0.06 - 0.3, ChallengeScore.Of(0.1, 0.1, 0.1, null), 1e-15);
    }

    [Fact]
    public void Maps_that_do_not_serve_are_refused()
    {
        Refuses<InvalidDataException>("The ground truth has no value above 0; at least one is needed.", () => Rmae.Of([1], [0]));
        Refuses<InvalidDataException>("The ground truth has no value above 0; at least one is needed.", () => Ewmae.Of([1], [0], 1, 1));
        Refuses<InvalidDataException>("The sparse depth has no value above 0; at least one is needed.", () => Rds.Of([1], [0]));
        Refuses<ArgumentException>("Rmae: the prediction has 1 values, but the ground truth has 2.", () => Rmae.Of([1], [1, 1]));
        Refuses<ArgumentException>("Rds: the prediction has 1 values, but the sparse depth has 2.", () => Rds.Of([1], [1, 1]));
        Refuses<ArgumentException>("Rtsd: the prediction has 2 values, but the scene's first frame has 1.", () => new Rtsd(1).Add([1, 1]));
        Refuses<ArgumentException>("EWMAE: the ground truth has 3 values, but 2×2 (height × width) needs 4.", () => Ewmae.Weights([1, 1, 1], 2, 2));
        Refuses<ArgumentException>("The sparse depth has 1 values, but 1×2 (height × width) needs 2.", () => new FrameTruth([1], [1, 1], 1, 2));
    }

    private static void Refuses<T>(string message, Action action) where T : Exception => Assert.Equal(message, Assert.Throws<T>(action).Message);
}
