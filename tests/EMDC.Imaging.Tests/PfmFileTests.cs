using System.Text;
using FsCheck.Xunit;

namespace EMDC.Imaging.Tests;

public sealed class PfmFileTests
{
    [Theory]
    [InlineData("depth.pfm")]
    [InlineData("big.pfm")]
    public void Reads_both_byte_orders(string file)
    {
        var plane = PfmFile.Decode(Fixture.Bytes(file), file);
        Assert.Equal((5, 7, false), (plane.Height, plane.Width, plane.IsInteger));
        Assert.Equal(Pictures.Depth(5, 7), plane.Values);
    }

    [Theory]
    [InlineData("P5\n1 1\n255\n.", "f.pfm: this is not a PFM file.")]
    [InlineData("PF\n1 1\n-1\n", "f.pfm: this is a PFM of three channels (PF), but one channel (Pf) is needed.")]
    [InlineData("Pf\n1 1\n", "f.pfm: the header is damaged or ends early at byte 7.")]
    [InlineData("Pf\nx 1\n-1\n", "f.pfm: the header is damaged or ends early at byte 4.")]
    [InlineData("Pf\n1 1\nabc\n", "f.pfm: the header is damaged or ends early at byte 10.")]
    [InlineData("Pf\n0 1\n-1\n", "f.pfm: the image is 1×0 pixels (height × width), but 1×1 to 16384×16384 can be read.")]
    [InlineData("Pf\n16384 16384\n-1\n", "f.pfm: 16384×16384 floats need 1073741824 bytes, but 0 follow the header.")]
    public void Refuses_other_files(string text, string sentence) => Assert.Equal(
        sentence, Assert.Throws<InvalidDataException>(() => PfmFile.Decode(Encoding.ASCII.GetBytes(text), "f.pfm")).Message);

    [Property]
    public bool What_is_written_is_read_back(byte height, byte width, int seed)
    {
        int h = 1 + height % 40, w = 1 + width % 40;
        var random = new Random(seed);
        var values = Pictures.Fill(h, w, (_, _) => random.NextSingle() * 20);
        var stream = new MemoryStream();
        PfmFile.Write(stream, values, w, h);
        var plane = PfmFile.Decode(stream.ToArray(), "f.pfm");
        return (plane.Width, plane.Height) == (w, h) && plane.Values.AsSpan().SequenceEqual(values);
    }
}
