using EMDC.Operators;
using EMDC.Tests.Parity;
using FsCheck;
using FsCheck.Xunit;

namespace EMDC.Tests.Operators;

/// <summary>What must hold whatever the values are. Sizes and the names that data is hashed from are drawn; every backend runs.</summary>
public abstract class Laws(IReadOnlyList<Backend> backends)
{
    private const int Draws = 25;

    [Property(MaxTest = Draws)]
    public void A_delta_filter_is_the_identity(PositiveInt rows, PositiveInt columns, PositiveInt depth, int seed)
    {
        var (height, width, channels) = (Side(rows), Side(columns), Channels(depth));
        float[] x = Draw.Values($"delta {seed}", channels * height * width, 4);
        foreach (int kernel in (int[])[1, 3, 7])
        {
            ConvWeights dense = Delta(channels, channels, kernel, c => c);
            OnEveryBackend(x, op =>
            {
                Tensor y = op.Tensor("y", channels, height, width, 3);
                op.Conv2d(dense, op.Tensor("x", channels, height, width, x, 3), y, Activation.None);
                return y;
            });
        }

        ConvWeights depthwise = Delta(channels, 1, 3, _ => 0);
        OnEveryBackend(x, op =>
        {
            Tensor y = op.Tensor("y", channels, height, width);
            op.DepthwiseConv2d(depthwise, op.Tensor("x", channels, height, width, x), y, Activation.None);
            return y;
        });
    }

    [Property(MaxTest = Draws)]
    public void Convolution_is_linear(PositiveInt rows, PositiveInt columns, PositiveInt depth, sbyte a, sbyte b, bool seven, int seed)
    {
        var (height, width, channels, kernel) = (Side(rows), Side(columns), Channels(depth), seven ? 7 : 3);
        DrawnConv w = Draw.Conv($"linear w {seed}", 5, channels, kernel, bias: false);

        // Multiples of 2⁻¹² below 1: a·x + b·z is exact.
        float[] x = Coarse($"linear x {seed}", channels * height * width), z = Coarse($"linear z {seed}", x.Length);
        float[] mixed = [.. x.Zip(z, (p, q) => (a * p) + (b * q))];
        var sizes = new Reference.Tensor(
            channels, height, width, [.. x.Zip(z, (p, q) => (Math.Abs((double)a) * Math.Abs(p)) + (Math.Abs((double)b) * Math.Abs(q)))]);
        double[] magnitudes = w.Magnitude(sizes).Values;
        foreach (Backend backend in backends)
        {
            double[] of = [.. Conv(backend, x).Zip(Conv(backend, z), (p, q) => (a * (double)p) + (b * (double)q))];

            // Three convolutions, of which the two on the right have together the magnitude of the one on the left.
            Reference.Tolerance.Sum(2 * w.Terms).Check("Conv2d is linear", backend.Name, of, Conv(backend, mixed), magnitudes);
        }

        float[] Conv(Backend backend, float[] values) => Recording.Run(backend, op =>
        {
            Tensor y = op.Tensor("y", 5, height, width, 3);
            op.Conv2d(w.Weights, op.Tensor("x", channels, height, width, values, 3), y, Activation.None);
            return y;
        });
    }

    [Property(MaxTest = Draws)]
    public void A_shift_commutes_with_convolution_away_from_borders(PositiveInt rows, PositiveInt columns, byte down, byte right, int seed)
    {
        var (height, width, dy, dx) = (Side(rows) + 5, Side(columns) + 5, down % 4, right % 4);
        float[] x = Draw.Values($"shift {seed}", 3 * height * width);
        float[] shifted = new float[x.Length];
        ForPixels(3, height, width, (c, i, j) =>
        {
            if (i >= dy && j >= dx)
            {
                shifted[At(c, i, j)] = x[At(c, i - dy, j - dx)];
            }
        });
        DrawnConv dense = Draw.Conv($"shift w {seed}", 9, 3, 3), depthwise = Draw.Conv($"shift d {seed}", 3, 1, 3);
        foreach (Backend backend in backends)
        {
            Compare(9, Dense(x), Dense(shifted));
            Compare(3, Depthwise(x), Depthwise(shifted));

            float[] Dense(float[] values) => Recording.Run(backend, op =>
            {
                Tensor y = op.Tensor("y", 9, height, width);
                op.Conv2d(dense.Weights, op.Tensor("x", 3, height, width, values), y, Activation.ReLU);
                return y;
            });

            float[] Depthwise(float[] values) => Recording.Run(backend, op =>
            {
                Tensor y = op.Tensor("y", 3, height, width);
                op.DepthwiseConv2d(depthwise.Weights, op.Tensor("x", 3, height, width, values), y, Activation.ReLU6);
                return y;
            });

            void Compare(int channels, float[] before, float[] after)
            {
                float[] expected = new float[after.Length], actual = new float[after.Length];
                ForPixels(channels, height, width, (c, i, j) =>
                {
                    if (i > dy && j > dx && i < height - 1 && j < width - 1)
                    {
                        (expected[At(c, i, j)], actual[At(c, i, j)]) = (before[At(c, i - dy, j - dx)], after[At(c, i, j)]);
                    }
                });
                Recording.AssertSameBits(expected, actual, backend.Name);
            }
        }

        int At(int c, int i, int j) => (((c * height) + i) * width) + j;
    }

