using System.Buffers.Binary;
using System.IO.Hashing;
using FsCheck.Xunit;

namespace EMDC.Imaging.Tests;

public sealed class PngFileTests
{
    [Theory]
    [InlineData("rgb8.png")]
    [InlineData("rgba8.png")]
    [InlineData("adam7_rgb8.png")]
    public void Reads_colour(string file) => AssertRgb(9, 11, Pictures.Rgb(9, 11), file);

    [Fact]
    public void Reads_an_interlaced_image_with_empty_passes() => AssertRgb(2, 3, Pictures.Rgb(2, 3), "adam7_3x2.png");

    [Theory]
    [InlineData("grey8.png", 0, 256, 1)]
    [InlineData("greyalpha8.png", 1, 256, 1)]
    [InlineData("grey1.png", 0, 2, 255)]
    [InlineData("grey2.png", 0, 4, 85)]
    [InlineData("grey4.png", 0, 16, 17)]
    [InlineData("adam7_grey2.png", 0, 4, 85)]
    public void Replicates_grey(string file, int channel, int levels, int step)
    {
        var rgb = Pictures.Rgb(9, 11);
        var expected = rgb.Select((_, i) => (byte)(rgb[i / 3 * 3 + channel] % levels * step)).ToArray();
        AssertRgb(9, 11, expected, file);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void Reads_palettes(int bits)
    {
        var rgb = Pictures.Rgb(9, 11);
        var expected = rgb.Select((_, i) =>
        {
            int entry = rgb[i / 3 * 3] % (1 << bits);
            return (byte)((i % 3) switch { 0 => entry, 1 => 255 - entry, _ => entry * 3 });
        }).ToArray();
        AssertRgb(9, 11, expected, $"palette{bits}.png");
    }

    [Fact]
    public void Rounds_16_bits_to_8()
    {
        // OpenCV stores its B, G, R; make.py flips the low bits of B and the high ones of G.
        var count = Pictures.Count(9, 11);
        var expected = Enumerable.Range(0, 3 * count.Length)
            .Select(i => (int)count[i / 3] ^ (i % 3) switch { 0 => 0, 1 => 0xFF00, _ => 0x00FF })
            .Select(v => (byte)Math.Round(v / 257.0)).ToArray();
        AssertRgb(9, 11, expected, "rgb16.png");
    }

    [Theory]
    [InlineData("grey16.png")]
    [InlineData("adam7_grey16.png")]
    public void Reads_16_bit_grey_as_counts(string file)
    {
        var plane = PngFile.DecodeGrey16(Fixture.Bytes(file), file);
        Assert.Equal((9, 11), (plane.Height, plane.Width));
        Assert.Equal(Pictures.Count(9, 11), plane.Values);
        Assert.True(plane.IsInteger);
    }

    [Theory]
    [InlineData("rgb8.png", "8-bit RGB")]
    [InlineData("rgba8.png", "8-bit RGB with alpha")]
    [InlineData("rgb16.png", "16-bit RGB")]
    [InlineData("grey8.png", "8-bit grey")]
    [InlineData("greyalpha8.png", "8-bit grey with alpha")]
    [InlineData("palette4.png", "4-bit palette")]
    public void Refuses_other_PNGs_as_depth(string file, string words)
    {
        var error = Assert.Throws<InvalidDataException>(() => PngFile.DecodeGrey16(Fixture.Bytes(file), "d.png"));
        Assert.Equal(
            $"d.png: depth needs a 16-bit grey PNG, but this one is {words}, perhaps a colour frame or a picture of depth.", error.Message);
    }

    [Fact]
    public void Refuses_what_is_no_PNG() => AssertRefused("f.png: this is not a PNG file.", [1, 2, 3]);

    [Theory]
    [InlineData(16, "f.png: the file ends before its IEND chunk.")]
    [InlineData(20, "f.png: the file ends inside its IHDR chunk.")]
    [InlineData(50, "f.png: the file ends inside its IDAT chunk.")]
    [InlineData(216, "f.png: the file ends before its IEND chunk.")]
    public void Refuses_a_cut_file(int length, string sentence) => AssertRefused(sentence, Fixture.Bytes("rgb8.png")[..length]);

    [Theory]
    [InlineData(0, 0, "f.png: the image is 9×0 pixels (height × width), but 1×1 to 16384×16384 can be read.")]
    [InlineData(0, 16385, "f.png: the image is 9×16385 pixels (height × width), but 1×1 to 16384×16384 can be read.")]
    [InlineData(4, 16384, "f.png: the header claims 16384×11 pixels (height × width), but 160 bytes of data cannot hold them.")]
    [InlineData(4, 10, "f.png: the compressed image data are damaged or end early.")]
    public void Refuses_a_lying_size(int offset, int value, string sentence)
    {
        var file = Fixture.Bytes("rgb8.png");
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(16 + offset), value);
        AssertRefused(sentence, Resealed(file));
    }

    [Theory]
    [InlineData(8, 3, "f.png: PNG does not define colour type 2 with 3 bits.")]
    [InlineData(9, 5, "f.png: PNG does not define colour type 5 with 8 bits.")]
    [InlineData(10, 1, "f.png: PNG does not define compression 1 with filter 0 and interlace 0.")]
    [InlineData(11, 1, "f.png: PNG does not define compression 0 with filter 1 and interlace 0.")]
    [InlineData(12, 2, "f.png: PNG does not define compression 0 with filter 0 and interlace 2.")]
    [InlineData(9, 3, "f.png: the PNG has palette pixels, but no valid palette.")]
    public void Refuses_an_undefined_header(int offset, byte value, string sentence)
    {
        var file = Fixture.Bytes("rgb8.png");
        file[16 + offset] = value;
        AssertRefused(sentence, Resealed(file));
    }

