using EMDC.Training.Data;
using EMDC.Training.Losses;

namespace EMDC.Training.Tests.Losses;

/// <summary>The gradient of the objective against differences of the objective itself; its values against PyTorch are in ObjectiveParityTests.</summary>
public sealed class ObjectiveTests
{
    private const int Height = 12, Width = 10;

    private static readonly Shares Shares = new(0.8, 1.3, 0.05);

    public static TheoryData<float, float, float, float> Settings() => new()
    {
        { 0, 0, 1, 0 },
        { 0.7f, 1, 1, 0.5f },
        { 1, 2, 0.05f, 0 }, // far beyond the limit
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public void The_gradient_is_that_of_finite_differences(float relative, float edges, float limit, float measured)
    {
        var options = new ObjectiveOptions { Relative = relative, Edges = edges, Limit = limit, Measured = measured, Logits = 0 };
        var objective = new Objective(options);
        Sample sample = Scene();
        float[][] maps = [Map(1), Map(2), Map(3)];
        float[][] gradients = [new float[Height * Width], new float[Height * Width], new float[Height * Width]];
        Evaluate(gradients);
        float[][] unused = [new float[Height * Width], new float[Height * Width], new float[Height * Width]];
        for (int map = 0; map < 3; map++)
        {
            for (int i = 0; i < Height * Width; i++)
            {
                // The objective is linear between kinks, which no pixel is near to.
                float before = maps[map][i], up = before + 1e-3f, down = before - 1e-3f;
                maps[map][i] = up;
                double above = Evaluate(unused);
                maps[map][i] = down;
                double below = Evaluate(unused);
                maps[map][i] = before;
                double expected = (above - below) / ((double)up - down);
                Assert.True(Math.Abs(gradients[map][i] - expected) < 1e-6 + (2e-3 * Math.Abs(expected)), $"map {map}, pixel {i}: {gradients[map][i]} instead of {expected}");
            }
        }

        double Evaluate(float[][] d) =>
            objective.Evaluate(sample, maps[0], maps[1], maps[2], Shares, d[0], d[1], d[2]).Total(Shares, options);
    }

    [Fact]
    public void A_map_that_is_the_truth_costs_nothing()
    {
        Sample sample = Scene();
        var d = new float[Height * Width];
        Terms terms = new Objective(new ObjectiveOptions { Measured = 1 }).Evaluate(sample, Filled(sample), Filled(sample), Filled(sample), Shares, d, new float[d.Length], new float[d.Length]);
        Assert.Equal(default, terms);
        Assert.All(d, value => Assert.Equal(0, value));
    }

    [Fact]
    public void A_sample_without_ground_truth_is_no_trouble()
    {
        var sample = new Sample();
        sample.Resize(Height, Width);
        var d = new float[Height * Width];
        Terms terms = new Objective(new ObjectiveOptions()).Evaluate(sample, Map(1), Map(2), Map(3), Shares, d, new float[d.Length], new float[d.Length]);
        Assert.Equal((0, 0), (terms.Dense, terms.Gradient));
    }

    [Fact]
    public void A_pixel_that_is_no_number_makes_the_loss_none_and_throws_nothing()
    {
        float[] map = Map(1);
        map[37] = float.NaN;
        var d = new float[Height * Width];
        Terms terms = new Objective(new ObjectiveOptions { Measured = 1 }).Evaluate(Scene(), map, Map(2), Map(3), Shares, d, new float[d.Length], new float[d.Length]);
        Assert.True(double.IsNaN(terms.Dense));
        Assert.Contains(d, float.IsNaN);
    }

    /// <summary>Two surfaces, a hole, spots here and there.</summary>
    private static Sample Scene()
    {
        var sample = new Sample();
        sample.Resize(Height, Width);
        var rng = new Rng(5);
        for (int i = 0; i < Height * Width; i++)
        {
            (int y, int x) = (i / Width, i % Width);
            sample.Depth[i] = x < 6 ? 1.5f + (0.01f * y) : 3.2f;
            sample.Spots[i] = rng.Chance(0.2f) ? sample.Depth[i] : 0;
            sample.Depth[i] = y is > 7 and < 10 && x < 3 ? 0 : sample.Depth[i];
        }

        return sample;
    }

    private static float[] Filled(Sample sample) => [.. sample.Depth.Select(g => g > 0 ? g : 2)];

    /// <summary>Depths of about the scene's, some of them negative.</summary>
    private static float[] Map(ulong seed)
    {
        var rng = new Rng(seed);
        return [.. Enumerable.Range(0, Height * Width).Select(_ => rng.Chance(0.1f) ? rng.Range(-1, 0.2f) : rng.Range(1, 4))];
    }
}