    [Property(MaxTest = Draws)]
    public void PixelShuffle_is_a_bijection(PositiveInt rows, PositiveInt columns, PositiveInt depth, int seed)
    {
        var (height, width, channels) = (Side(rows), Side(columns), 4 * Channels(depth));

        // Multiples of 2⁻¹²: sums of a few are exact too, so that Winograd's form has nothing to round either.
        float[] x = Array.ConvertAll(Draw.Values($"shuffle {seed}", channels * height * width), v => MathF.Round(v * 4096) / 4096);
        float[] slope = [.. Enumerable.Repeat(1f, channels / 4)];
        float[] expected = new float[x.Length];
        ForPixels(channels, height, width, (c, i, j) =>
            expected[(((c / 4 * 2 * height) + (2 * i) + (c % 4 / 2)) * 2 * width) + (2 * j) + (c % 2)] = x[(((c * height) + i) * width) + j]);
        Assert.Equal(x.Order(), expected.Order());
        ConvWeights delta = Delta(channels, channels, 3, c => c);
        OnEveryBackend(expected, op =>
        {
            Tensor y = op.Tensor("y", channels / 4, 2 * height, 2 * width);
            op.Conv2dPixelShuffle(delta, slope, op.Tensor("x", channels, height, width, x), y);
            return y;
        });
    }

    [Property(MaxTest = Draws)]
    public void A_rezero_of_0_returns_the_global_branch(PositiveInt rows, PositiveInt columns, PositiveInt depth, int seed)
    {
        var (height, width, channels) = (Side(rows), Side(columns), Channels(depth));
        DrawnConv w = Draw.Conv($"rezero w {seed}", 1, channels, 7, gain: 64, bias: false);
        float[] global = Draw.Values($"rezero global {seed}", height * width, 4);
        OnEveryBackend(global, op =>
        {
            Tensor y = op.Tensor("y", 1, height, width, 3);
            op.ConfidenceFusion(
                w.Weights, 0, op.Tensor("f", channels, height, width, Draw.Values($"rezero f {seed}", channels * height * width), 3),
                op.Tensor("local", 1, height, width, Draw.Values($"rezero local {seed}", height * width, 4), 3),
                op.Tensor("global", 1, height, width, global, 3), op.Tensor("confidence", 1, height, width, 3), y);
            return y;
        });
    }

    [Property(MaxTest = Draws)]
    public void Affinities_sum_to_1_so_a_constant_stays_constant_in_the_interior(
        PositiveInt rows, PositiveInt columns, byte dilations, byte times, int seed)
    {
        var (n, iterations) = (1 + (dilations % 3), 1 + (times % 3));
        int reach = n * iterations;
        var (height, width) = (Side(rows) + (2 * reach), Side(columns) + (2 * reach));
        float constant = 1 + (Math.Abs(seed % 1000) / 128f);
        float[] y = [.. Enumerable.Repeat(constant, height * width)];
        foreach (Backend backend in backends)
        {
            float[] result = Propagate(backend, n, iterations, height, width, y, new float[y.Length], $"constant {seed}");
            float[] interior = [.. result.Where((_, p) =>
                p / width >= reach && p / width < height - reach && p % width >= reach && p % width < width - reach)];
            Assert.NotEmpty(interior);
            double[] expected = new double[interior.Length];
            Array.Fill(expected, constant);
            Reference.Tolerance.Sum(Roundings(iterations)).Check("FunnelStage of a constant", backend.Name, expected, interior, expected);
        }
    }

