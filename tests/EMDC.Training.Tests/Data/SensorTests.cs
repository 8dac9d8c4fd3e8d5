using EMDC.Training.Data;
using EMDC.Training.Data.Spots;

namespace EMDC.Training.Tests.Data;

/// <summary>Every kind of sensor and every fault does what its name says.</summary>
public sealed class SensorTests
{
    private const int Height = 192, Width = 256, Pixels = Height * Width;

    /// <summary>Nothing goes wrong.</summary>
    private static readonly AugmentationOptions Perfect = new()
    {
        Noise = (0, 0), QuietChance = 0, Quiet = 0, BiasChance = 0, CutChance = 0, WindowChance = 0, DropoutChance = 0, DarkChance = 0, MultipathChance = 0, OutliersChance = 0,
        FarSpotChance = 0, QuantisedChance = 0, HolesChance = 0, MissingEdgesChance = 0, EnlargedChance = 0, TrailChance = 0,
    };

    private delegate void Drawing(Places places, int count);

    [Theory]
    [InlineData(98)]
    [InlineData(800)]
    [InlineData(5000)]
    [InlineData(Pixels / 4)]
    public void Places_are_about_as_many_as_asked_for(int count)
    {
        // Jitter and distortion put some spots of dense grids into one pixel.
        AssertCount(count, 0.75, 1.2, (places, n) => places.Grid(n));
        AssertCount(count, 0.7, 1.3, (places, n) => places.Random(n));
        AssertCount(count, 0.6, 1.6, (places, n) => places.Raster(n));
        AssertCount(count, 0.7, 1.3, (places, n) => places.OneSided(n), count < Pixels / 8);
        AssertCount(count, 0.5, 1.1, (places, n) => places.ScanLines(n), count < Pixels / 8);
        AssertCount(count, 0.1, 1.01, (places, n) => places.Clusters(n));
        AssertCount(count, 0.3, 1.01, (places, n) => places.Corners(n, Checkers()), count < Pixels / 8);
    }

    [Fact]
    public void Random_places_are_everywhere_and_one_sided_ones_are_not()
    {
        Assert.InRange(Imbalance((places, n) => places.Random(n)), 0, 0.15);
        Assert.InRange(Imbalance((places, n) => places.Grid(n)), 0, 0.15);
        Assert.InRange(Imbalance((places, n) => places.OneSided(n)), 0.25, 1);
    }

    [Fact]
    public void Corners_lie_on_contrast()
    {
        float[] picture = Checkers();
        for (ulong seed = 0; seed < 5; seed++)
        {
            bool[] marks = Draw(seed, places => places.Corners(500, picture));
            int all = Where(marks).Count(), steep = Where(marks).Count(at => picture[at - 1] != picture[at + 1] || picture[at - Width] != picture[at + Width]);
            // 44 of 100 pixels are; of three at random, at least one in 82 of 100 cases.
            Assert.InRange(steep, 0.78 * all, all);
        }
    }

    [Fact]
    public void Scan_lines_leave_rows_between_them_empty()
    {
        for (ulong seed = 0; seed < 10; seed++)
        {
            bool[] marks = Draw(seed, places => places.ScanLines(800));
            // In one column there are at most as many spots as lines; the middle third of the columns has a line's bend within a few rows.
            int rows = Where(marks).Where(at => at % Width is > 118 and < 138).Select(at => at / Width).Distinct().Count();
            Assert.InRange(rows, 3, 100);
        }
    }

    [Fact]
    public void Zones_report_one_mean_each()
    {
        for (ulong seed = 0; seed < 8; seed++)
        {
            float[] depth = [.. Enumerable.Range(0, Pixels).Select(i => i % Width < Width / 2 ? 2f : 4f)];
            var places = new bool[Pixels];
            Zones.Average(new Rng(seed), Height, Width, depth, places);
            int[] middles = [.. Where(places)];
            Assert.True(middles.Length is 64 or 16);
            Assert.All(middles, at => Assert.Equal(at % Width < Width / 2 ? 2f : 4f, depth[at], 1e-5f));
        }

        float[] mixed = [.. Enumerable.Range(0, Pixels).Select(i => i % 2 == 0 ? 1f : 3f)];
        Zones.Average(new Rng(3), Height, Width, mixed, new bool[Pixels]);
        // The mean is 2; by the light that comes back, (1 + 1/3) / (1 + 1/9) = 1.2.
        Assert.True(MathF.Abs(mixed[(Height / 16 * Width) + Width / 16] - 2) < 1e-4f || MathF.Abs(mixed[(Height / 16 * Width) + Width / 16] - 1.2f) < 1e-4f
            || MathF.Abs(mixed[(Height / 8 * Width) + Width / 8] - 2) < 1e-4f || MathF.Abs(mixed[(Height / 8 * Width) + Width / 8] - 1.2f) < 1e-4f);
    }

