using System.Text;
using FsCheck.Xunit;

namespace EMDC.Imaging.Tests;

public sealed class NpyFileTests
{
    [Theory]
    [InlineData("little_f2.npy")]
    [InlineData("big_f2.npy")]
    [InlineData("little_f4.npy")]
    [InlineData("big_f4.npy")]
    [InlineData("little_f8.npy")]
    [InlineData("big_f8.npy")]
    [InlineData("fortran.npy")]
    [InlineData("lead.npy")]
    [InlineData("trail.npy")]
    [InlineData("version2.npy")]
    [InlineData("version3.npy")]
    public void Reads_floats_that_NumPy_wrote(string file)
    {
        var plane = NpyFile.Decode(Fixture.Bytes(file), file);
        Assert.Equal((5, 7), (plane.Height, plane.Width));
        Assert.Equal(Pictures.Depth(5, 7), plane.Values);
        Assert.False(plane.IsInteger);
    }

    [Theory]
    [InlineData("little_u2.npy", 65536)]
    [InlineData("big_u2.npy", 65536)]
    [InlineData("little_i4.npy", 65536)]
    [InlineData("big_i4.npy", 65536)]
    [InlineData("u1.npy", 256)]
    public void Reads_integers_that_NumPy_wrote(string file, int levels)
    {
        var plane = NpyFile.Decode(Fixture.Bytes(file), file);
        Assert.Equal((5, 7), (plane.Height, plane.Width));
        Assert.Equal(Pictures.Count(5, 7).Select(value => value % levels), plane.Values);
        Assert.True(plane.IsInteger);
    }

    [Fact]
    public void Keeps_a_single_row()
    {
        var plane = NpyFile.Decode(Fixture.Bytes("row.npy"), "row.npy");
        Assert.Equal((1, 7), (plane.Height, plane.Width));
        Assert.Equal(Pictures.Depth(1, 7), plane.Values);
    }

    [Theory]
    [InlineData("vector.npy", "f.npy: the array has the shape (7), but a depth map needs (height, width).")]
    [InlineData("complex.npy", "f.npy: the array has the type '<c8', but f2, f4, f8, u1, u2, u4, u8, i1, i2, i4 or i8 is needed.")]
    [InlineData("fields.npy", "f.npy: the array has fields (a structured type), but plain numbers are needed.")]
    [InlineData("grey16.png", "f.npy: this is not an NPY file.")]
    public void Refuses_by_name(string file, string sentence) => AssertRefused(sentence, Fixture.Bytes(file));

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3, 4), }", "f.npy: the array has the shape (2, 3, 4), but a depth map needs (height, width).")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4)}", "f.npy: the image is 0×4 pixels (height × width), but 1×1 to 16384×16384 can be read.")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (9000000000000000000, 9000000000000000000)}", "f.npy: the image is 9000000000000000000×9000000000000000000 pixels (height × width), but 1×1 to 16384×16384 can be read.")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (16384, 16384)}", "f.npy: 16384×16384 values of type '<f4' need 1073741824 bytes, but 8 follow the header.")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1)}", "f.npy: 1×1 values of type '<f4' need 4 bytes, but 8 follow the header.")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999, 1)}", "f.npy: the NPY header is damaged at its character 71.")]
    [InlineData("{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1, 2)}", "f.npy: the NPY header is damaged at its character 39.")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'size': (1, 2)}", "f.npy: the NPY header is damaged at its character 48.")]
    [InlineData("{'descr': '<f4', 'fortran_order': False}", "f.npy: the NPY header is damaged at its character 40.")]
    [InlineData("{'descr': '<f4'; 'fortran_order': False}", "f.npy: the NPY header is damaged at its character 15.")]
    [InlineData("{'descr': '<f4", "f.npy: the NPY header is damaged at its character 10.")]
    [InlineData("['descr']", "f.npy: the NPY header is damaged at its character 0.")]
    [InlineData("", "f.npy: the NPY header is damaged at its character 0.")]
    public void Refuses_odd_headers(string header, string sentence) => AssertRefused(
        sentence, [.. NpyFile.Magic, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), 0, 0, 0, 0, 0, 0, 0, 0]);

    [Fact]
    public void Refuses_unknown_versions_and_cut_headers()
    {
        AssertRefused("f.npy: this is NPY version 4, but versions 1 to 3 can be read.", [.. NpyFile.Magic, 4, 0, 1, 0, 0, 0]);
        AssertRefused("f.npy: the file ends inside its NPY header.", [.. NpyFile.Magic, 2, 0, 255, 255, 255, 255]);
        AssertRefused("f.npy: the file ends inside its NPY header.", [.. NpyFile.Magic, 1]);
    }

    [Fact]
    public void Writes_the_bytes_that_NumPy_writes()
    {
        var stream = new MemoryStream();
        NpyFile.Write(stream, Pictures.Depth(5, 7), 7, 5);
        Assert.Equal(Fixture.Bytes("little_f4.npy"), stream.ToArray());
    }

    [Property]
    public bool What_is_written_is_read_back(byte height, byte width, int seed)
    {
        int h = 1 + height, w = 1 + width % 40;
        var random = new Random(seed);
        var values = Pictures.Fill(h, w, (_, _) => random.NextSingle() * 20);
        var stream = new MemoryStream();
        NpyFile.Write(stream, values, w, h);
        var plane = NpyFile.Decode(stream.ToArray(), "f.npy");
        return (plane.Width, plane.Height) == (w, h) && plane.Values.AsSpan().SequenceEqual(values);
    }

    private static void AssertRefused(string sentence, byte[] file) =>
        Assert.Equal(sentence, Assert.Throws<InvalidDataException>(() => NpyFile.Decode(file, "f.npy")).Message);
}