    [Property(MaxTest = Draws)]
    public void Kept_pixels_never_change(PositiveInt rows, PositiveInt columns, byte dilations, byte times, int seed)
    {
        var (n, iterations, height, width) = (1 + (dilations % 3), 1 + (times % 3), Side(rows), Side(columns));
        float[] y = Draw.Values($"kept y {seed}", height * width, 8);
        float[] depth = Array.ConvertAll(Draw.Measured($"kept depth {seed}", height, width, every: 3).Values, d => (float)d);
        foreach (Backend backend in backends)
        {
            float[] result = Propagate(backend, n, iterations, height, width, y, depth, $"kept {seed}");
            Recording.AssertSameBits(
                [.. y.Where((_, p) => depth[p] > 0)], [.. result.Where((_, p) => depth[p] > 0)], $"kept pixels on {backend.Name}");
        }
    }

    [Property(MaxTest = Draws)]
    public void Propagation_stays_in_the_hull_of_its_inputs_and_0(PositiveInt rows, PositiveInt columns, byte dilations, byte times, int seed)
    {
        var (n, iterations, height, width) = (1 + (dilations % 3), 1 + (times % 3), Side(rows), Side(columns));
        float[] y = Draw.Values($"hull y {seed}", height * width, 8, seed % 3 * 4);
        double size = y.Max(Math.Abs);

        // As far as rounding carries a constant.
        double slack = Roundings(iterations) * 1.01 * Reference.Tolerance.UnitRoundoff * size;
        double low = Math.Min(0, y.Min()) - slack, high = Math.Max(0, y.Max()) + slack;
        foreach (Backend backend in backends)
        {
            float[] result = Propagate(backend, n, iterations, height, width, y, new float[y.Length], $"hull {seed}");
            Assert.All(result, v => Assert.InRange(v, low, high));
        }
    }

    /// <summary>
    /// An affinity is a quotient of rounded exponentials, the same ones above and below: 8 additions, 2 for the dilations' sum,
    /// 2 products and 1 quotient make the sum of all affinities wrong; then 25 products are added up.
    /// </summary>
    private static int Roundings(int iterations) => iterations * (8 + 2 + 2 + 1 + 25 + 2);

    private static float[] Propagate(Backend backend, int n, int iterations, int height, int width, float[] y, float[] depth, string name) =>
        Recording.Run(backend, op =>
        {
            Tensor guidance = op.Tensor("guidance", 9 * n, height, width, Draw.Values($"{name} guidance", 9 * n * height * width, 4), 3);
            Tensor fuse = op.Tensor("fuse", n, height, width, Draw.Values($"{name} fuse", n * height * width, 4), 3);
            Tensor to = op.Tensor("to", 1, height, width, 3);
            op.FunnelStage(
                new FunnelStageWeights("law", n, iterations, [], null), new(guidance, fuse, op.Tensor("from", 1, height, width, y, 3)),
                new(guidance, fuse, to), op.Tensor("depth", 1, height, width, depth, 3));
            return to;
        });

    private void OnEveryBackend(float[] expected, Func<IBackend, Tensor> record)
    {
        foreach (Backend backend in backends)
        {
            // −0 equals 0 here: a sum that begins with a bias of 0 has no −0.
            float[] actual = Recording.Run(backend, record);
            Recording.AssertSameBits(Array.ConvertAll(expected, v => v + 0f), Array.ConvertAll(actual, v => v + 0f), backend.Name);
        }
    }

    /// <summary>w[o, c, K/2, K/2] = 1 where c = input(o), 0 elsewhere.</summary>
    private static ConvWeights Delta(int outputs, int inputs, int kernel, Func<int, int> input)
    {
        float[] w = new float[outputs * inputs * kernel * kernel];
        for (int o = 0; o < outputs; o++)
        {
            w[(((o * inputs) + input(o)) * kernel * kernel) + (kernel * kernel / 2)] = 1;
        }

        return new ConvWeights("delta", outputs, inputs, kernel, w, new float[outputs]);
    }

    private static float[] Coarse(string name, int count)
    {
        uint hash = GoldenHash.Name(name);
        return [.. Enumerable.Range(0, count).Select(i => ((int)(GoldenHash.Bits(hash, i) >> 19) - 4096) / 4096f)];
    }

    private static void ForPixels(int channels, int height, int width, Action<int, int, int> action)
    {
        for (int p = 0; p < channels * height * width; p++)
        {
            action(p / (height * width), p / width % height, p % width);
        }
    }

    private static int Side(PositiveInt drawn) => 1 + (drawn.Get * 7 % 40);

    private static int Channels(PositiveInt drawn) => 1 + (drawn.Get % 11);
}
