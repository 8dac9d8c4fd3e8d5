using System.Text;
using FsCheck.Xunit;

namespace EMDC.Imaging.Tests;

public sealed class PnmFileTests
{
    [Fact]
    public void Reads_colour()
    {
        var image = PnmFile.DecodeRgb(Fixture.Bytes("rgb8.ppm"), "rgb8.ppm");
        Assert.Equal((5, 7), (image.Height, image.Width));
        Assert.Equal(Pictures.Rgb(5, 7), image.Pixels);
    }

    [Fact]
    public void Replicates_grey()
    {
        var rgb = Pictures.Rgb(5, 7);
        var image = PnmFile.DecodeRgb(Fixture.Bytes("grey8.pgm"), "grey8.pgm");
        Assert.Equal(rgb.Select((_, i) => rgb[i / 3 * 3]), image.Pixels);
    }

    [Fact]
    public void Stretches_other_maxima_and_passes_over_comments()
    {
        var image = PnmFile.DecodeRgb(Fixture.Bytes("rgb16.ppm"), "rgb16.ppm");
        Assert.Equal(Pictures.Rgb(5, 7).Select(v => (byte)((v * 3 * 255 + 500) / 1000)), image.Pixels);
    }

    [Fact]
    public void Reads_counts()
    {
        var plane = PnmFile.DecodeGrey(Fixture.Bytes("count16.pgm"), "count16.pgm");
        Assert.Equal((5, 7, true), (plane.Height, plane.Width, plane.IsInteger));
        Assert.Equal(Pictures.Count(5, 7), plane.Values);
        plane = PnmFile.DecodeGrey(Fixture.Bytes("grey8.pgm"), "grey8.pgm");
        Assert.Equal(Pictures.Rgb(5, 7).Where((_, i) => i % 3 == 0).Select(v => (float)v), plane.Values);
    }

    [Theory]
    [InlineData("Pf\n1 1\n-1\n....", "f.pgm: this is not a PNM file.")]
    [InlineData("P2\n1 1\n255\n7\n", "f.pgm: this is a P2 file, but P5 (binary PGM) or P6 (binary PPM) is needed.")]
    [InlineData("P6\n1 1\n255\n...", "f.pgm: depth needs a PGM, but this is a PPM, perhaps a colour frame.")]
    [InlineData("P5\n1 1\n", "f.pgm: the header is damaged or ends early at byte 7.")]
    [InlineData("P5\n1 -1\n255\n.", "f.pgm: the header is damaged or ends early at byte 7.")]
    [InlineData("P5\n1 99999999999\n255\n.", "f.pgm: the header is damaged or ends early at byte 16.")]
    [InlineData("P5\n1 1\n255", "f.pgm: the header is damaged or ends early at byte 10.")]
    [InlineData("P5\n1 #no end", "f.pgm: the header is damaged or ends early at byte 12.")]
    [InlineData("P5\n1 0\n255\n.", "f.pgm: the image is 0×1 pixels (height × width), but 1×1 to 16384×16384 can be read.")]
    [InlineData("P5\n1 1\n65536\n..", "f.pgm: the maximum is 65536, but 1 to 65535 is needed.")]
    [InlineData("P5\n16384 16384\n256\n..", "f.pgm: 16384×16384 pixels (height × width) need 536870912 bytes, but 2 follow the header.")]
    public void Refuses_other_files(string text, string sentence) => Assert.Equal(
        sentence, Assert.Throws<InvalidDataException>(() => PnmFile.DecodeGrey(Encoding.ASCII.GetBytes(text), "f.pgm")).Message);

    [Property]
    public bool Counts_are_read_back(byte height, byte width, int seed)
    {
        int h = 1 + height % 40, w = 1 + width % 40;
        var random = new Random(seed);
        var counts = Pictures.Fill(h, w, (_, _) => random.Next(65536));
        var stream = new MemoryStream();
        PnmFile.WriteGrey16(stream, counts.Select(count => count / 256).ToArray(), w, h, 1f / 256);
        var plane = PnmFile.DecodeGrey(stream.ToArray(), "f.pgm");
        return (plane.Width, plane.Height) == (w, h) && plane.Values.AsSpan().SequenceEqual(counts);
    }
}
