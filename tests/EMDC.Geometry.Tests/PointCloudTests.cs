using EMDC.Imaging;

namespace EMDC.Geometry.Tests;

public sealed class PointCloudTests : IDisposable
{
    private const int Size = 40;
    private static readonly Camera Pinhole = new(50, 50, 19.5, 19.5);
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_cloud_is_read_back_as_it_was_written()
    {
        var random = new Random(3);
        float[] metres = [.. Enumerable.Range(0, Size * Size).Select(i => i % 7 == 0 ? 0 : 2 + 0.001f * random.NextSingle())];
        var rgb = new RgbImage(Size, Size, [.. Enumerable.Range(0, 3 * Size * Size).Select(i => (byte)(i % 251))]);
        PlyFile.Write(_folder["c.ply"], PointCloud.Of(metres, rgb, Pinhole));

        Point3[] points = PointFile.Read(_folder["c.ply"]).Points;
        int[] measured = [.. Enumerable.Range(0, metres.Length).Where(i => metres[i] > 0)];
        Assert.Equal(measured.Length, points.Length);
        foreach (var (point, i) in points.Zip(measured))
        {
            (double u, double v) = Pinhole.Project(point);
            Assert.Equal(i % Size, u, 1e-4);
            Assert.Equal(i / Size, v, 1e-4);
            Assert.Equal(metres[i], point.Z, 1e-6);
        }

        // The header, then 15 bytes a point: x, y, z and the colour.
        byte[] file = File.ReadAllBytes(_folder["c.ply"]);
        int start = file.Length - 15 * measured.Length;
        Assert.Equal("end_header\n"u8, file.AsSpan(start - 11, 11));
        Assert.All(measured.Index(), item => Assert.Equal(rgb.Pixels.AsSpan(3 * item.Item, 3), file.AsSpan(start + 15 * item.Index + 12, 3)));
    }

    [Fact]
    public void A_slanted_plane_loses_nothing()
    {
        // w = 1/z linear in the pixels, from 0.4 m to 10 m across 40 of them, by rows and columns.
        foreach ((float a, float b) in new[] { (0.06f, 0f), (0f, 0.06f), (0.03f, 0.03f) })
        {
            float[] metres = [.. Enumerable.Range(0, Size * Size).Select(i => 1 / (0.1f + a * (i % Size) + b * (i / Size)))];
            Assert.Equal(Size * Size, PointCloud.Of(metres, Grey, Pinhole).Count);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_hangs_between_two_surfaces_is_left_out(int width)
    {
        // 1 m on the left, 3 m on the right, a ramp of some pixels between them as a network draws it.
        float[] metres = [.. Enumerable.Range(0, Size * Size).Select(i => 1 + 2 * Math.Clamp((i % Size - 19f) / (width + 1), 0, 1))];
        PointCloud cloud = PointCloud.Of(metres, Grey, Pinhole);
        Assert.Equal(Size * (Size - width), cloud.Count);
        Assert.DoesNotContain(Enumerable.Range(0, cloud.Count), i => cloud.Positions[3 * i + 2] is > 1.01f and < 2.99f);
    }

    [Fact]
    public void A_clean_step_and_thin_things_stay()
    {
        float[] metres = [.. Enumerable.Range(0, Size * Size).Select(i => i % Size < 20 ? 1f : 3f)];
        Assert.Equal(Size * Size, PointCloud.Of(metres, Grey, Pinhole).Count);
        metres = [.. Enumerable.Range(0, Size * Size).Select(i => i % Size == 20 ? 1f : 3f)];
        Assert.Equal(Size * Size, PointCloud.Of(metres, Grey, Pinhole).Count);
    }

    private static RgbImage Grey { get; } = new(Size, Size, new byte[3 * Size * Size]);
}
