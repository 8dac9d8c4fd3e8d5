namespace EMDC.Imaging.Tests;

public sealed class JpegFileTests
{
    [Theory]
    [InlineData("baseline_444")]
    [InlineData("baseline_422")]
    [InlineData("baseline_420")]
    [InlineData("progressive_444")]
    [InlineData("progressive_422")]
    [InlineData("progressive_420")]
    [InlineData("optimized")]
    [InlineData("low")]
    [InlineData("grey")]
    [InlineData("grey_progressive")]
    [InlineData("size_1x1")]
    [InlineData("size_5x17")]
    [InlineData("size_17x3")]
    [InlineData("size_2x4")]
    [InlineData("restart")]
    [InlineData("vertical_440")]
    [InlineData("horizontal_411")]
    [InlineData("adobe_rgb")]
    public void Gives_the_pixels_that_libjpeg_gives(string file)
    {
        var expected = PngFile.DecodeRgb(Fixture.Bytes($"{file}.jpg.png"), file);
        var actual = JpegFile.Decode(Fixture.Bytes($"{file}.jpg"), file);
        Assert.Equal((expected.Height, expected.Width), (actual.Height, actual.Width));
        Assert.Equal(expected.Pixels, actual.Pixels);
    }
}
