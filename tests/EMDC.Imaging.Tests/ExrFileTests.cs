using System.Buffers.Binary;
using FsCheck.Xunit;

namespace EMDC.Imaging.Tests;

public sealed class ExrFileTests
{
    [Theory]
    [InlineData("float_none.exr")]
    [InlineData("float_zip.exr")]
    [InlineData("float_piz.exr")]
    [InlineData("half_none.exr")]
    [InlineData("half_zip.exr")]
    public void Reads_what_OpenCV_wrote(string file) => AssertPlane(19, 13, Pictures.Depth(19, 13), ExrFile.Decode(Fixture.Bytes(file), file));

    [Theory]
    [InlineData("float_rle.exr")]
    [InlineData("float_zips.exr")]
    [InlineData("half_rle.exr")]
    [InlineData("half_zips.exr")]
    public void Reads_runs_that_OpenCV_wrote(string file) => AssertPlane(19, 40, Pictures.Runs(19, 40), ExrFile.Decode(Fixture.Bytes(file), file));

    [Theory]
    [InlineData("rgb.exr")]
    [InlineData("decreasing.exr")]
    [InlineData("offset.exr")]
    [InlineData("mixed.exr")]
    [InlineData("only.exr")]
    public void Reads_the_depth_channel(string file) => AssertPlane(5, 7, Pictures.Depth(5, 7), ExrFile.Decode(Fixture.Bytes(file), file));

    [Fact]
    public void Places_the_data_window_in_the_display_window()
    {
        var depth = Pictures.Depth(5, 7);
        var expected = Pictures.Fill(8, 8, (y, x) => y is >= 1 and <= 5 && x >= 2 ? depth[(y - 1) * 7 + x - 2] : 0);
        AssertPlane(8, 8, expected, ExrFile.Decode(Fixture.Bytes("window.exr"), "window.exr"));
    }

    [Fact]
    public void Reads_integers_as_integers()
    {
        var plane = ExrFile.Decode(Fixture.Bytes("uint.exr"), "uint.exr");
        Assert.Equal(Pictures.Count(5, 7), plane.Values);
        Assert.True(plane.IsInteger);
    }

    [Theory]
    [InlineData("tiled.exr", "f.exr: the EXR is tiled, but its header has no size of tiles.")]
    [InlineData("deep.exr", "f.exr: this is a deep EXR, but one flat part is needed.")]
    [InlineData("multipart.exr", "f.exr: this is a multi-part EXR, but one flat part is needed.")]
    [InlineData("abc.exr", "f.exr: the EXR has the channels A, B, C, but none is called depth, Z, V, Y or R; --depth-channel names it.")]
    [InlineData("subsampled.exr", "f.exr: the EXR's channel Y is subsampled 2×2, but 1×1 is needed.")]
    [InlineData("grey16.png", "f.exr: this is not an EXR file.")]
    public void Refuses_by_name(string file, string sentence) => AssertRefused(sentence, Fixture.Bytes(file));

    [Theory]
    [InlineData("compression\0compression\0", 0, 200, "f.exr: the EXR has the compression number 200, but PIZ, ZIP, ZIPS, RLE or none is needed.")]
    [InlineData("channels\0chlist\0", 2, 7, "f.exr: the EXR's channel Y has the type 7, but EXR defines 0 to 2.")]
    [InlineData("channels\0chlist\0", 0, 0, "f.exr: the EXR has no channels.")]
    [InlineData("dataWindow\0box2i\0", 8, 99, "f.exr: the chunk of row 0 is damaged.")]
    [InlineData("dataWindow\0box2i\0", 10, 99, "f.exr: the image is 5×6488071 pixels (height × width), but 1×1 to 16384×16384 can be read.")]
    [InlineData("dataWindow\0box2i\0", 9, 63, "f.exr: the header claims 5×16135 pixels (height × width), but 180 bytes of data cannot hold them.")]
    [InlineData("dataWindow\0box2i\0", 13, 63, "f.exr: the file ends inside its table of 16133 chunks.")]
    [InlineData("displayWindow\0box2i\0", 10, 99, "f.exr: the image is 5×6488071 pixels (height × width), but 1×1 to 16384×16384 can be read.")]
    public void Refuses_a_lying_header(string attribute, int offset, byte value, string sentence)
    {
        var file = Fixture.Bytes("decreasing.exr");
        file[ValueOf(file, attribute) + offset] = value;
        AssertRefused(sentence, file);
    }

