namespace EMDC.Imaging.Tests;

public sealed class TurboTests
{
    // numpy.polyval of the published coefficients.
    [Theory]
    [InlineData(0, 35, 23, 27)]
    [InlineData(16, 73, 62, 175)]
    [InlineData(64, 38, 189, 224)]
    [InlineData(128, 152, 250, 79)]
    [InlineData(191, 255, 129, 29)]
    [InlineData(255, 144, 13, 0)]
    public void Follows_the_polynomials(int i, byte r, byte g, byte b) => Assert.Equal((r, g, b), Turbo.Colour(i / 255f));

    [Fact]
    public void Ends_hold_and_NaN_is_black()
    {
        Assert.Equal(Turbo.Colour(0), Turbo.Colour(-3));
        Assert.Equal(Turbo.Colour(1), Turbo.Colour(float.PositiveInfinity));
        Assert.Equal((0, 0, 0), Turbo.Colour(float.NaN));
    }
}
