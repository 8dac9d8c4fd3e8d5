using EMDC.Completion;
using EMDC.Simd;

namespace EMDC.Tests.Engine;

/// <summary>Planes fitted to spots, and a depth that moves onto them.</summary>
public sealed class PlanesTests
{
    private const int Height = 96, Width = 128, Pixels = Height * Width;

    [Theory]
    [InlineData(48, 64, 30)]
    [InlineData(45, 61, 24)]
    [InlineData(96, 128, 14)] // so far apart that tiles are 8×16 pixels
    [InlineData(20, 24, 28)] // too few tiles to tell the noise from
    public void The_result_is_the_formulas(int height, int width, int count)
    {
        var random = new Random(11);
        // Two planes that meet in a step, and depths that miss them by some percent.
        float Plane(int i) => 1 / (i % width < width / 2 ? 0.5f + 0.002f * (i / width) : 0.3f + 0.001f * (i % width));
        float[] depth = [.. Enumerable.Range(0, height * width).Select(i => Plane(i) * (0.97f + 0.06f * random.NextSingle()))], sparse = new float[height * width];
        for (int i = 0; i < count; i++)
        {
            int at = random.Next(depth.Length);
            sparse[at] = Plane(at) * (0.99f + 0.02f * random.NextSingle());
        }

        double[] expected = Formula(sparse, depth, height, width);
        Assert.Contains(Enumerable.Range(0, depth.Length), i => Math.Abs(expected[i] / depth[i] - 1) > 0.01);
        float[] result = Run(sparse, depth, height, width);
        Assert.All(Enumerable.Range(0, depth.Length), i => Assert.InRange(result[i], expected[i] * (1 - 5e-5), expected[i] * (1 + 5e-5)));
    }

    [Fact]
    public void Noise_and_bends_leave_a_slanted_plane()
    {
        var random = new Random(5);
        float Plane(int i) => 1 / (0.4f + 0.002f * (i / Width) - 0.001f * (i % Width));
        float[] spots = [.. Grid(6).Select((spot, i) => spot ? Plane(i) * (1 + 0.01f * (2 * random.NextSingle() - 1)) : 0)];
        float[] bent = [.. Enumerable.Range(0, Pixels).Select(i => Plane(i) * (1 + 0.01f * MathF.Sin(i % Width / 3f)))];
        float[] result = Run(spots, bent);
        Assert.InRange(Error(result, Plane), 0, 0.3 * Error(bent, Plane));
        Assert.All(Enumerable.Range(0, Pixels), i => Assert.InRange(result[i] / Plane(i), 0.99f, 1.01f));
    }

    [Fact]
    public void A_step_stays_as_sharp_as_it_was()
    {
        float Step(int i) => i % Width < 61 ? 1 : 2;
        float[] spots = [.. Grid(6).Select((spot, i) => spot ? Step(i) : 0)], dense = [.. Enumerable.Range(0, Pixels).Select(Step)];
        float[] result = Run(spots, dense);
        Assert.All(Enumerable.Range(0, Pixels), i => Assert.InRange(result[i] / Step(i), 0.9999f, 1.0001f));
    }

    [Fact]
    public void What_is_curved_stays_curved()
    {
        // A ball of 30 pixels' radius that comes 0.4 m out of a wall at 2 m.
        float Ball(int i)
        {
            float y = i / Width - 48, x = i % Width - 64, square = (y * y + x * x) / (30 * 30);
            return square < 1 ? 2 - 0.4f * MathF.Sqrt(1 - square) : 2;
        }

        float[] spots = [.. Grid(6).Select((spot, i) => spot ? Ball(i) : 0)], dense = [.. Enumerable.Range(0, Pixels).Select(Ball)];
        float[] result = Run(spots, dense);
        Assert.InRange(Error(result, Ball), 0, 1e-3);
        Assert.All(Enumerable.Range(0, Pixels), i => Assert.InRange(result[i] / Ball(i), 0.98f, 1.02f));
    }

    [Fact]
    public void A_hole_in_a_wall_becomes_flat()
    {
        var measured = new float[Pixels];
        var dense = new float[Pixels];
        for (int i = 0; i < Pixels; i++)
        {
            bool isHole = i / Width is >= 24 and < 72 && i % Width is >= 32 and < 96;
            measured[i] = isHole ? 0 : 2;
            // Three percent too near in the middle, as a network bends it.
            dense[i] = isHole ? 2 - 0.06f * MathF.Sin(MathF.PI * (i / Width - 24) / 48) * MathF.Sin(MathF.PI * (i % Width - 32) / 64) : 2;
        }

        Assert.All(Run(measured, dense), metres => Assert.InRange(metres, 1.98f, 2.02f));
    }

