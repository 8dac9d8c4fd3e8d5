using EMDC.Tests.Parity;

namespace EMDC.Tests.Reference;

/// <summary>The reference's own operators against values worked out by hand; the goldens check them as a whole.</summary>
public sealed class OperatorTests
{
    [Theory]
    [InlineData(1, 0, new double[] { 24, 31, 45, 52 })]
    [InlineData(1, 1, new double[] { 3, 7, 11, 3, 14, 24, 31, 9, 29, 45, 52, 15, 14, 23, 26, 9 })]
    [InlineData(2, 1, new double[] { 3, 11, 29, 52 })]
    public void Conv2d_sums_what_the_window_covers(int stride, int padding, double[] expected)
    {
        var input = new Tensor(1, 3, 3, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        var w = new Filter(1, 1, 2, [1, 2, 1, 3]);
        Assert.Equal(expected, Conv2d.Apply(input, w, null, stride, padding).Values);
        Assert.Equal(expected, DepthwiseConv2d.Apply(input, w, null, stride, padding).Values);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(2, 0)]
    public void Conv2d_and_DepthwiseConv2d_agree_on_single_channels(int stride, int padding)
    {
        var input = Random("input", 1, 7, 9);
        var w = new Filter(1, 1, 3, Random("w", 1, 3, 3).Values);
        Assert.Equal(
            DepthwiseConv2d.Apply(input, w, [0.5], stride, padding).Values, Conv2d.Apply(input, w, [0.5], stride, padding).Values);
        var magnitude = Conv2d.Magnitude(input, w, [-0.5], stride, padding);
        Assert.Equal(DepthwiseConv2d.Magnitude(input, w, [-0.5], stride, padding).Values, magnitude.Values);
        Assert.Equal(Conv2d.Apply(input.Abs(), w.Abs(), [0.5], stride, padding).Values, magnitude.Values);
    }

    [Fact]
    public void PixelShuffle_puts_four_channels_into_two_by_two_pixels() =>
        Assert.Equal([0, 2, 1, 3, 4, 6, 5, 7], PixelShuffle.Apply(new(4, 1, 2, [0, 1, 2, 3, 4, 5, 6, 7])).Values);

    [Fact]
    public void Propagation_reads_zero_outside_and_keeps_measured_pixels()
    {
        var y = new Tensor(1, 1, 3, [1, 2, 3]);
        var affinity = new Tensor(9, 1, 3);
        affinity.Row(3, 0).Fill(0.5);
        affinity.Row(5, 0).Fill(0.25);
        Assert.Equal([0.5, 1.25, 1], Propagation.Step(y, affinity).Values);
        Assert.Equal([0.5, 1.25, 1], Propagation.Magnitude(y, affinity).Values);
        Assert.Equal([0.5, 2, 1], Propagation.Apply(y, affinity, new(1, 1, 3, [0, 0.1, 0]), 7).Values);
    }

    [Fact]
    public void Affinities_of_all_dilations_sum_to_one()
    {
        var affinity = Affinity.Apply(
            [Random("g1", 9, 2, 3), Random("g2", 9, 2, 3), Random("g3", 9, 2, 3)], Random("fuse", 3, 2, 3));
        for (int p = 0; p < 6; p++)
        {
            Assert.Equal(1, Enumerable.Range(0, 27).Sum(a => affinity.Values[a * 6 + p]), 1e-15);
        }
    }

    [Fact]
    public void BatchNorm_takes_mean_and_deviation_out()
    {
        var norm = new BatchNorm([2], [-1], [3], [4 - BatchNorm.Epsilon]);
        Assert.Equal([-4, 1], norm.Apply(new(1, 1, 2, [0, 5])).Values);
        Assert.Equal([4, 9], norm.Magnitude(new(1, 1, 2, [0, 5])).Values);
    }

    private static Tensor Random(string name, int channels, int height, int width) =>
        new(channels, height, width,
            [.. Enumerable.Range(0, channels * height * width).Select(i => (double)GoldenHash.Symmetric(GoldenHash.Name(name), i))]);
}
