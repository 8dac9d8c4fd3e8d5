namespace EMDC.Imaging.Tests;

public sealed class BinFileTests
{
    [Fact]
    public void Reads_floats_of_the_size_given()
    {
        var plane = BinFile.Decode(Fixture.Bytes("depth.bin"), "depth.bin", (5, 7));
        Assert.Equal((5, 7, false), (plane.Height, plane.Width, plane.IsInteger));
        Assert.Equal(Pictures.Depth(5, 7), plane.Values);
    }

    [Fact]
    public void Writes_the_same_bytes()
    {
        var stream = new MemoryStream();
        BinFile.Write(stream, Pictures.Depth(5, 7));
        Assert.Equal(Fixture.Bytes("depth.bin"), stream.ToArray());
    }

    [Fact]
    public void Refuses_other_sizes()
    {
        AssertRefused("f.bin: raw numbers do not tell their size, so --size HEIGHTxWIDTH is needed (the file has 140 bytes, mostly 2 or 4 a pixel).", null);
        AssertRefused("f.bin: 5×8 numbers of type f4 need 160 bytes, but the file has 140.", (5, 8));
        AssertRefused("f.bin: the image is 0×7 pixels (height × width), but 1×1 to 16384×16384 can be read.", (0, 7));
    }

    private static void AssertRefused(string sentence, (int Height, int Width)? size) => Assert.Equal(
        sentence, Assert.Throws<InvalidDataException>(() => BinFile.Decode(Fixture.Bytes("depth.bin"), "f.bin", size)).Message);
}
