namespace EMDC.Imaging.Tests;

public sealed class DepthRangeTests
{
    [Fact]
    public void Leaves_outliers_out()
    {
        var depths = Enumerable.Range(0, 1000).Select(i => 1 + i / 1000f).ToArray();
        (depths[0], depths[1], depths[2]) = (1000, 0, float.NaN);
        var range = DepthRange.Of(depths, []);
        Assert.InRange(range.Near, 1.01f, 1.02f);
        Assert.InRange(range.Far, 1.98f, 1.995f);
    }

    [Fact]
    public void Falls_back_to_the_spots_and_to_0_to_1()
    {
        Assert.Equal(new DepthRange(2, 4), DepthRange.Of([0, float.NaN], [0, 2, 4, 4]));
        Assert.Equal(new DepthRange(0, 1), DepthRange.Of([0], [0]));
    }

    [Fact]
    public void A_flat_wall_has_a_range_too()
    {
        var range = DepthRange.Of([2, 2, 2], []);
        Assert.Equal((1.98f, 2.02f), (range.Near, range.Far));
    }

    [Theory]
    [InlineData(0.8f, 4.3f, 10, "1.0 m|1.5 m|2.0 m|2.5 m|3.0 m|3.5 m|4.0 m")]
    [InlineData(1, 4, 4, "1 m|2 m|3 m|4 m")]
    [InlineData(1.975f, 2.025f, 6, "1.98 m|1.99 m|2.00 m|2.01 m|2.02 m")]
    [InlineData(120, 3000, 4, "1000 m|2000 m|3000 m")]
    [InlineData(1.1f, 1.9f, 2, "1.5 m")]
    public void Ticks_are_round(float near, float far, int most, string labels)
    {
        var ticks = new DepthRange(near, far).Ticks(most);
        Assert.Equal(labels, string.Join('|', ticks.Select(tick => tick.Label)));
        Assert.All(ticks, tick => Assert.InRange(tick.Depth, near, far));
    }
}
