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

    [Theory]
    [InlineData(0xC3, "lossless")]
    [InlineData(0xC5, "hierarchical")]
    [InlineData(0xC9, "arithmetic-coded")]
    public void Refuses_other_processes_by_name(byte marker, string kind)
    {
        var file = Fixture.Bytes("baseline_444.jpg");
        file[Frame(file) + 1] = marker;
        AssertRefused($"f.jpg: this is a {kind} JPEG, but a baseline or progressive one with Huffman coding is needed.", file);
    }

    [Theory]
    [InlineData(4, 12, "f.jpg: the JPEG has 12 bits a sample, but 8 are needed.")]
    [InlineData(5, 255, "f.jpg: the image is 65307×37 pixels (height × width), but 1×1 to 16384×16384 can be read.")]
    [InlineData(6, 0, "f.jpg: the image is 0×37 pixels (height × width), but 1×1 to 16384×16384 can be read.")]
    [InlineData(11, 0x31, "f.jpg: the JPEG is damaged.")]
    [InlineData(14, 0x31, "f.jpg: the JPEG is damaged.")]
    [InlineData(11, 0x01, "f.jpg: the JPEG is damaged.")]
    [InlineData(9, 2, "f.jpg: the JPEG is damaged.")]
    public void Refuses_odd_frames(int offset, byte value, string sentence)
    {
        var file = Fixture.Bytes("baseline_444.jpg");
        file[Frame(file) + offset] = value;
        AssertRefused(sentence, file);
    }

    [Fact]
    public void Refuses_ratios_that_are_not_whole()
    {
        var file = Fixture.Bytes("baseline_444.jpg");
        file[Frame(file) + 11] = 0x31;
        file[Frame(file) + 14] = 0x21;
        AssertRefused("f.jpg: the JPEG samples its components 3×1, 2×1, 1×1, but whole ratios are needed.", file);
    }

    [Fact]
    public void Refuses_a_size_that_the_file_cannot_hold()
    {
        var file = Fixture.Bytes("baseline_444.jpg");
        file[Frame(file) + 5] = 0x40;
        file[Frame(file) + 6] = 0;
        file[Frame(file) + 7] = 0x40;
        file[Frame(file) + 8] = 0;
        AssertRefused($"f.jpg: the header claims 16384×16384 pixels (height × width), but {file.Length} bytes of data cannot hold them.", file);
    }

    [Fact]
    public void Refuses_four_components() =>
        AssertRefused("f.jpg: the JPEG has 4 components, but 1 (grey) or 3 (colour) are needed.", Fixture.Bytes("cmyk.jpg"));

    [Fact]
    public void Refuses_what_is_no_JPEG() => AssertRefused("f.jpg: this is not a JPEG file.", Fixture.Bytes("rgb8.png"));

    [Fact]
    public void Refuses_a_cut_file()
    {
        var file = Fixture.Bytes("baseline_444.jpg");
        AssertRefused("f.jpg: the file ends before the end of its JPEG image.", file[..^1]);
        AssertRefused("f.jpg: the file ends before the end of its JPEG image.", [.. file[..(Frame(file) + 19)], 0xFF, 0xD9]);
        AssertRefused("f.jpg: the JPEG is damaged.", file[..^20]);
        AssertRefused("f.jpg: the file ends inside a segment of its JPEG header.", file[..50]);
    }

    [Fact]
    public void Refuses_endless_scans()
    {
        var file = Fixture.Bytes("grey_progressive.jpg");
        int scan = file.AsSpan().IndexOf([(byte)0xFF, (byte)0xDA]);
        int next = scan + 2 + file.AsSpan(scan + 2).IndexOf([(byte)0xFF, (byte)0xC4]);
        var many = file[..scan].Concat(Enumerable.Repeat(file[scan..next], 201).SelectMany(bytes => bytes)).Concat(file[scan..]);
        AssertRefused("f.jpg: the JPEG has more than 200 scans.", [.. many]);
    }

    private static int Frame(byte[] file) => file.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]);

    private static void AssertRefused(string sentence, byte[] file) =>
        Assert.Equal(sentence, Assert.Throws<InvalidDataException>(() => JpegFile.Decode(file, "f.jpg")).Message);
}
