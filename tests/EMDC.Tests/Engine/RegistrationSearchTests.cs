using EMDC.Completion;
using EMDC.Simd;

namespace EMDC.Tests.Engine;

/// <summary>Where the colours lie to the depth, found from spots and colours.</summary>
public sealed class RegistrationSearchTests
{
    private const int Height = 96, Width = 128, Reach = RegistrationSearch.Reach, Side = 2 * Reach + 1;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 2)]
    [InlineData(-3, 1)]
    [InlineData(4, -4)]
    [InlineData(-1, -4)]
    public void The_shift_of_a_cluttered_scene_is_found(int down, int right)
    {
        Scene scene = Scene.Of(seed: 5);
        Assert.Equal(new PixelShift(down, right), Find(scene.Seen(down, right), scene.Spots(seed: 2)));
    }

    [Fact]
    public void A_shift_beyond_the_search_is_not_taken_for_a_smaller_one()
    {
        Scene scene = Scene.Of(seed: 5);
        Assert.Equal(PixelShift.None, Find(scene.Seen(0, 5), scene.Spots(seed: 2)));
        Assert.Equal(PixelShift.None, Find(scene.Seen(-6, 0), scene.Spots(seed: 2)));
    }

    [Fact]
    public void Colours_that_have_nothing_to_do_with_depth_tell_little()
    {
        int told = Enumerable.Range(0, 200).Count(seed => Find(Scene.Of(seed + 1000).Seen(0, 0), Scene.Of(seed).Spots(seed)) != PixelShift.None);
        Assert.InRange(told, 0, 50);
    }

    [Fact]
    public void A_wall_and_few_spots_tell_nothing()
    {
        Scene scene = Scene.Of(seed: 5);
        float[] wall = [.. scene.Spots(seed: 2).Select(metres => metres > 0 ? 2f : 0)], few = scene.Spots(seed: 2);
        int left = 200;
        for (int i = 0; i < few.Length; i++)
        {
            few[i] = few[i] > 0 && left-- > 0 ? few[i] : 0;
        }

        Assert.Equal(PixelShift.None, Find(scene.Seen(2, 1), wall));
        Assert.Equal(PixelShift.None, Find(scene.Seen(2, 1), few));
        Assert.Equal(PixelShift.None, Find(scene.Seen(2, 1), new float[Height * Width]));
    }

    [Fact]
    public void Gains_are_those_of_the_formula_in_double()
    {
        for (int seed = 0; seed < 3; seed++)
        {
            Scene scene = Scene.Of(seed);
            byte[] rgb = scene.Seen(1, -2);
            float[] spots = scene.Spots(seed);
            double[] expected = Reference.Gains(rgb, spots), actual = new double[Side * Side];
            using var workers = new Workers(2);
            using var search = new RegistrationSearch();
            search.Find(workers, rgb, spots, Height, Width);
            search.Gains(actual);
            double largest = expected.Max(Math.Abs);
            Assert.True(largest > 1);
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.InRange(actual[i], expected[i] - 1e-4 * largest, expected[i] + 1e-4 * largest);
            }
        }
    }

    [Fact]
    public void Any_number_of_threads_and_any_frame_before_give_the_same_bits()
    {
        Scene scene = Scene.Of(seed: 9);
        byte[] rgb = scene.Seen(2, 3);
        float[] spots = scene.Spots(seed: 4);
        double[] first = new double[Side * Side], again = new double[Side * Side];
        using var one = new Workers(1);
        using var three = new Workers(3);
        using var search = new RegistrationSearch();
        search.Find(one, rgb, spots, Height, Width);
        search.Gains(first);
        search.Find(three, new byte[3 * 64 * 64], [.. Enumerable.Range(0, 64 * 64).Select(i => i % 5 == 0 && i / 64 % 5 == 0 ? 1f : 0)], 64, 64);
        search.Find(three, rgb, spots, Height, Width);
        search.Gains(again);
        Assert.Equal(first, again);
    }

    private static PixelShift Find(byte[] rgb, float[] spots)
    {
        using var workers = new Workers(2);
        using var search = new RegistrationSearch();
        return search.Find(workers, rgb, spots, Height, Width);
    }

    /// <summary>Discs of one colour and one slanted depth each before a wall.</summary>
    private sealed class Scene
    {
        private const int Discs = 14, Margin = 16;
        private readonly (double Y, double X, double Radius, float Depth, byte[] Colour)[] _discs;

        private Scene(Random random) => _discs = [.. Enumerable.Range(0, Discs).Select(i => (
            random.NextDouble() * Height, random.NextDouble() * Width, 8 + 10 * random.NextDouble(), (float)(3.5 - 2.5 * i / Discs),
            new[] { (byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256) }))];

        public static Scene Of(int seed) => new(new Random(seed));

        /// <summary>The colours, where those of the depth's pixel (y, x) are at (y + down, x + right).</summary>
        public byte[] Seen(int down, int right)
        {
            var rgb = new byte[3 * Height * Width];
            for (int i = 0; i < Height * Width; i++)
            {
                byte[] colour = At(i / Width - down, i % Width - right).Colour;
                int texture = (i * 7919 >> 3) % 24;
                for (int c = 0; c < 3; c++)
                {
                    rgb[3 * i + c] = (byte)Math.Min(255, colour[c] + texture);
                }
            }

            return rgb;
        }

        /// <summary>A staggered grid of a spot in five by five pixels, each at a random place of its cell, one per cent of noise.</summary>
        public float[] Spots(int seed)
        {
            var random = new Random(seed);
            var spots = new float[Height * Width];
            for (int cell = 0; cell < Height / 5 * (Width / 5); cell++)
            {
                int y = cell / (Width / 5) * 5 + random.Next(5), x = cell % (Width / 5) * 5 + random.Next(5);
                spots[y * Width + x] = At(y, x).Depth * (0.99f + 0.02f * random.NextSingle());
            }

            return spots;
        }

        private (float Depth, byte[] Colour) At(int y, int x)
        {
            (float Depth, byte[] Colour) seen = (4 - 0.005f * x, [120, 120, 120]);
            foreach (var disc in _discs)
            {
                bool isInside = (y - disc.Y) * (y - disc.Y) + (x - disc.X) * (x - disc.X) < disc.Radius * disc.Radius;
                seen = isInside ? (disc.Depth + 0.01f * (float)(y - disc.Y), disc.Colour) : seen;
            }

            return seen;
        }
    }

    /// <summary>The formula of <see cref="RegistrationSearch"/>, spot by spot, in double.</summary>
    private static class Reference
    {
        public static double[] Gains(byte[] rgb, float[] spots)
        {
            int[] places = [.. Enumerable.Range(0, spots.Length).Where(i => spots[i] > 0)];
            var gains = new double[Side * Side];
            foreach (int i in places)
            {
                int[] near = [.. places.Where(j => j != i).OrderBy(j => Distance(i, j)).Take(12)];
                double unit = Math.Sqrt(Distance(i, near[7]));
                double[] without = [.. near.Select(j => Math.Exp(-2 * Distance(i, j) / (unit * unit)))];
                if (Math.Abs(Plane(i, near, without, unit, spots).Value) <= 0.02 && Residual(i, near, without, unit, spots) <= 0.02)
                {
                    continue;
                }

                double none = Error(0, 0);
                for (int s = 0; s < gains.Length; s++)
                {
                    gains[s] += none - Error(s / Side - Reach, s % Side - Reach);
                }

                double Error(int down, int right)
                {
                    double[] exponents = [.. near.Select(j => -2 * Distance(i, j) / (unit * unit) - Difference(j) / (2 * 25 * 25))];
                    double largest = exponents.Max();
                    return Math.Min(0.3, Math.Abs(Plane(i, near, [.. exponents.Select(e => Math.Exp(e - largest))], unit, spots).Value));

                    double Difference(int j) => Enumerable.Range(0, 3).Sum(c => Math.Pow(
                        Colour(rgb, j / Width + down, j % Width + right, c) - Colour(rgb, i / Width + down, i % Width + right, c), 2));
                }
            }

            return gains;
        }

        private static double Residual(int i, int[] near, double[] weights, double unit, float[] spots)
        {
            var (value, down, right) = Plane(i, near, weights, unit, spots);
            return near.Max(j => Math.Abs(spots[j] / spots[i] - 1 - value - down * (j / Width - i / Width) / unit - right * (j % Width - i % Width) / unit));
        }

        private static (double Value, double Down, double Right) Plane(int i, int[] near, double[] weights, double unit, float[] spots)
        {
            double[] ys = [.. near.Select(j => (j / Width - i / Width) / unit)], xs = [.. near.Select(j => (j % Width - i % Width) / unit)], vs = [.. near.Select(j => (double)spots[j] / spots[i] - 1)];
            double sum = weights.Sum(), y = Mean(ys), x = Mean(xs), v = Mean(vs);
            double yy = 0.5 + Product(ys, y, ys, y), yx = Product(ys, y, xs, x), xx = 0.5 + Product(xs, x, xs, x), yv = Product(ys, y, vs, v), xv = Product(xs, x, vs, v);
            double determinant = yy * xx - yx * yx, down = (xx * yv - yx * xv) / determinant, right = (yy * xv - yx * yv) / determinant;
            return (v - down * y - right * x, down, right);

            double Mean(double[] values) => values.Select((value, k) => weights[k] * value).Sum() / sum;

            double Product(double[] a, double meanA, double[] b, double meanB) => a.Select((value, k) => weights[k] * (value - meanA) * (b[k] - meanB)).Sum();
        }

        private static double Distance(int i, int j) => Math.Pow(i / Width - j / Width, 2) + Math.Pow(i % Width - j % Width, 2);

        private static double Colour(byte[] rgb, int y, int x, int c)
        {
            // The border of the smoothed picture is what is repeated.
            (y, x) = (Math.Clamp(y, 0, Height - 1), Math.Clamp(x, 0, Width - 1));
            double sum = 0;
            for (int dy = -1; dy <= 1; dy++)
            {
                for (int dx = -1; dx <= 1; dx++)
                {
                    int weight = (2 - Math.Abs(dy)) * (2 - Math.Abs(dx));
                    sum += weight * rgb[3 * (Math.Clamp(y + dy, 0, Height - 1) * Width + Math.Clamp(x + dx, 0, Width - 1)) + c];
                }
            }

            return sum / 16;
        }
    }
}