    [Fact]
    public void A_perfect_sensor_measures_the_depth()
    {
        float[] depth = Scene();
        foreach (bool usual in (bool[])[true, false])
        {
            // Without zones, whose means over the edge are no depth of a pixel.
            float[] spots = Measure(Perfect with { ZonesWeight = 0 }, usual, 5);
            Assert.All(Enumerable.Range(0, Pixels), i => Assert.True(spots[i] == 0 || spots[i] == depth[i]));
        }
    }

    [Fact]
    public void Noise_is_a_share_of_the_depth()
    {
        float[] depth = Scene(), spots = Measure(Perfect with { Noise = (0.01f, 0) }, usual: true, 1);
        double squares = Errors(depth, spots).Average(error => error * error);
        Assert.InRange(Math.Sqrt(squares), 0.009, 0.011);
        for (ulong seed = 0; seed < 5; seed++)
        {
            spots = Measure(Perfect with { Noise = (0.01f, 0), QuietChance = 1, Quiet = 0.005f }, usual: true, seed);
            Assert.InRange(Math.Sqrt(Errors(depth, spots).Average(error => error * error)), 0, 0.0055);
        }
    }

    [Fact]
    public void Quantised_depths_have_few_values()
    {
        float[] depth = [.. Enumerable.Range(0, Pixels).Select(i => 2 + i / (float)Pixels)];
        for (ulong seed = 0; seed < 6; seed++)
        {
            float[] spots = Measure(Perfect with { QuantisedChance = 1, Quantum = (0.01f, 0.01f) }, usual: true, seed, depth);
            Assert.InRange(spots.Where(metres => metres > 0).Distinct().Count(), 10, 80);
            Assert.All(Errors(depth, spots), error => Assert.InRange(error, -0.012, 0.012));
        }
    }

    [Fact]
    public void One_far_spot_is_one_spot()
    {
        float[] depth = Scene(), spots = Measure(Perfect with { FarSpotChance = 1 }, usual: true, 2);
        float far = Assert.Single(spots, metres => metres > 4.01f);
        Assert.InRange(far, 4.01f, 19);
        Assert.Equal(1, Errors(depth, spots).Count(error => Math.Abs(error) > 1e-6));
    }

    [Fact]
    public void Multipath_touches_depth_edges_only()
    {
        float[] depth = Scene(), spots = Measure(Perfect with { MultipathChance = 1, Multipath = (1, 1), UsualDensity = (0.2f, 0.2f) }, usual: true, 2);
        int wrong = 0;
        for (int i = 0; i < Pixels; i++)
        {
            bool isWrong = spots[i] > 0 && MathF.Abs(spots[i] - depth[i]) > 1e-4f;
            wrong += isWrong ? 1 : 0;
            Assert.False(isWrong && Math.Abs(i % Width - Width / 2) > 2);
        }

        Assert.True(wrong > 30);
    }

    [Fact]
    public void A_cut_view_is_a_rectangle_and_a_window_is_empty()
    {
        foreach (bool cut in (bool[])[true, false])
        {
            AugmentationOptions options = Map with { CutChance = cut ? 1 : 0, WindowChance = cut ? 0 : 1, CutSide = (0.6f, 0.6f), WindowSide = (0.3f, 0.3f) };
            float[] spots = Measure(options, usual: false, 6);
            bool[] inside = [.. spots.Select(metres => (metres > 0) == cut)];
            int[] at = [.. Where(inside)];
            int rows = at.Max(i => i / Width) - at.Min(i => i / Width) + 1, columns = at.Max(i => i % Width) - at.Min(i => i % Width) + 1;
            Assert.Equal(at.Length, rows * columns);
            Assert.Equal(cut ? (115, 153) : (57, 76), (rows, columns));
        }
    }

    [Fact]
    public void Maps_can_miss_their_edges()
    {
        for (ulong seed = 0; seed < 6; seed++)
        {
            float[] spots = Measure(Map with { MissingEdgesChance = 1 }, usual: false, seed);
            int[] missing = [.. Enumerable.Range(0, Width).Where(x => spots[50 * Width + x] == 0)];
            Assert.True(missing.Length is 2 or 4 or 6);
            Assert.InRange(missing.Min(), Width / 2 - 3, Width / 2 - 1);
            Assert.InRange(missing.Max(), Width / 2, Width / 2 + 2);
        }
    }