    [Fact]
    public void Refuses_a_display_window_that_the_file_cannot_fill()
    {
        var file = Fixture.Bytes("decreasing.exr");
        int at = ValueOf(file, "displayWindow\0box2i\0");
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at + 8), 16383);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at + 12), 16383);
        AssertRefused("f.exr: the header claims 16384×16384 pixels (height × width), but 497 bytes of data cannot hold them.", file);
    }

    [Fact]
    public void Refuses_version_9() => AssertRefused("f.exr: this is EXR version 9, but version 2 can be read.", With("decreasing.exr", 4, 9));

    [Fact]
    public void Refuses_a_part_that_is_no_scanlines()
    {
        var file = Fixture.Bytes("only.exr");
        file[ValueOf(file, "type\0string\0")] = (byte)'S';
        AssertRefused("f.exr: the EXR's part is a Scanlineimage, but a scanlineimage is needed.", file);
    }

    [Fact]
    public void Refuses_a_header_without_a_needed_attribute()
    {
        foreach (string attribute in (string[])["channels", "compression", "dataWindow"])
        {
            var file = Fixture.Bytes("decreasing.exr");
            file[file.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(attribute + "\0"))] ^= 0x20;
            AssertRefused($"f.exr: the EXR header has no attribute {attribute}.", file);
        }
    }

    [Fact]
    public void Refuses_a_cut_header() => AssertRefused("f.exr: the EXR header is damaged or ends early.", Fixture.Bytes("decreasing.exr")[..100]);

    [Fact]
    public void Refuses_chunks_out_of_place()
    {
        var file = Fixture.Bytes("decreasing.exr");
        int table = file.Length - 5 * (8 + 8 + 28);
        var far = (byte[])file.Clone();
        far[table + 3] = 1;
        AssertRefused($"f.exr: a chunk of the EXR should begin at byte {0x1000000 + file.Length - 36}, but the file has 497.", far);

        var twice = (byte[])file.Clone();
        file.AsSpan(table, 8).CopyTo(twice.AsSpan(table + 8));
        AssertRefused("f.exr: a chunk of the EXR claims row 0, which is not its own.", twice);

        AssertRefused("f.exr: the file ends inside the chunk of row 0.", file[..^1]);

        var zip = Fixture.Bytes("float_zip.exr");
        zip[^40] ^= 0x55;
        AssertRefused("f.exr: the chunk of row 16 is damaged.", zip);
    }

    [Property]
    public bool What_is_written_is_read_back(byte height, byte width, int seed)
    {
        int h = 1 + height % 40, w = 1 + width % 40;
        var random = new Random(seed);
        // Any bits: NaN payloads and infinities too; half of the draws repeat values, so that both stored and packed chunks occur.
        var values = Pictures.Fill(h, w, (y, x) => seed % 2 == 0 ? BitConverter.Int32BitsToSingle(random.Next()) : x / 5);
        var stream = new MemoryStream();
        ExrFile.Write(stream, values, w, h);
        var plane = ExrFile.Decode(stream.ToArray(), "f.exr");
        return plane.Width == w && plane.Height == h && !plane.IsInteger
            && values.AsSpan().SequenceEqual(plane.Values.AsSpan(), new BitComparer());
    }

    private sealed class BitComparer : IEqualityComparer<float>
    {
        public bool Equals(float a, float b) => BitConverter.SingleToInt32Bits(a) == BitConverter.SingleToInt32Bits(b);

        public int GetHashCode(float value) => BitConverter.SingleToInt32Bits(value);
    }

    private static byte[] With(string file, int at, byte value)
    {
        var bytes = Fixture.Bytes(file);
        bytes[at] = value;
        return bytes;
    }

    private static int ValueOf(byte[] file, string attribute) =>
        file.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(attribute)) + attribute.Length + 4;

    private static void AssertPlane(int height, int width, float[] expected, Plane plane)
    {
        Assert.Equal((height, width), (plane.Height, plane.Width));
        Assert.Equal(expected, plane.Values);
        Assert.False(plane.IsInteger);
    }

    private static void AssertRefused(string sentence, byte[] file) =>
        Assert.Equal(sentence, Assert.Throws<InvalidDataException>(() => ExrFile.Decode(file, "f.exr")).Message);
}
