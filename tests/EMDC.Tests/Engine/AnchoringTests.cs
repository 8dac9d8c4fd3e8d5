using EMDC.Completion;
using EMDC.Simd;

namespace EMDC.Tests.Engine;

/// <summary>Measurements laid over a result of the network that is known.</summary>
public sealed class AnchoringTests
{
    private const int Height = 96, Width = 128, Pixels = Height * Width;
    private const float Wall = 3;

    [Fact]
    public void A_thin_thing_without_a_spot_keeps_the_step_that_the_network_sees()
    {
        float[] network = Everywhere(Wall), spots = Grid(7, Wall);
        for (int y = 20; y < 80; y++)
        {
            // Between two columns of spots, in the colour of the wall. (1 − λ)/(1 + t) of the step of 2 m are lost: 0.07 m.
            network[y * Width + 62] = network[y * Width + 63] = 1;
        }

        float[] result = Run(spots, network);
        Assert.All(Enumerable.Range(20, 60), y => Assert.InRange(result[y * Width + 63], 0.99f, 1.08f));
        Assert.All(Enumerable.Range(20, 60), y => Assert.InRange(result[y * Width + 59], Wall * 0.999f, Wall * 1.001f));
    }

    [Fact]
    public void What_the_network_misses_at_spots_is_corrected_between_them()
    {
        float[] result = Run(Grid(7, Wall), Everywhere(Wall * 1.03f));
        Assert.All(result, depth => Assert.InRange(depth, Wall * 0.99f, Wall * 1.01f));
    }

    [Fact]
    public void Every_measurement_of_a_full_map_is_kept_whatever_the_network_says()
    {
        var random = new Random(3);
        float[] spots = [.. Enumerable.Range(0, Pixels).Select(_ => 1 + 4 * random.NextSingle())];
        float[] result = Run(spots, Everywhere(Wall));
        Assert.All(Enumerable.Range(0, Pixels), i => Assert.InRange(result[i], spots[i] * 0.97f, spots[i] * 1.03f));
    }

    [Fact]
    public void A_spot_beyond_a_step_of_the_network_does_not_reach_over_it()
    {
        // The left half at 1 m has spots that the network misses by a tenth, the right half at 4 m has true ones.
        float[] network = new float[Pixels], spots = Grid(7, 1);
        for (int i = 0; i < Pixels; i++)
        {
            bool isLeft = i % Width < Width / 2;
            network[i] = isLeft ? 1 : 4;
            spots[i] *= isLeft ? 1.1f : 4;
        }

        float[] result = Run(spots, network);
        for (int y = 0; y < Height; y++)
        {
            Assert.InRange(result[y * Width + Width / 2], 4 * 0.98f, 4 * 1.02f);
            Assert.InRange(result[y * Width + Width / 2 - 1], 1.06f, 1.12f);
        }
    }

    [Theory]
    [InlineData(21, 27, 40)]
    [InlineData(33, 64, 25)]
    [InlineData(9, 8, 3)]
    [InlineData(8, 16, 1)]
    public void The_result_is_the_formulas(int height, int width, int spots)
    {
        var random = new Random(7);
        float[] network = [.. Enumerable.Range(0, height * width).Select(i => 1 + (i % width / 9 % 2) + random.NextSingle() / 8)], sparse = new float[height * width];
        byte[] rgb = [.. Enumerable.Range(0, 3 * height * width).Select(i => (byte)(i / 3 % width / 7 % 2 * 60 + random.Next(40)))];
        for (int i = 0; i < spots; i++)
        {
            int at = random.Next(network.Length);
            sparse[at] = network[at] * (0.9f + random.NextSingle() / 5);
        }

        // Beyond what is measured.
        sparse[^1] = 21;
        using var workers = new Workers(2);
        using var anchoring = new Anchoring();
        var working = new WorkingFrame();
        working.Measure(sparse, height, width, 20, 1);
        float[] result = [.. network];
        Anchor(workers, anchoring, working, rgb, sparse, result, height, width);
        double[] expected = Formula(rgb, sparse, network, height, width, (double)working.Width / width);
        Assert.All(Enumerable.Range(0, result.Length), i => Assert.InRange(result[i], expected[i] * (1 - 2e-5), expected[i] * (1 + 2e-5)));
    }