    [Fact]
    public void A_full_map_and_too_few_spots_change_nothing()
    {
        var random = new Random(9);
        float[] dense = [.. Enumerable.Range(0, Pixels).Select(_ => 1 + random.NextSingle())];
        Assert.Equal(dense, Run(dense, dense));
        float[] spots = [.. Grid(40).Select(spot => spot ? 1.5f : 0)];
        Assert.InRange(spots.Count(metres => metres > 0), 6, 8);
        Assert.Equal(dense, Run(spots, dense));
    }

    [Fact]
    public void Threads_change_no_bit_and_memory_serves_other_sizes()
    {
        var random = new Random(2);
        float[] spots = [.. Grid(5).Select(spot => spot ? 2 + 0.02f * random.NextSingle() : 0)];
        float[] dense = [.. Enumerable.Range(0, Pixels).Select(_ => 2 + 0.05f * random.NextSingle())];
        float[] expected = Run(spots, dense);
        Assert.NotEqual(dense, expected);
        using var workers = new Workers(3);
        using var planes = new Planes();
        using var tiles = new SpotTiles();
        foreach (int rows in (int[])[Height, 40, Height])
        {
            float[] result = dense[..(rows * Width)];
            Run(workers, tiles, planes, spots[..(rows * Width)], result, rows, Width);
            if (rows == Height)
            {
                Assert.Equal(expected, result);
            }
        }
    }

    /// <summary>The formula in double precision, for spots so few that none is left out.</summary>
    private static double[] Formula(float[] sparse, float[] depth, int height, int width)
    {
        int[] spots = [.. Enumerable.Range(0, sparse.Length).Where(i => sparse[i] > 0)];
        Assert.InRange(spots.Length, 9, 32);
        double even = Math.Sqrt(8.0 * height * width / (Math.PI * spots.Length));
        int times = even >= 32 ? 2 : 1, tall = 4 * times, wide = 8 * times, rows = (height + tall - 1) / tall, columns = (width + wide - 1) / wide;
        Assert.InRange(even, 0, 63);
        var first = Enumerable.Range(0, rows * columns).Where(tile => tile / columns % 2 == 0 && tile % columns % 2 == 0).Select(tile => Fit(tile, null)).ToArray();
        double[] noises = [.. first.Where(fit => fit.Weight > 8).Select(fit => fit.Misfit).Order()];
        double noise = noises.Length < 20 ? 0.01 : Math.Clamp(1.75 * noises[noises.Length / 10], 0.003, 0.02);
        var fits = Enumerable.Range(0, rows * columns).Select(tile => Fit(tile, noise)).ToArray();
        var result = new double[depth.Length];
        for (int p = 0; p < depth.Length; p++)
        {
            (int y, int x) = (p / width, p % width);
            (int row, int column) = (y / tall, x / wide);
            double down = (y - Middle(row, tall)) / tall, across = (x - Middle(column, wide)) / wide, move = 0;
            foreach ((int tileRow, double inRows) in new[] { (row, 1 - Math.Abs(down)), (Math.Clamp(row + (down < 0 ? -1 : 1), 0, rows - 1), Math.Abs(down)) })
            {
                foreach ((int tileColumn, double inColumns) in new[] { (column, 1 - Math.Abs(across)), (Math.Clamp(column + (across < 0 ? -1 : 1), 0, columns - 1), Math.Abs(across)) })
                {
                    Tile fit = fits[tileRow * columns + tileColumn];
                    double inverse = (1 + fit.A + fit.B * (y - Middle(tileRow, tall)) / fit.Radius + fit.C * (x - Middle(tileColumn, wide)) / fit.Radius) / fit.Median;
                    double away = 1 / (inverse * depth[p]) - 1;
                    move += Math.Abs(away) < 0.3 ? inRows * inColumns * fit.Quality * away / (1 + Math.Pow(away / 0.06, 4)) : 0;
                }
            }

            result[p] = Math.Max(depth[p] * (1 + move), 0.25 * spots.Min(q => sparse[q]));
        }

        return result;

        static double Middle(int tile, int side) => tile * side + (side - 1) / 2.0;

        // With no noise the first fit, with one the last of four.
        Tile Fit(int tile, double? noise)
        {
            double y = Middle(tile / columns, tall), x = Middle(tile % columns, wide);
            double[] pixels =
            [
                .. from v in Enumerable.Range(tile / columns * tall, tall).Where(v => v % times == 0 && v < height)
                   from u in Enumerable.Range(tile % columns * wide, wide).Where(u => u % times == 0 && u < width)
                   select (double)depth[v * width + u] into metres
                   orderby metres
                   select metres,
            ];
            double median = pixels[(pixels.Length - 1) / 2];
            // D is known in the middles of tiles of 4×8 pixels.
            double dy = Middle((int)y / 4, 4), dx = Middle((int)x / 8, 8);
            double reach = spots.Select(q => Math.Sqrt(Math.Pow(q / width - dy, 2) + Math.Pow(q % width - dx, 2))).Order().ElementAt(7);
            double radius = Math.Max(1, reach * Math.Clamp(1.13 * reach / even, 1.7, 4));
            (double Y, double X, double U)[] around =
            [
                .. spots.Select(q => (Y: (q / width - y) / radius, X: (q % width - x) / radius, U: median / sparse[q] - 1)).Where(q => q.Y * q.Y + q.X * q.X <= 1),
            ];
            double[] surface = [.. around.Select(q => 1 / (1 + Math.Pow(q.U / 0.1, 4)))], w = surface;
            (double a, double b, double c, double distance) = Solve(around, w);
            for (int round = 0; noise is not null && round < 3; round++)
            {
                w = [.. around.Select((q, i) => surface[i] / (1 + Math.Pow((q.U - a - b * q.Y - c * q.X) / (2.5 * noise.Value), 4)))];
                (a, b, c, distance) = Solve(around, w);
            }

            double weight = w.Sum(), squares = around.Select((q, i) => w[i] * Math.Pow(q.U - a - b * q.Y - c * q.X, 2)).Sum();
            double misfit = Math.Sqrt(squares / Math.Max(weight - 3, 1)), open = Math.Clamp((reach - 2) / 2, 0, 1);
            return new Tile(a, b, c, radius, median, weight, misfit, weight > 8 && distance < 9 ? open / (1 + Math.Pow(misfit / (noise ?? 1), 8)) : 0);
        }
    }

