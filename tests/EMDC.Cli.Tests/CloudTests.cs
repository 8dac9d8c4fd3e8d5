using EMDC.Geometry;
using EMDC.Imaging;

namespace EMDC.Cli.Tests;

public sealed class CloudTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _rgb, _depth;

    public CloudTests() => (_rgb, _depth) = Sample.Write(_folder);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_cloud_holds_the_dense_depth()
    {
        Complete("--cloud", _folder["c.ply"], "--rgb-intrinsics", "40,40,19.5,15.5").Succeeds();
        float[] dense = DepthFile.Read(_folder["dense.exr"]).Metres;
        var camera = new Camera(40, 40, 19.5, 15.5);
        PointCloud expected = PointCloud.Of(dense, new RgbImage(Sample.Width, Sample.Height, Sample.Frame.Rgb), camera);
        Point3[] points = PointFile.Read(_folder["c.ply"]).Points;
        Assert.Equal(expected.Count, points.Length);
        Assert.InRange(points.Length, dense.Length / 2, dense.Length);
        Assert.All(points, point =>
        {
            (double u, double v) = camera.Project(point);
            Assert.Equal(dense[(int)Math.Round(v) * Sample.Width + (int)Math.Round(u)], point.Z, 1e-6);
        });
    }

    [Fact]
    public void The_uncertainty_is_the_engines()
    {
        Complete("--uncertainty", _folder["s.exr"]).Succeeds();
        var sigma = new float[Sample.Height * Sample.Width];
        using var engine = Emdc.Load(Sample.Weights);
        engine.Complete(Sample.Frame.Rgb, Sample.Frame.Sparse, new DepthMaps { Uncertainty = sigma }, Sample.Height, Sample.Width);
        Assert.Equal(sigma, DepthFile.Read(_folder["s.exr"]).Metres);
        Assert.DoesNotContain(sigma, metres => !(metres > 0));
    }

    [Fact]
    public void What_it_needs_is_asked_for_before_anything_runs()
    {
        Complete("--cloud", _folder["c.ply"]).Fails(1, "--cloud needs the colour camera: give --rgb-intrinsics or --calibration.");
        Complete("--cloud", _folder["c.obj"], "--rgb-intrinsics", "40,40,19.5,15.5").Fails(
            1, $"{_folder["c.obj"]}: the extension is '.obj', but a point cloud is written as .ply.");
        Complete("--cloud", _rgb, "--rgb-intrinsics", "40,40,19.5,15.5").Fails(
            1, $"--cloud would be written to {_rgb}, but that file is read by --rgb ({_rgb}).");
        Command.Run("complete", "--list", "l", "--output-dir", "d", "--cloud", "c.ply").Fails(
            2, "--list and --cloud exclude each other.", "Try 'emdc complete --help'.");
        Assert.False(File.Exists(_folder["dense.exr"]));
    }

    private Outcome Complete(params string[] more) =>
        Command.Run(["complete", "--device", "cpu", "--rgb", _rgb, "--depth", _depth, "--output", _folder["dense.exr"], .. more]);
}
