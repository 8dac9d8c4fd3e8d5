using System.Buffers.Binary;
using System.Text;
using EMDC.Imaging;

namespace EMDC.Geometry.Tests;

public sealed class PointFileTests : IDisposable
{
    private static readonly Point3[] Expected = [new(0.5, -0.25, 2), new(1, 2, 3.5)];
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("x,y,z\n0.5,-0.25,2\n1,2,3.5\n", null)]
    [InlineData("\uFEFF\"Z\";\"X\";\"y\";intensity\r\n2;0.5;-0.25;9\r\n3.5;1;2;9\r\n", null)]
    [InlineData("# x y z\n0.5 -0.25 2\n\n1 2 3.5 # the last\n", null)]
    [InlineData("0.5 -0.25 2\nnan 0 1\n1 2 3.5\n", PointFormat.Xyz)]
    [InlineData("ply\nformat ascii 1.0\ncomment c\nelement vertex 2\nproperty float z\nproperty float x\nproperty float y\nelement face 1\nproperty list uchar int vertex_indices\nend_header\n2 0.5 -0.25\n3.5 1 2\n3 0 1 1\n", null)]
    public void Text(string text, PointFormat? format)
    {
        PointSet set = PointFile.Read(_folder.Write("p", text), format);
        Assert.False(set.ArePixels);
        Assert.Equal(Expected, set.Points);
    }

    [Theory]
    [InlineData("u,v,depth\n10,20,1500\n11,21,0\n", null)]
    [InlineData("10 20 1500\n", PointFormat.Uvd)]
    public void Pixels_and_a_unit(string text, PointFormat? format)
    {
        PointSet set = PointFile.Read(_folder.Write("p", text), format, 0.001);
        Assert.True(set.ArePixels);
        Assert.Equal([new Point3(10, 20, 1.5)], set.Points);
    }

    [Theory]
    [InlineData("<f4", "(2, 3)", "False")]
    [InlineData(">f8", "(2, 3)", "False")]
    [InlineData("<f8", "(2, 3)", "True")]
    public void Arrays(string type, string shape, string fortran)
    {
        double[] values = fortran == "True" ? [0.5, 1, -0.25, 2, 2, 3.5] : [0.5, -0.25, 2, 1, 2, 3.5];
        File.WriteAllBytes(_folder["p.npy"], Npy(type, shape, fortran, values));
        Assert.Equal(Expected, PointFile.Read(_folder["p.npy"], PointFormat.Xyz).Points);
    }

    [Fact]
    public void Arrays_may_be_longer_than_pictures()
    {
        const int Count = 100_000;
        File.WriteAllBytes(_folder["p.npy"], Npy("<f4", $"({Count}, 3)", "False", [.. Enumerable.Range(0, 3 * Count).Select(i => (double)i)]));
        Point3[] points = PointFile.Read(_folder["p.npy"], PointFormat.Xyz).Points;
        Assert.Equal((Count, new Point3(299_997, 299_998, 299_999)), (points.Length, points[^1]));
    }

    [Theory]
    [InlineData(false, "float")]
    [InlineData(true, "double")]
    public void Binary_PLY(bool isBigEndian, string type)
    {
        var file = new MemoryStream();
        file.Write(Encoding.ASCII.GetBytes(
            $"ply\nformat binary_{(isBigEndian ? "big" : "little")}_endian 1.0\nelement vertex 2\nproperty uchar red\nproperty {type} x\nproperty {type} y\nproperty {type} z\nproperty short s\nend_header\n"));
        foreach (Point3 point in Expected)
        {
            file.WriteByte(7);
            foreach (double value in new[] { point.X, point.Y, point.Z })
            {
                byte[] bytes = type == "float" ? BitConverter.GetBytes((float)value) : BitConverter.GetBytes(value);
                file.Write(isBigEndian == BitConverter.IsLittleEndian ? [.. bytes.Reverse()] : bytes);
            }

            file.Write([0, 0]);
        }

        File.WriteAllBytes(_folder["p.ply"], file.ToArray());
        Assert.Equal(Expected, PointFile.Read(_folder["p.ply"]).Points);
        File.WriteAllBytes(_folder["p.ply"], file.ToArray()[..^1]);
        Assert.Equal($"{_folder["p.ply"]}: the PLY names 2 vertices, but holds 1.", Assert.Throws<InvalidDataException>(() => PointFile.Read(_folder["p.ply"])).Message);
    }

    [Fact]
    public void A_laser_of_KITTI()
    {
        var file = new byte[32];
        foreach (var (i, value) in new float[] { 0.5f, -0.25f, 2, 0.9f, 1, 2, 3.5f, 0.1f }.Index())
        {
            BinaryPrimitives.WriteSingleLittleEndian(file.AsSpan(4 * i), value);
        }

        File.WriteAllBytes(_folder["p.bin"], file);
        Assert.Equal(Expected, PointFile.Read(_folder["p.bin"]).Points);
        File.WriteAllBytes(_folder["p.bin"], file[..30]);
        Assert.Equal(
            $"{_folder["p.bin"]}: the file has 30 bytes, but a point of KITTI's laser takes 16, so a multiple of that is needed.",
            Assert.Throws<InvalidDataException>(() => PointFile.Read(_folder["p.bin"])).Message);
    }

    [Theory]
    [InlineData("1 2 3\n4 5\n", ":2: the line has 2 numbers, but those before have 3.")]
    [InlineData("1 2 three\n", ":1: 'three' is no number.")]
    [InlineData("1 2\n", ": there are 2 numbers in a row, but a point needs three.")]
    [InlineData("1 2 3\n", ": it does not tell whether its numbers are x, y, z or u, v, depth; --points-format xyz or uvd does.")]
    [InlineData("# nothing\n", ": there are no numbers in it.")]
    [InlineData("a\0b", ": this is neither text nor NPY, but a table of numbers is needed.")]
    [InlineData("ply\nformat ascii 1.0\nelement vertex 2\n", ": the PLY header does not end.")]
    [InlineData("ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nend_header\n1\n", ": the vertices have x, but x, y and z are needed.")]
    [InlineData("ply\nformat ascii 1.0\nelement face 1\nelement vertex 1\nend_header\n1\n", ": the PLY begins with 'face', but its vertices must come first.")]
    public void Files_that_hold_no_points(string text, string message)
    {
        string path = _folder.Write("p", text);
        Assert.Equal(path + message, Assert.Throws<InvalidDataException>(() => PointFile.Read(path)).Message);
    }

    [Fact]
    public void An_array_that_claims_more_than_it_holds()
    {
        File.WriteAllBytes(_folder["p.npy"], Npy("<f4", "(4611686018427387904, 4)", "False", [1, 2, 3]));
        Assert.Contains("the array claims 4611686018427387904×4 values", Assert.Throws<InvalidDataException>(() => PointFile.Read(_folder["p.npy"], PointFormat.Xyz)).Message);
    }

    [Fact]
    public void Zones_with_and_without_a_status()
    {
        string plain = string.Join('\n', Enumerable.Range(0, 4).Select(row => string.Join(',', Enumerable.Range(0, 4).Select(column => 100 * row + column))));
        DepthMap map = ZoneFile.Read(_folder.Write("z.csv", plain), 4, 4);
        Assert.True(map.UsedDefaultScale);
        Assert.Equal([0, 0.001f, 0.002f, 0.003f, 0.1f], map.Metres[..5]);

        map = ZoneFile.Read(_folder.Write("z.csv", "zone,distance_mm,target_status\n0,500,5\n1,600,4\n2,700,9\n3,800,255"), 2, 2);
        Assert.False(map.UsedDefaultScale);
        Assert.Equal([0.5f, 0, 700 * 0.001f, 0], map.Metres);

        Assert.Equal([0.5f, 0, 0.7f, 0], ZoneFile.Read(_folder.Write("z.csv", "0.5 5\n0.6 0\n0.7 6\n0.8 10"), 2, 2).Metres);
        Assert.Equal([1.5f, 2, 0, 0.5f], ZoneFile.Read(_folder.Write("z.csv", "1.5 2 nan 0.5"), 2, 2).Metres);
        Assert.Equal(
            $"{_folder["z.csv"]}: there are 1×4 numbers, but 8×8 zones need 64, or 64 rows of distance and status.",
            Assert.Throws<InvalidDataException>(() => ZoneFile.Read(_folder["z.csv"], 8, 8)).Message);

        File.WriteAllBytes(_folder["z.npy"], Npy("<f4", "(4,)", "False", [1, 2, 3, 4]));
        Assert.Equal([1, 2, 3, 4], ZoneFile.Read(_folder["z.npy"], 2, 2).Metres);
    }

    private static byte[] Npy(string type, string shape, string fortran, double[] values)
    {
        string header = $"{{'descr': '{type}', 'fortran_order': {fortran}, 'shape': {shape}, }}".PadRight(117) + "\n";
        var file = new MemoryStream();
        file.Write([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, 118, 0]);
        file.Write(Encoding.ASCII.GetBytes(header));
        foreach (double value in values)
        {
            byte[] bytes = type[1..] == "f4" ? BitConverter.GetBytes((float)value) : BitConverter.GetBytes(value);
            file.Write(type[0] == '>' ? [.. bytes.Reverse()] : bytes);
        }

        return file.ToArray();
    }
}
