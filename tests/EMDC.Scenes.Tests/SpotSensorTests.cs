using EMDC.Scenes.Render;
using EMDC.Scenes.Sensor;
using FsCheck;
using FsCheck.Xunit;

namespace EMDC.Scenes.Tests;

/// <summary>The depth sensor on surfaces that are known.</summary>
public sealed class SpotSensorTests
{
    private const int Height = 192, Width = 256;

    [Theory]
    [InlineData(100)]
    [InlineData(800)]
    [InlineData(2000)]
    internal void A_grid_has_about_as_many_spots_as_asked_for_and_they_lie_evenly(int count)
    {
        for (ulong device = 0; device < 8; device++)
        {
            float[] spots = Measure(new SpotOptions { Count = count, Jitter = 0.2f }, Flat(2), device);
            int found = spots.Count(depth => depth > 0);
            Assert.InRange(found, 0.93 * count - 5, 1.07 * count + 5);
            // Quarters: the pincushion thins the corners alike.
            for (int quarter = 0; quarter < 4; quarter++)
            {
                int part = Enumerable.Range(0, spots.Length).Count(i => spots[i] > 0 && i / Width / (Height / 2) * 2 + i % Width / (Width / 2) == quarter);
                Assert.InRange(part, 0.15 * found, 0.35 * found);
            }
        }
    }

    [Fact]
    public void Random_spots_are_as_many_as_asked_for_but_for_those_that_coincide()
    {
        int found = Measure(new SpotOptions { Pattern = SpotPattern.Random, Count = 1000 }, Flat(2)).Count(depth => depth > 0);
        Assert.InRange(found, 960, 1000);
    }

    [Fact]
    public void Noise_is_one_percent_of_the_depth_and_has_no_bias()
    {
        float[] errors = [.. Enumerable.Range(0, 20).SelectMany(shot => Measure(new SpotOptions { Count = 1500, Noise = 0.01f }, Flat(3), 1, (ulong)shot)).Where(depth => depth > 0).Select(depth => depth / 3 - 1)];
        double mean = errors.Average(), deviation = Math.Sqrt(errors.Average(error => error * error));
        // Some 30,000 spots: four standard errors.
        Assert.Equal(0, mean, 4 * 0.01 / Math.Sqrt(errors.Length));
        Assert.Equal(0.01, deviation, 4 * 0.01 / Math.Sqrt(2 * errors.Length));
    }

    [Property(MaxTest = 20)]
    public void Without_noise_a_spot_is_the_depth_at_its_pixel(int seed)
    {
        Rendering picture = Rough((ulong)seed);
        float[] spots = Measure(new SpotOptions { Jitter = 0.3f }, picture, (ulong)seed);
        Assert.All(Enumerable.Range(0, spots.Length).Where(i => spots[i] > 0), i => Assert.Equal(picture.Depth[i], spots[i]));
    }

    [Fact]
    public void Nothing_is_measured_outside_of_the_view_in_the_window_or_without_depth()
    {
        Rendering picture = Flat(2);
        Array.Clear(picture.Depth, 0, 30 * Width);
        float[] spots = Measure(new SpotOptions { View = new Part(0.25f, 0, 1, 1), Window = new Part(0.5f, 0.5f, 0.75f, 0.75f) }, picture);
        for (int i = 0; i < spots.Length; i++)
        {
            int x = i % Width, y = i / Width;
            bool canBe = x >= 64 && y >= 30 && !(x is >= 128 and < 192 && y is >= 96 and < 144);
            Assert.True(canBe || spots[i] == 0, $"A spot at ({x}, {y}).");
        }

        Assert.InRange(spots.Count(depth => depth > 0), 400, 800);
    }

    [Fact]
    public void A_cut_view_keeps_its_count()
    {
        int found = Measure(new SpotOptions { Count = 600, View = new Part(0.2f, 0.2f, 0.8f, 0.9f) }, Flat(2)).Count(depth => depth > 0);
        Assert.InRange(found, 500, 700);
    }

    [Fact]
    public void Dropout_takes_its_share()
    {
        int all = Measure(new SpotOptions { Count = 1500 }, Flat(2)).Count(depth => depth > 0);
        int left = Measure(new SpotOptions { Count = 1500, Dropout = 0.3f }, Flat(2)).Count(depth => depth > 0);
        Assert.InRange(left, 0.63 * all, 0.77 * all);
    }