    [Fact]
    public void Refuses_damage_by_the_checksum()
    {
        var file = Fixture.Bytes("rgb8.png");
        file[80] ^= 1;
        AssertRefused("f.png: the checksum of its IDAT chunk does not fit, so the file is damaged.", file);
        file[12] = (byte)'\n';
        AssertRefused("f.png: the checksum of its next chunk does not fit, so the file is damaged.", file);
    }

    [Fact]
    public void Refuses_chunks_that_it_must_know_but_does_not()
    {
        var file = Fixture.Bytes("palette4.png");
        "PLTX"u8.CopyTo(file.AsSpan(file.AsSpan().IndexOf("PLTE"u8)));
        AssertRefused("f.png: the PNG needs its chunk PLTX, which is not known here.", Resealed(file));
    }

    [Fact]
    public void Refuses_a_file_that_begins_without_a_header()
    {
        var file = Fixture.Bytes("rgb8.png");
        "IHDX"u8.CopyTo(file.AsSpan(12));
        AssertRefused("f.png: the PNG does not begin with its header.", Resealed(file));
    }

    [Fact]
    public void Refuses_colours_outside_the_palette()
    {
        var file = Fixture.Bytes("palette4.png");
        int at = file.AsSpan().IndexOf("PLTE"u8);
        byte[] shorter = [.. file[..(at + 4 + 45)], .. file[(at + 4 + 48)..]];
        BinaryPrimitives.WriteInt32BigEndian(shorter.AsSpan(at - 4), 45);
        AssertRefused("f.png: a pixel takes colour 15 of a palette that has 15.", Resealed(shorter));
    }

    [Fact]
    public void Refuses_unknown_filters()
    {
        var stream = new MemoryStream();
        using (var zlib = new System.IO.Compression.ZLibStream(stream, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write([9, 0, 0, 0]);
        }

        var file = Fixture.Bytes("rgb8.png");
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(16), 1);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(20), 1);
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, (int)stream.Length);
        byte[] made = [.. file[..33], .. length, .. "IDAT"u8, .. stream.ToArray(), 0, 0, 0, 0, .. file[^12..]];
        AssertRefused("f.png: a row has the filter 9, but PNG defines 0 to 4.", Resealed(made));
    }

    [Property]
    public bool Colour_is_read_back(byte height, byte width, int seed)
    {
        int h = 1 + height % 60, w = 1 + width % 60;
        var pixels = new byte[3 * h * w];
        new Random(seed).NextBytes(pixels);
        // Smooth pictures make other filters win than noise does.
        if (seed % 2 == 0)
        {
            pixels = Pictures.Rgb(h, w);
        }

        var stream = new MemoryStream();
        PngFile.Write(stream, new RgbImage(w, h, pixels));
        var image = PngFile.DecodeRgb(stream.ToArray(), "f.png");
        return (image.Width, image.Height) == (w, h) && image.Pixels.AsSpan().SequenceEqual(pixels);
    }

    [Property]
    public bool Counts_are_read_back(byte height, byte width, int seed)
    {
        int h = 1 + height % 60, w = 1 + width % 60;
        var random = new Random(seed);
        var counts = Pictures.Fill(h, w, (_, _) => random.Next(65536));
        var stream = new MemoryStream();
        PngFile.WriteGrey16(stream, counts.Select(count => count * 0.001f).ToArray(), w, h, 0.001f);
        var plane = PngFile.DecodeGrey16(stream.ToArray(), "f.png");
        return (plane.Width, plane.Height) == (w, h) && plane.Values.AsSpan().SequenceEqual(counts);
    }

    [Fact]
    public void Counts_are_rounded_and_clamped()
    {
        var stream = new MemoryStream();
        float[] metres = [0.0014f, 0.0016f, -1, 0, float.NaN, float.PositiveInfinity, 65.535f, 66, 0.0004f, float.NegativeInfinity];
        PngFile.WriteGrey16(stream, metres, 5, 2, 0.001f);
        Assert.Equal([1, 2, 0, 0, 0, 65535, 65535, 65535, 0, 0], PngFile.DecodeGrey16(stream.ToArray(), "f.png").Values);
    }

    /// <summary>Makes the checksums of all chunks fit again.</summary>
    internal static byte[] Resealed(byte[] file)
    {
        for (int at = 8; at + 12 <= file.Length;)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            if (length < 0 || length > file.Length - at - 12)
            {
                break;
            }

            uint crc = Crc32.HashToUInt32(file.AsSpan(at + 4, 4 + length));
            BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(at + 8 + length), crc);
            at += 12 + length;
        }

        return file;
    }

    private static void AssertRgb(int height, int width, byte[] expected, string file)
    {
        var image = PngFile.DecodeRgb(Fixture.Bytes(file), file);
        Assert.Equal((height, width), (image.Height, image.Width));
        Assert.Equal(expected, image.Pixels);
    }

    private static void AssertRefused(string sentence, byte[] file) =>
        Assert.Equal(sentence, Assert.Throws<InvalidDataException>(() => PngFile.DecodeRgb(file, "f.png")).Message);
}