    [Fact]
    public void Enlarged_maps_have_ramps_at_edges()
    {
        // Cells of 2 to 4 pixels; an edge within a cell makes a ramp from the middle of the one before to the middle of the one after.
        for (ulong seed = 0; seed < 12; seed++)
        {
            float[] spots = Measure(Map with { EnlargedChance = 1 }, usual: false, seed);
            int between = Enumerable.Range(0, Width).Count(x => spots[50 * Width + x] is > 2.01f and < 3.99f);
            Assert.InRange(between, 1, 2 * 4 - 1);
        }
    }

    [Fact]
    public void Dropout_and_darkness_lose_spots()
    {
        int all = Spots(Map), kept = Spots(Map with { MapWeight = 0, GridWeight = 0, CornersWeight = 0, ClustersWeight = 0, OneSidedWeight = 0, ScanLinesWeight = 0, ZonesWeight = 0, RandomWeight = 1, Density = (1, 1), DropoutChance = 1, Dropout = (0.3f, 0.3f) });
        Assert.Equal(Pixels, all);
        Assert.InRange(kept, 0.69 * Pixels, 0.71 * Pixels);
        // The left half of the picture is black.
        float[] spots = Measure(Map with { DarkChance = 1 }, usual: false, 1);
        Assert.DoesNotContain(Enumerable.Range(0, Pixels), i => i % Width < Width / 2 && spots[i] > 0);
        Assert.DoesNotContain(Enumerable.Range(0, Pixels), i => i % Width >= Width / 2 && spots[i] == 0);

        static int Spots(AugmentationOptions options) => Measure(options, usual: false, 1).Count(metres => metres > 0);
    }

    /// <summary>Whole maps only.</summary>
    private static AugmentationOptions Map => Perfect with { GridWeight = 0, RandomWeight = 0, CornersWeight = 0, ClustersWeight = 0, OneSidedWeight = 0, ScanLinesWeight = 0, ZonesWeight = 0, Density = (1, 1) };

    private static float[] Scene() => [.. Enumerable.Range(0, Pixels).Select(i => i % Width < Width / 2 ? 4f : 2f)];

    private static float[] Checkers() => [.. Enumerable.Range(0, Pixels).Select(i => (i % Width / 8 + i / Width / 8) % 2 == 0 ? 0f : 1f)];

    private static float[] Measure(AugmentationOptions options, bool usual, ulong seed, float[]? depth = null)
    {
        var spots = new float[Pixels];
        var scratch = new Scratch();
        scratch.Resize(Pixels, 3 * Width);
        float[] rgb = [.. Enumerable.Range(0, 3 * Pixels).Select(i => i % Width < Width / 2 ? 0f : 0.9f)];
        new Sensor(options, new Rng(seed), Height, Width, rgb, depth ?? Scene(), scratch).Measure(usual, spots);
        return spots;
    }

    private static IEnumerable<double> Errors(float[] depth, float[] spots) =>
        Enumerable.Range(0, Pixels).Where(i => spots[i] > 0).Select(i => (double)spots[i] / depth[i] - 1);

    private static void AssertCount(int count, double low, double high, Drawing draw, bool when = true)
    {
        for (ulong seed = 0; when && seed < 8; seed++)
        {
            bool[] marks = Draw(seed, places => draw(places, count));
            Assert.InRange(Where(marks).Count(), low * count, high * count);
        }
    }

    private delegate void Marking(Places places);

    private static bool[] Draw(ulong seed, Marking draw)
    {
        var marks = new bool[Pixels];
        draw(new Places(new Rng(seed), Height, Width, marks));
        return marks;
    }

    private static IEnumerable<int> Where(bool[] marks) => Enumerable.Range(0, marks.Length).Where(i => marks[i]);

    /// <summary>How far the middle of all places is from the picture's, in halves of its size.</summary>
    private static double Imbalance(Drawing draw)
    {
        double sum = 0;
        for (ulong seed = 0; seed < 8; seed++)
        {
            int[] at = [.. Where(Draw(seed, places => draw(places, 800)))];
            double x = 2 * at.Average(i => i % Width + 0.5) / Width - 1, y = 2 * at.Average(i => i / Width + 0.5) / Height - 1;
            sum += Math.Sqrt(x * x + y * y) / 8;
        }

        return sum;
    }
}
