namespace EMDC.Imaging.Tests;

public sealed class RgbFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("rgb8.png", 9, 11)]
    [InlineData("rgb8.ppm", 5, 7)]
    [InlineData("lossless.webp", 9, 11)]
    [InlineData("rgb8.tif", 9, 11)]
    [InlineData("lzw.tif", 9, 11)]
    [InlineData("deflate.tif", 9, 11)]
    [InlineData("rgb8.bmp", 9, 11)]
    public void The_content_decides_what_a_file_is(string file, int height, int width)
    {
        var image = RgbFile.Read(_folder.Put("frame.dat", Fixture.Bytes(file)));
        Assert.Equal((height, width), (image.Height, image.Width));
        Assert.Equal(Pictures.Rgb(height, width), image.Pixels);
    }

    [Theory]
    [InlineData("float_zip.exr", "EXR")]
    [InlineData("little_f4.npy", "NPY")]
    [InlineData("depth.pfm", "PFM")]
    public void Refuses_depth_files(string file, string kind) => AssertReadFails<InvalidDataException>(
        Fixture.Path(file), $"this is a file of floats ({kind}), but the colour frame must be a PNG, JPEG, WebP, TIFF, BMP, GIF, PPM or PGM.");

    [Fact]
    public void Refuses_files_that_cannot_be_read()
    {
        AssertReadFails<FileNotFoundException>(_folder["none.png"], "there is no such file.");
        AssertReadFails<InvalidDataException>(_folder.Put("text.png", [1, 2, 3]), "this is none of the colour formats PNG, JPEG, WebP, TIFF, BMP, GIF, PPM and PGM.");
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        RgbFile.Write(_folder["f.png"], new RgbImage(11, 9, Pictures.Rgb(9, 11)));
        Assert.Equal(Pictures.Rgb(9, 11), RgbFile.Read(_folder["f.png"]).Pixels);
        Assert.Equal(["f.png"], _folder.Files);
    }

    [Fact]
    public void Refuses_sizes_that_disagree()
    {
        string path = _folder["f.png"];
        var error = Assert.Throws<ArgumentException>(() => RgbFile.Write(path, new RgbImage(11, 9, new byte[5])));
        Assert.Equal($"{path}: an image of 9×11 pixels (height × width) needs 297 bytes, but there are 5.", error.Message);
    }

    private static void AssertReadFails<T>(string path, string sentence) where T : Exception =>
        Assert.Equal($"{path}: {sentence}", Assert.Throws<T>(() => RgbFile.Read(path)).Message);
}
