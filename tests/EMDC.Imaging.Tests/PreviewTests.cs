namespace EMDC.Imaging.Tests;

public sealed class PreviewTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // From left to right: gap, three panels of 512×384 with gaps of 8, gap, bar of 20, tick of 6, gap of 4, labels, gap.
    private const int Side = 512, Height = 384, Gap = 8, Bar = 3 * (Side + Gap) + Gap;

    [Fact]
    public void Shows_frame_spots_dense_depth_and_a_bar()
    {
        var rgb = new RgbImage(256, 192, Enumerable.Range(0, 3 * 256 * 192).Select(i => (byte)(10 * (i % 3 + 1))).ToArray());
        var spots = new float[256 * 192];
        spots[100 * 256 + 50] = 3;
        var dense = Pictures.Fill(192, 256, (_, x) => 1 + x / 64);
        dense[0] = dense[1] = dense[256] = dense[257] = float.NaN;
        var image = Preview.Render(rgb, new DepthMap(256, 192, spots), dense);

        Assert.Equal(Height + 2 * Gap, image.Height);
        Assert.Equal((255, 255, 255), Pixel(image, 3, 3));
        Assert.Equal((10, 20, 30), Pixel(image, Gap + 100, Gap + 100));
        Assert.Equal((255, 255, 255), Pixel(image, Gap + Side + 3, 100));

        // The spot of 3 m at (50, 100) becomes a dot around (101, 201) in its panel.
        int left = 2 * Gap + Side;
        Assert.Equal(Turbo.Colour(2f / 3), Pixel(image, left + 101, Gap + 201));
        Assert.Equal(Turbo.Colour(2f / 3), Pixel(image, left + 103, Gap + 201));
        Assert.Equal((0, 0, 0), Pixel(image, left + 103, Gap + 203));
        Assert.Equal((0, 0, 0), Pixel(image, left + 104, Gap + 201));

        // Four stripes of 1 to 4 m and a hole.
        left = 3 * Gap + 2 * Side;
        for (int stripe = 0; stripe < 4; stripe++)
        {
            Assert.Equal(Turbo.Colour(stripe / 3f), Pixel(image, left + 128 * stripe + 64, Gap + 200));
        }

        Assert.Equal((0, 0, 0), Pixel(image, left, Gap));
        Assert.Equal(Turbo.Colour(1), Pixel(image, Bar, Gap));
        Assert.Equal(Turbo.Colour(0), Pixel(image, Bar, Gap + Height - 1));
        Assert.Equal((40, 40, 40), Pixel(image, Bar + 20, Gap + 128)); // the tick of 3 m: a third from the top
    }

    [Theory]
    [InlineData(8, 8, 512, 512)]
    [InlineData(100, 300, 100, 300)]
    [InlineData(1500, 3000, 500, 1000)]
    [InlineData(1, 2050, 1, 684)]
    public void Fits_the_panels_to_the_screen(int height, int width, int panelHeight, int panelWidth)
    {
        var image = Preview.Render(
            new RgbImage(width, height, new byte[3 * width * height]), new DepthMap(width, height, new float[width * height]),
            Pictures.Fill(height, width, (_, _) => 2));
        Assert.Equal(Math.Max(panelHeight, 7) + 2 * Gap, image.Height);
        Assert.Equal(Turbo.Colour(0.5f), Pixel(image, 3 * Gap + 2 * panelWidth + panelWidth / 2, Gap + panelHeight / 2));
        Assert.InRange(image.Width, 3 * panelWidth + 4 * Gap + 40, 3 * panelWidth + 4 * Gap + 200);
    }

    [Fact]
    public void Writes_a_PNG()
    {
        Preview.Write(_folder["p.png"], new RgbImage(2, 1, new byte[6]), new DepthMap(2, 1, new float[2]), [1, 2]);
        Assert.True(RgbFile.Read(_folder["p.png"]).Width > 3 * 512);
        Assert.Equal(["p.png"], _folder.Files);
    }

    [Fact]
    public void Refuses_sizes_that_disagree()
    {
        var error = Assert.Throws<ArgumentException>(
            () => Preview.Render(new RgbImage(2, 1, new byte[6]), new DepthMap(1, 2, new float[2]), [1, 2, 3]));
        Assert.Equal(
            "Preview: the colour frame is 1×2 (height × width), but the spots are 2×1 and the dense depth has 3 values.", error.Message);
    }

    private static (byte, byte, byte) Pixel(RgbImage image, int x, int y)
    {
        int at = 3 * (y * image.Width + x);
        return (image.Pixels[at], image.Pixels[at + 1], image.Pixels[at + 2]);
    }
}
