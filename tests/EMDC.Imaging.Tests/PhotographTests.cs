namespace EMDC.Imaging.Tests;

public sealed class PhotographTests
{
    /// <summary>
    /// What libjpeg makes of it stands beside each file. Luminance agrees up to rounding; colour that is stored at half the size or less is
    /// spread over its pixels unsmoothed.
    /// </summary>
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
    public void JPEG_has_the_luminance_that_libjpeg_gives(string file)
    {
        RgbImage expected = PngFile.DecodeRgb(Fixture.Bytes($"{file}.jpg.png"), file), actual = Jpeg(Fixture.Bytes($"{file}.jpg"));
        Assert.Equal((expected.Height, expected.Width), (actual.Height, actual.Width));
        for (int i = 0; i < expected.Pixels.Length; i += 3)
        {
            ReadOnlySpan<byte> e = expected.Pixels.AsSpan(i, 3), a = actual.Pixels.AsSpan(i, 3);
            // Where a colour was clamped the luminance of the two differs as much as the colours.
            if (e.ContainsAny<byte>(0, 255) || a.ContainsAny<byte>(0, 255))
            {
                continue;
            }

            Assert.InRange(Luminance(a) - Luminance(e), -2.0, 2.0);
        }

        double Luminance(ReadOnlySpan<byte> rgb) => 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];
    }

    [Theory]
    [InlineData("baseline_444", 2)]
    [InlineData("progressive_444", 2)]
    [InlineData("grey", 1)]
    [InlineData("grey_progressive", 1)]
    [InlineData("adobe_rgb", 1)]
    public void JPEG_with_all_its_colour_gives_the_pixels_that_libjpeg_gives(string file, int levels)
    {
        RgbImage expected = PngFile.DecodeRgb(Fixture.Bytes($"{file}.jpg.png"), file), actual = Jpeg(Fixture.Bytes($"{file}.jpg"));
        Assert.All(expected.Pixels.Zip(actual.Pixels), pair => Assert.InRange(pair.Second - pair.First, -levels, levels));
    }

    [Theory]
    [InlineData("palette.gif")]
    [InlineData("palette.bmp")]
    public void Palettes_are_looked_up(string file)
    {
        var rgb = Pictures.Rgb(9, 11);
        RgbImage image = Decode(Fixture.Bytes(file));
        Assert.Equal(rgb.Select((_, i) => (byte)((rgb[i / 3 * 3] % 16) switch { var v when i % 3 == 0 => v, var v when i % 3 == 1 => 255 - v, var v => v * 3 })), image.Pixels);
    }

    /// <summary>Orientation n says where row 0 and column 0 of the stored pixels belong: 2 right, 3 bottom right, 6 to the top right, …</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void The_EXIF_orientation_is_applied_and_told(int orientation)
    {
        byte[] file = Fixture.Bytes("baseline_444.jpg");
        RgbImage stored = Decode(file), turned = Decode(WithOrientation(file, orientation));
        bool swaps = orientation >= 5;
        Assert.Equal(orientation, turned.ExifOrientation);
        Assert.Equal(swaps ? (stored.Width, stored.Height) : (stored.Height, stored.Width), (turned.Height, turned.Width));
        for (int y = 0; y < turned.Height; y++)
        {
            for (int x = 0; x < turned.Width; x++)
            {
                int right = turned.Width - 1 - x, bottom = turned.Height - 1 - y;
                (int row, int column) = orientation switch
                {
                    1 => (y, x), 2 => (y, right), 3 => (bottom, right), 4 => (bottom, x),
                    5 => (x, y), 6 => (right, y), 7 => (right, bottom), _ => (x, bottom),
                };
                Assert.Equal(
                    stored.Pixels.AsSpan(3 * (row * stored.Width + column), 3).ToArray(), turned.Pixels.AsSpan(3 * (y * turned.Width + x), 3).ToArray());
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(300)]
    public void An_orientation_that_EXIF_does_not_define_is_none(int orientation)
    {
        byte[] file = Fixture.Bytes("baseline_444.jpg");
        RgbImage image = Decode(WithOrientation(file, orientation));
        Assert.Equal(1, image.ExifOrientation);
        Assert.Equal(Decode(file).Pixels, image.Pixels);
    }

    [Fact]
    public void Refuses_four_components() => AssertRefused("f: this is a CMYK JPEG, but one of RGB or grey is needed.", Fixture.Bytes("cmyk.jpg"));

    [Theory]
    [InlineData(0xC3)]
    [InlineData(0xC5)]
    [InlineData(0xC9)]
    public void Refuses_lossless_hierarchical_and_arithmetic_JPEG(byte marker)
    {
        byte[] file = Fixture.Bytes("baseline_444.jpg");
        file[Frame(file) + 1] = marker;
        AssertRefused("f: the JPEG image is damaged or of a kind that is not read.", file);
    }

    [Theory]
    [InlineData(5, 255, "f: the image is 65307×37 pixels (height × width), but 1×1 to 16384×16384 can be read.")]
    [InlineData(6, 0, "f: the JPEG image is damaged or of a kind that is not read.")]
    public void Refuses_odd_sizes(int offset, byte value, string sentence)
    {
        byte[] file = Fixture.Bytes("baseline_444.jpg");
        file[Frame(file) + offset] = value;
        AssertRefused(sentence, file);
    }

    [Fact]
    public void Refuses_a_size_that_the_file_cannot_hold()
    {
        byte[] file = Fixture.Bytes("baseline_444.jpg");
        (file[Frame(file) + 5], file[Frame(file) + 6], file[Frame(file) + 7], file[Frame(file) + 8]) = (0x40, 0, 0x40, 0);
        AssertRefused($"f: the header claims 16384×16384 pixels (height × width), but {file.Length} bytes of data cannot hold them.", file);
    }

    /// <summary>ImageSharp itself gives pictures that are black or grey from somewhere on.</summary>
    [Theory]
    [InlineData("baseline_420.jpg", "JPEG")]
    [InlineData("progressive_420.jpg", "JPEG")]
    [InlineData("lossless.webp", "WebP")]
    [InlineData("rgb8.tif", "TIFF")]
    [InlineData("rgb8.bmp", "BMP")]
    [InlineData("palette.gif", "GIF")]
    public void Refuses_a_cut_file(string name, string kind)
    {
        byte[] cut = Fixture.Bytes(name)[..^1];
        Assert.Equal($"f: the file ends before the end of its {kind} image.", Assert.Throws<InvalidDataException>(() => Decode(cut)).Message);
    }

    [Fact]
    public void A_thumbnail_inside_does_not_end_the_image()
    {
        byte[] file = Fixture.Bytes("baseline_444.jpg");
        byte[] thumbnail = [0xFF, 0xE1, 0, 6, 0xFF, 0xD9, 0, 0];
        byte[] with = [.. file[..2], .. thumbnail, .. file[2..]];
        Assert.Equal(Jpeg(file).Pixels, Jpeg(with).Pixels);
        AssertRefused("f: the file ends before the end of its JPEG image.", with[..^2]);
    }

    private static byte[] WithOrientation(byte[] jpeg, int orientation)
    {
        // An EXIF segment with one entry: tag 0x0112, type SHORT, one value.
        byte[] tiff = [(byte)'I', (byte)'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, (byte)orientation, (byte)(orientation >> 8), 0, 0, 0, 0, 0, 0];
        return [.. jpeg[..2], 0xFF, 0xE1, 0, (byte)(2 + 6 + tiff.Length), .. "Exif\0\0"u8, .. tiff, .. jpeg[2..]];
    }

    private static int Frame(byte[] file) => file.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]);

    private static RgbImage Jpeg(byte[] file) => Photograph.Decode(file, FileKind.Jpeg, "f");

    private static RgbImage Decode(byte[] file) => Photograph.Decode(file, FileKinds.Of(file), "f");

    private static void AssertRefused(string sentence, byte[] file) =>
        Assert.Equal(sentence, Assert.Throws<InvalidDataException>(() => Jpeg(file)).Message);
}