    /// <summary>Weighted least squares by the normal equations about the spots' middle.</summary>
    private static (double A, double B, double C, double Distance) Solve((double Y, double X, double U)[] around, double[] w)
    {
        double sum = w.Sum();
        double Mean(Func<(double Y, double X, double U), double> of) => around.Select((q, i) => w[i] * of(q)).Sum() / sum;
        double my = Mean(q => q.Y), mx = Mean(q => q.X), mu = Mean(q => q.U);
        double yy = Mean(q => (q.Y - my) * (q.Y - my)) + 1e-4, yx = Mean(q => (q.Y - my) * (q.X - mx)), xx = Mean(q => (q.X - mx) * (q.X - mx)) + 1e-4;
        double yu = Mean(q => (q.Y - my) * (q.U - mu)), xu = Mean(q => (q.X - mx) * (q.U - mu)), determinant = yy * xx - yx * yx;
        double b = (xx * yu - yx * xu) / determinant, c = (yy * xu - yx * yu) / determinant;
        return (mu - b * my - c * mx, b, c, (xx * my * my - 2 * yx * my * mx + yy * mx * mx) / determinant);
    }

    private static double Error(float[] depth, Func<int, float> truth) => depth.Select((metres, i) => Math.Abs(metres / truth(i) - 1.0)).Average();

    private static IEnumerable<bool> Grid(int step) => Enumerable.Range(0, Pixels).Select(i => i / Width % step == step / 2 && i % Width % step == step / 2);

    private static float[] Run(float[] sparse, float[] depth, int height = Height, int width = Width)
    {
        using var workers = new Workers(1);
        using var planes = new Planes();
        using var tiles = new SpotTiles();
        float[] result = [.. depth];
        Run(workers, tiles, planes, sparse, result, height, width);
        return result;
    }

    private static void Run(Workers workers, SpotTiles tiles, Planes planes, float[] sparse, float[] dense, int height, int width)
    {
        var working = new WorkingFrame();
        working.Measure(sparse, height, width, 20, 1);
        tiles.Sort(workers, working.Spots, sparse, 20, height, width);
        planes.Run(workers, working, tiles, dense, height, width);
    }

    private readonly record struct Tile(double A, double B, double C, double Radius, double Median, double Weight, double Misfit, double Quality);
}
