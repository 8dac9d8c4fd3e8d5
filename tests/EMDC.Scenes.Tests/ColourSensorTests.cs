using EMDC.Scenes.Render;
using EMDC.Scenes.Sensor;

namespace EMDC.Scenes.Tests;

/// <summary>The camera's path from light to bytes.</summary>
public sealed class ColourSensorTests
{
    [Fact]
    public void Table_noise_is_normal()
    {
        var noise = new Gaussian(new Rng(1));
        const int Count = 200_000;
        double[] values = [.. Enumerable.Range(0, Count).Select(_ => (double)noise.Next())];
        Assert.Equal(0, values.Average(), 4 / Math.Sqrt(Count));
        Assert.Equal(1, values.Average(x => x * x), 4 * Math.Sqrt(2.0 / Count));
        // The fourth moment of a normal distribution is 3; a table ends at 3.7 standard deviations.
        Assert.Equal(3, values.Average(x => x * x * x * x), 0.1);
    }

    [Fact]
    public void The_tone_curve_rises_from_black_to_white()
    {
        foreach (float curve in new[] { 0, 0.4f, 0.8f })
        {
            Assert.Equal(0, ToneCurve.Byte(-1, 1 / 2.2f, curve));
            Assert.Equal(255, ToneCurve.Byte(2, 1 / 2.2f, curve));
            byte[] values = [.. Enumerable.Range(0, 500).Select(i => ToneCurve.Byte(i / 499f, 1 / 2.2f, curve))];
            Assert.Equal(values.Order(), values);
        }
    }

    [Fact]
    public void Block_loss_keeps_flat_blocks_and_changes_rough_ones_by_less_than_its_steps()
    {
        byte[] flat = [.. Enumerable.Repeat((byte)100, 3 * 16 * 16)];
        byte[] copy = [.. flat];
        JpegLoss.Apply(copy, 16, 16, 1);
        Assert.Equal(flat, copy);

        var rng = new Rng(2);
        byte[] rough = [.. Enumerable.Range(0, 3 * 16 * 16).Select(_ => (byte)rng.Int(60, 200))];
        copy = [.. rough];
        JpegLoss.Apply(copy, 16, 16, 4);
        double error = Math.Sqrt(copy.Zip(rough, (a, b) => (double)(a - b) * (a - b)).Average());
        Assert.InRange(error, 1, 20);
    }

    [Fact]
    public void Exposure_follows_the_light_and_not_its_unit()
    {
        byte[] dim = Expose(0.01f, 1), bright = Expose(100, 1);
        Assert.InRange(dim.Zip(bright, (a, b) => Math.Abs(a - b)).Max(), 0, 1);
        Assert.InRange(dim.Average(value => value), 40, 230);
    }

    [Fact]
    public void Shots_differ_by_noise_only()
    {
        byte[] first = Expose(1, 1), second = Expose(1, 2);
        Assert.NotEqual(first, second);
        Assert.Equal(first.Average(value => value), second.Average(value => value), 1.0);
    }

    private static byte[] Expose(float light, ulong shot)
    {
        var picture = new Rendering(32, 24);
        for (int i = 0; i < picture.Radiance.Length; i++)
        {
            picture.Radiance[i] = light * (0.5f + i % 32 / 32f);
        }

        var rgb = new byte[picture.Radiance.Length];
        new ColourSensor(new Rng(4)).Expose(picture, new Rng(shot), rgb);
        return rgb;
    }
}
