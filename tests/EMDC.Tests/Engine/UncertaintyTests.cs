using EMDC.Completion;
using EMDC.Operators;
using EMDC.Weights;

namespace EMDC.Tests.Engine;

public sealed class UncertaintyTests
{
    [Fact]
    public void It_is_the_formula_over_the_engines_own_maps()
    {
        TestFrame frame = TestFrame.Of(64, 96);
        using Emdc emdc = TestFrame.Engine();
        float[] sigma = new float[frame.Sparse.Length];
        emdc.Complete(frame.Rgb, frame.Sparse, new DepthMaps { Uncertainty = sigma }, frame.Height, frame.Width);

        Results maps = frame.Run(emdc);
        float[] distance = Nearest(frame);
        int[] spots = [.. Enumerable.Range(0, sigma.Length).Where(i => frame.Sparse[i] > 0)];
        float[] b = [.. TestFrame.Weights.Uncertainty!];
        for (int i = 0; i < sigma.Length; i++)
        {
            double y = Math.Max(maps.Dense[i], 0.01f), least = y, most = y;
            foreach ((int dy, int dx) in new[] { (-2, -2), (-2, 0), (-2, 2), (0, -2), (0, 0), (0, 2), (2, -2), (2, 0), (2, 2) })
            {
                float other = maps.Dense[Math.Clamp(i / 96 + dy, 0, 63) * 96 + Math.Clamp(i % 96 + dx, 0, 95)];
                (least, most) = (Math.Min(least, other), Math.Max(most, other));
            }

            // Five logarithms and an exponential in float32; of spots at about the same distance any may be taken.
            double sum = b[0] + b[1] * Math.Log(0.001 + Math.Abs(maps.Local[i] - maps.Global[i]) / y) + b[4] * Math.Log(0.001 + (most - least) / y);
            (double b2, double b3, int pixel) = (b[2], b[3], i);
            Assert.Contains(spots.Where(spot => Distance(frame, spot, pixel) < distance[pixel] + 1), spot =>
            {
                double expected = y * Math.Exp(
                    sum + b2 * Math.Log(0.001 + Math.Abs(y - frame.Sparse[spot]) / y) + b3 * Math.Log(0.001 + Distance(frame, spot, pixel) / 96));
                return Math.Abs(expected - sigma[pixel]) <= 2e-5 * expected;
            });
        }

        // In turn with a second frame, and beside maps that the caller takes.
        float[] collected = new float[sigma.Length], dense = new float[sigma.Length];
        emdc.Submit(frame.Rgb, frame.Sparse, frame.Height, frame.Width);
        emdc.Collect(new DepthMaps { Dense = dense, Uncertainty = collected });
        Assert.Equal(sigma, collected);
        Assert.Equal(maps.Dense, dense);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(400)]
    public void The_nearest_measurement_is_found(int spots)
    {
        const int Height = 40, Width = 56;
        var random = new Random(spots);
        var sparse = new float[Height * Width];
        for (int k = 0; k < spots; k++)
        {
            sparse[random.Next(sparse.Length)] = 1 + k;
        }

        // Beyond the largest depth nothing was measured.
        sparse[Array.FindIndex(sparse, metres => metres == 0)] = 1000;
        var frame = new TestFrame(Height, Width, [], [.. sparse.Select(metres => metres == 1000 ? 0 : metres)]);
        float[] flat = [.. Enumerable.Repeat(1f, sparse.Length)];
        var uncertainty = new Uncertainty();
        var maps = new Frame { Height = Height, Width = Width, Rgb = [], Sparse = sparse, MaxDepth = 999, Dense = flat, Global = flat, Local = flat };
        uncertainty.FindNearest(maps);
        float[] expected = Nearest(frame);
        Span<float> f = stackalloc float[Uncertainty.Features];
        int exact = 0;
        for (int i = 0; i < sparse.Length; i++)
        {
            uncertainty.Describe(maps, i, f);
            double distance = (Math.Exp(f[3]) - 0.001) * Width;

            // Handing on misses the nearest by less than a pixel, and seldom.
            Assert.InRange(distance, expected[i] - 1e-3, expected[i] + 1);
            exact += Math.Abs(distance - expected[i]) < 1e-3 ? 1 : 0;
        }

        Assert.InRange(exact, 0.99 * sparse.Length, sparse.Length);
    }

    [Fact]
    public void Its_length_is_checked()
    {
        TestFrame frame = TestFrame.Of(32, 32);
        using Emdc emdc = TestFrame.Engine();
        Assert.Equal(
            "uncertainty has 3 values, but a frame of 32×32 needs 1024.",
            Assert.Throws<EmdcException>(() => emdc.Complete(frame.Rgb, frame.Sparse, new DepthMaps { Uncertainty = new float[3] }, 32, 32)).Message);
    }

    [Fact]
    public void Weights_without_coefficients_are_refused_it()
    {
        TestFrame frame = TestFrame.Of(32, 32);
        StateDict Weights(params float[]? coefficients) =>
            new(TestFrame.Weights.Manifest.Parameters.Select(p => (p.Name, p.Shape, TestFrame.Weights[p.Name]))) { Uncertainty = coefficients };
        using Emdc emdc = Emdc.Load(Weights(null), new EmdcOptions { Device = "cpu" });
        Assert.False(emdc.HasUncertainty);
        Assert.Equal(
            "The weights have no coefficients of the uncertainty, so it cannot be told.",
            Assert.Throws<EmdcException>(() => emdc.Complete(frame.Rgb, frame.Sparse, new DepthMaps { Uncertainty = new float[32 * 32] }, 32, 32)).Message);
        emdc.Complete(frame.Rgb, frame.Sparse, new float[32 * 32], 32, 32);
        Assert.Equal(
            "The uncertainty has 2 coefficients, but 5 are needed.",
            Assert.Throws<EmdcException>(() => Emdc.Load(Weights(1, 2), new EmdcOptions { Device = "cpu" })).Message);
    }

    /// <summary>How far the nearest spot is, of all spots one by one.</summary>
    private static float[] Nearest(TestFrame frame)
    {
        int[] spots = [.. Enumerable.Range(0, frame.Sparse.Length).Where(i => frame.Sparse[i] > 0)];
        return [.. Enumerable.Range(0, frame.Sparse.Length).Select(i => spots.Min(spot => Distance(frame, spot, i)))];
    }

    private static float Distance(TestFrame frame, int a, int b) =>
        MathF.Sqrt(MathF.Pow(a / frame.Width - b / frame.Width, 2) + MathF.Pow(a % frame.Width - b % frame.Width, 2));
}