    /// <summary>The formula, pixel by pixel in double precision; D stands in the middles of tiles of 4×8 pixels, which look at the spots up to D + 4 away.</summary>
    private static double[] Formula(byte[] rgb, float[] sparse, float[] network, int height, int width, double scale)
    {
        int[] spots = [.. Enumerable.Range(0, sparse.Length).Where(i => sparse[i] is > 0 and <= 20)];
        int tileRows = (height + 3) / 4, tileColumns = (width + 7) / 8, neighbours = Math.Min(8, spots.Length);
        double[] guide = new double[rgb.Length], y = new double[network.Length];
        for (int i = 0; i < rgb.Length; i++)
        {
            (int row, int column, int channel) = (i / 3 / width, i / 3 % width, i % 3);
            guide[i] = (from v in Enumerable.Range(row - 1, 3)
                        from u in Enumerable.Range(column - 1, 3)
                        where v >= 0 && v < height && u >= 0 && u < width
                        select (double)rgb[3 * (v * width + u) + channel]).Average();
        }

        for (int p = 0; p < y.Length; p++)
        {
            (int row, int column) = (p / width, p % width);
            (int tileRow, int tile) = (row / 4, column / 8);
            double down = (row - (4 * tileRow + 1.5)) / 4, across = (column - (8 * tile + 3.5)) / 8;
            double middle = Between(tile), side = Between(Math.Clamp(tile + Math.Sign(across), 0, tileColumns - 1));
            double reach = middle + Math.Abs(across) * (side - middle), sigma = Math.Max(reach - 0.5, 0.5) / 4;
            double density = neighbours / (Math.PI * Math.Max(reach * scale * reach * scale, 0.25)), loss = 0.5 * density / (density + 0.02);
            double weights = 0, depth = 0;
            foreach (int q in spots.Where(q => Away(q, tileRow, tile) <= D(tileRow, tile) + 4))
            {
                double t = Math.Pow((network[p] - network[q]) / (0.8 * network[p]), 2);
                double far = Math.Pow(row - q / width, 2) + Math.Pow(column - q % width, 2);
                double colour = Enumerable.Range(0, 3).Sum(c => Math.Pow(guide[3 * p + c] - guide[3 * q + c], 2));
                double weight = Math.Exp(-far / (2 * sigma * sigma) - colour / (2 * 25 * 25) - Math.Min(t, 9));
                weights += weight;
                depth += weight * (sparse[q] + (1 - loss / (1 + t)) * (network[p] - network[q]));
            }

            y[p] = Math.Max(depth / weights, Anchoring.LeastShare * spots.Min(q => sparse[q]));

            double Between(int column)
            {
                int other = Math.Clamp(tileRow + (down < 0 ? -1 : 1), 0, tileRows - 1);
                return D(tileRow, column) + Math.Abs(down) * (D(other, column) - D(tileRow, column));
            }
        }

        return y;

        double Away(int q, int tileRow, int tile) => Math.Sqrt(Math.Pow(q / width - (4 * tileRow + 1.5), 2) + Math.Pow(q % width - (8 * tile + 3.5), 2));

        double D(int tileRow, int tile) => spots.Select(q => Away(q, tileRow, tile)).Order().ElementAt(neighbours - 1);
    }

    private static float[] Everywhere(float metres) => [.. Enumerable.Repeat(metres, Pixels)];

    private static float[] Grid(int step, float metres)
    {
        var spots = new float[Pixels];
        for (int y = step / 2; y < Height; y += step)
        {
            for (int x = step / 2; x < Width; x += step)
            {
                spots[y * Width + x] = metres;
            }
        }

        return spots;
    }

    private static float[] Run(float[] spots, float[] network)
    {
        using var workers = new Workers(1);
        using var anchoring = new Anchoring();
        var working = new WorkingFrame();
        working.Measure(spots, Height, Width, 20, 1);
        var rgb = new byte[3 * Pixels];
        Array.Fill(rgb, (byte)120);
        float[] result = [.. network];
        Anchor(workers, anchoring, working, rgb, spots, result, Height, Width);
        return result;
    }

    private static void Anchor(Workers workers, Anchoring anchoring, WorkingFrame working, byte[] rgb, float[] sparse, float[] dense, int height, int width)
    {
        using var tiles = new SpotTiles();
        tiles.Sort(workers, working.Spots, sparse, 20, height, width);
        anchoring.Run(workers, working, tiles, rgb, dense, height, width);
    }
}