    [Fact]
    public void Dark_surfaces_lose_spots_and_bright_ones_do_not()
    {
        Rendering picture = Flat(2);
        picture.Returns.AsSpan(0, Width * Height / 2).Fill(0.1f);
        var options = new SpotOptions { Count = 1500, IsLostInTheDark = true };
        float[] lost = Measure(options, picture), kept = Measure(options with { IsLostInTheDark = false }, picture);
        int Count(float[] spots, int half) => spots.Skip(half * Width * Height / 2).Take(Width * Height / 2).Count(depth => depth > 0);
        Assert.Equal(Count(kept, 1), Count(lost, 1));
        Assert.InRange(Count(lost, 0), 0.05 * Count(kept, 0), 0.4 * Count(kept, 0));
    }

    [Fact]
    public void Multipath_happens_at_depth_edges_only_and_mixes_the_two_surfaces()
    {
        // 2 m on the left, 3 m on the right.
        Rendering picture = Flat(2);
        for (int i = 0; i < picture.Depth.Length; i++)
        {
            picture.Depth[i] = i % Width < Width / 2 ? 2 : 3;
        }

        float[] spots = Measure(new SpotOptions { Count = 2000, Multipath = 1 }, picture);
        int mixed = 0;
        for (int i = 0; i < spots.Length; i++)
        {
            if (spots[i] > 0 && spots[i] != picture.Depth[i])
            {
                mixed++;
                Assert.InRange(i % Width, Width / 2 - SpotSensor.EdgeReach, Width / 2 + SpotSensor.EdgeReach - 1);
                Assert.InRange(spots[i], 2, 3 * 1.15f + 1e-4f);
            }
        }

        Assert.InRange(mixed, 20, 200);
    }

    [Fact]
    public void Shots_of_one_device_have_the_same_grid_and_other_noise()
    {
        var options = new SpotOptions { Noise = 0.01f };
        float[] first = Measure(options, Flat(2), 5, 1), second = Measure(options, Flat(2), 5, 2);
        Assert.Equal(first.Select(depth => depth > 0), second.Select(depth => depth > 0));
        Assert.NotEqual(first, second);
        Assert.Equal(first, Measure(options, Flat(2), 5, 1));
    }

    [Fact]
    public void Effects_are_drawn_independently_of_count_pattern_and_each_other()
    {
        SpotOptions all = SpotOptions.Draw(new Rng(7), SpotPattern.Grid, 800, (SpotEffects)127);
        Assert.Equal(all with { Count = 200, Pattern = SpotPattern.Random, Window = null }, SpotOptions.Draw(new Rng(7), SpotPattern.Random, 200, (SpotEffects)63));
        Assert.Equal(new SpotOptions { Count = 300 }, SpotOptions.Draw(new Rng(7), SpotPattern.Grid, 300, SpotEffects.None));
    }

    [Fact]
    public void The_mix_for_training_is_mostly_as_in_the_challenge_and_has_everything_else()
    {
        SpotOptions[] mix = [.. Enumerable.Range(0, 2000).Select(i => SpotOptions.Draw(new Rng((ulong)i)))];
        double Share(Func<SpotOptions, bool> holds) => mix.Count(holds) / (double)mix.Length;
        Assert.All(mix, options => Assert.InRange(options.Count, 100, 2000));
        Assert.InRange(Share(options => options.Count is >= 600 and <= 1500), 0.67, 0.78);
        Assert.InRange(Share(options => options.Pattern == SpotPattern.Random), 0.1, 0.2);
        Assert.InRange(Share(options => options.View is not null), 0.45, 0.55);
        Assert.InRange(Share(options => options.Window is not null), 0.08, 0.16);
        Assert.InRange(mix.Average(options => options.Noise), 0.009, 0.011);
        Assert.All(mix, options => Assert.InRange(options.Jitter, 0, 0.3f));
    }

    private static Rendering Flat(float depth)
    {
        var picture = new Rendering(Width, Height);
        Array.Fill(picture.Depth, depth);
        Array.Fill(picture.Returns, 1);
        return picture;
    }

    private static Rendering Rough(ulong seed)
    {
        var picture = new Rendering(Width, Height);
        var rng = new Rng(seed);
        for (int i = 0; i < picture.Depth.Length; i++)
        {
            picture.Depth[i] = rng.Chance(0.1f) ? 0 : rng.Range(0.1f, 10);
        }

        return picture;
    }

    private static float[] Measure(SpotOptions options, Rendering picture, ulong device = 1, ulong shot = 1)
    {
        var spots = new float[Width * Height];
        new SpotSensor(options, new Rng(device)).Measure(picture, new Rng(shot, 99), spots);
        return spots;
    }
}
