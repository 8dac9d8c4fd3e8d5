using EMDC.Imaging;

namespace EMDC.Geometry.Tests;

public sealed class ScaleAlignmentTests
{
    [Fact]
    public void Pixel_centres_go_to_pixel_centres()
    {
        // 2×3 to 6×9: the middle of each block of 3×3.
        DepthMap small = new(3, 2, [1, 2, 3, 4, 0, 6]), large = ScaleAlignment.Apply("d", small, 6, 9);
        Assert.Equal(
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 2, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            large.Metres[..27]);
        Assert.Equal((9, 6, 5), (large.Width, large.Height, large.Metres.Count(metres => metres > 0)));

        // And back.
        Assert.Equal(small.Metres, ScaleAlignment.Apply("d", large, 2, 3).Metres);
    }

    [Fact]
    public void Of_several_depths_the_one_at_the_centre_is_taken()
    {
        DepthMap large = new(6, 3, [0, 0, 0, 0, 0, 0, 7, 8, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0]);
        Assert.Equal([8, 3], ScaleAlignment.Apply("d", large, 1, 2).Metres);
    }

    [Fact]
    public void Another_shape_is_refused()
    {
        Assert.True(ScaleAlignment.HaveOneShape((192, 256), (1440, 1920)));
        Assert.True(ScaleAlignment.HaveOneShape((171, 224), (480, 630)));
        Assert.Equal(
            "d: the depth map is 480×640, but the colour frame is 720×1280 (height × width), which is another shape and so another field of view; --calibration projects one into the other.",
            Assert.Throws<InvalidDataException>(() => ScaleAlignment.Apply("d", new DepthMap(640, 480, new float[640 * 480]), 720, 1280)).Message);
    }
}
