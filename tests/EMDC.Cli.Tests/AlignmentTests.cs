using EMDC.Geometry;
using EMDC.Imaging;

namespace EMDC.Cli.Tests;

public sealed class AlignmentTests : IDisposable
{
    private const string Cameras = """
        {
          "rgb": { "fx": 40, "fy": 40, "cx": 19.5, "cy": 15.5 },
          "depth": { "width": 40, "height": 32, "fx": 30, "fy": 30, "cx": 19.5, "cy": 15.5, "distortion": [0.05, 0, 0, 0] },
          "depth_to_rgb": { "rotation": [1, 0, 0, 0, 1, 0, 0, 0, 1], "translation": [0.03, 0, 0] }
        }
        """;

    private readonly TempFolder _folder = new();
    private readonly string _rgb, _depth;

    public AlignmentTests() => (_rgb, _depth) = Sample.Write(_folder);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Depth_of_another_size_is_refused_with_the_options_that_mend_it()
    {
        string large = Large();
        Complete(large).Fails(
            1,
            $"{_rgb} is 32×40, but {large} is 64×80 (height × width); they must be registered pixel on pixel. --align scale takes depth of the same field of view at another size, --calibration that of another camera.");
    }

    [Fact]
    public void Scale_brings_it_to_the_frames_size()
    {
        Complete(Large(), "--align", "scale").Succeeds();
        Assert.Equal(Sample.Complete(Sample.Frame.Sparse), DepthFile.Read(_folder["dense.exr"]).Metres);
        DepthFile.Write(_folder["wide.exr"], new float[32 * 64], 64, 32);
        Complete(_folder["wide.exr"], "--align", "scale").Fails(
            1,
            $"{_folder["wide.exr"]}: the depth map is 32×64, but the colour frame is 32×40 (height × width), which is another shape and so another field of view; --calibration projects one into the other.");
    }

    [Fact]
    public void A_calibration_projects_the_spots()
    {
        Complete(_depth, "--calibration", _folder.Write("c.json", Cameras)).Succeeds();
        Assert.Equal(Sample.Complete(Projected()), DepthFile.Read(_folder["dense.exr"]).Metres);

        // The same by numbers, and by numbers over a file.
        string file = _folder["dense.exr"];
        byte[] expected = File.ReadAllBytes(file);
        Complete(_depth, "--rgb-intrinsics", "40,40,19.5,15.5", "--depth-intrinsics", "30,30,19.5,15.5,0.05,0,0,0", "--extrinsics", "0.03,0,0").Succeeds();
        Assert.Equal(expected, File.ReadAllBytes(file));
        Complete(_depth, "--calibration", _folder.Write("d.json", Cameras.Replace("0.03", "0.5")), "--extrinsics", _folder["c.json"]).Succeeds();
        Assert.Equal(expected, File.ReadAllBytes(file));
    }

    [Fact]
    public void Lists_are_aligned_as_well()
    {
        Sample.Write(_folder, "other");
        string list = _folder.Write("data.list", "frame.png frame.exr\nother.png other.exr");
        Command.Run("complete", "--device", "cpu", "--list", list, "--output-dir", _folder["out"], "--calibration", _folder.Write("c.json", Cameras)).Succeeds();
        float[] expected = Sample.Complete(Projected());
        Assert.Equal(expected, DepthFile.Read(_folder["out/frame.exr"]).Metres);
        Assert.Equal(expected, DepthFile.Read(_folder["out/other.exr"]).Metres);
    }

    [Fact]
    public void Points_take_the_depth_maps_place()
    {
        // The spots as columns, rows and depths of the colour frame itself.
        string points = _folder.Write("p.csv", "u,v,depth\n" + string.Join('\n', Spots().Select(spot => FormattableString.Invariant($"{spot.X},{spot.Y},{spot.Z:R}"))));
        Points(points).Succeeds();
        Assert.Equal(Sample.Complete(Sample.Frame.Sparse), DepthFile.Read(_folder["dense.exr"]).Metres);

        // As points of the colour camera's own frame, and of a sensor 0.03 m beside it.
        string xyz = string.Join('\n', Spots().Select(spot => FormattableString.Invariant($"{(spot.X - 19.5) / 40 * spot.Z:R} {(spot.Y - 15.5) / 40 * spot.Z:R} {spot.Z:R}")));
        Points(_folder.Write("p.xyz", xyz)).Fails(
            1, $"{_folder["p.xyz"]}: it does not tell whether its numbers are x, y, z or u, v, depth; --points-format xyz or uvd does.");
        Points(_folder["p.xyz"], "--points-format", "xyz").Fails(
            1, $"{_rgb}: where it sees these measurements depends on its camera: give --rgb-intrinsics or --calibration.");
        Points(_folder["p.xyz"], "--points-format", "xyz", "--rgb-intrinsics", "40,40,19.5,15.5").Succeeds();
        float[] expected = Sample.Complete(Sample.Frame.Sparse), actual = DepthFile.Read(_folder["dense.exr"]).Metres;
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-3f));
        Points(_folder["p.xyz"], "--points-format", "xyz", "--rgb-intrinsics", "40,40,19.5,15.5", "--extrinsics", "0,0,-100").Fails(
            1, $"{_folder["p.xyz"]}: none of the {Sample.Spots} spots falls into the colour frame; is the transform from depth to colour right, in metres and that way round?");

        // In a list the second column names them.
        string list = _folder.Write("data.list", "frame.png p.csv");
        Command.Run("complete", "--device", "cpu", "--list", list, "--output-dir", _folder["out"], "--points-format", "uvd").Succeeds();
        Assert.Equal(expected, DepthFile.Read(_folder["out/frame.exr"]).Metres);
    }

    [Fact]
    public void Zones_land_at_their_angles()
    {
        // 2×2 zones of 60° seen by a camera of the same angle, 32×40: their centres at a quarter and three quarters of 34.64 pixels.
        string zones = _folder.Write("z.csv", "distance_mm,target_status\n1000,5\n1100,5\n1200,9\n1300,4");
        Complete(zones, "--zones", "2x2", "--fov", "60", "--rgb-intrinsics", "30,30,19.5,15.5", "--keep-measured").Succeeds(
            $"note: {zones}: 3 spots are fewer than the network can use (11 at 32×40); between them the depth is little more than a guess.");
        float[] dense = DepthFile.Read(_folder["dense.exr"]).Metres;
        Assert.Equal(1, dense[7 * Sample.Width + 11], 1e-6f);
        Assert.Equal(1.1f, dense[7 * Sample.Width + 28], 1e-6f);
        Assert.Equal(1.2f, dense[24 * Sample.Width + 11], 1e-6f);
        Assert.NotEqual(1.3f, dense[24 * Sample.Width + 28], 1e-6f);
        Complete(zones, "--zones", "2x2", "--fov", "60").Fails(
            1, $"{_rgb}: where it sees these measurements depends on its camera: give --rgb-intrinsics or --calibration.");
    }

    [Fact]
    public void Depth_of_little_confidence_is_dropped()
    {
        // ARKit's 0, 1, 2; half of the spots have 2.
        byte[] levels = [.. Enumerable.Range(0, Sample.Height * Sample.Width).Select(i => (byte)(i % Sample.Width < 20 ? 2 : i % 2))];
        Directory.CreateDirectory(_folder["confidence"]);
        File.WriteAllBytes(_folder["confidence/frame.png"], Sample.Png(Sample.Height, Sample.Width, 0, levels));
        Complete(_depth, "--depth-confidence", _folder["confidence/frame.png"], "--min-confidence", "2").Succeeds();
        float[] expected = Sample.Complete([.. Sample.Frame.Sparse.Select((metres, i) => i % Sample.Width < 20 ? metres : 0)]);
        Assert.Equal(expected, DepthFile.Read(_folder["dense.exr"]).Metres);

        string list = _folder.Write("data.list", "frame.png frame.exr");
        Command.Run(
            "complete", "--device", "cpu", "--list", list, "--output-dir", _folder["out"], "--depth-confidence", "confidence/*.png", "--min-confidence", "2").Succeeds();
        Assert.Equal(expected, DepthFile.Read(_folder["out/frame.exr"]).Metres);

        Complete(_depth, "--depth-confidence", _folder["confidence/frame.png"], "--min-confidence", "3").Fails(
            1, $"{_folder["confidence/frame.png"]}: no measurement of {_depth} has a confidence of 3 or more (--min-confidence).");
        DepthFile.Write(_folder["small.npy"], new float[64], 8, 8);
        Complete(_depth, "--depth-confidence", _folder["small.npy"], "--min-confidence", "1").Fails(
            1, $"{_folder["small.npy"]} is 8×8, but {_depth} is 32×40 (height × width); each depth needs its confidence.");
    }

    [Fact]
    public void A_calibration_is_not_written_over()
    {
        string file = _folder.Write("c.exr", Cameras);
        Command.Run("complete", "--device", "cpu", "--rgb", _rgb, "--depth", _depth, "--output", file, "--calibration", file).Fails(
            1, $"--output would be written to {file}, but that file is read by --calibration ({file}).");
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        Complete(_depth, "--depth-intrinsics", "30,30,19.5,15.5").Fails(
            1, "The calibration lacks the colour camera: give --rgb-intrinsics, or a --calibration with it.");
        Complete(_depth, "--depth-intrinsics", "30,30,19.5,15.5", "--rgb-intrinsics", "30,30,19.5,15.5").Fails(
            1, "The calibration lacks the way from the depth camera to the colour camera: give --extrinsics, or a --calibration with it.");
        Complete(_depth, "--rgb-intrinsics", "30,30,19.5,15.5", "--extrinsics", "0,0,0").Fails(
            1, "The calibration lacks the depth camera: give --depth-intrinsics, or a --calibration with it.");
        Complete(_depth, "--calibration", _folder.Write("c.json", Cameras.Replace("\"width\": 40", "\"width\": 80"))).Fails(
            1, $"{_depth}: the camera is calibrated for 32×80, but the frame is 32×40 (height × width), which is another shape.");
        Complete(_depth, "--calibration", _folder.Write("c.json", Cameras.Replace("0.03", "300"))).Fails(
            1,
            $"note: {_folder["c.json"]}: the depth sensor stands 300 m from the colour camera; is the translation in millimetres? Metres are needed.",
            $"{_depth}: none of the {Sample.Spots} spots falls into the colour frame; is the transform from depth to colour right, in metres and that way round?");
    }

    [Theory]
    [InlineData("--rgb-intrinsics 1,2", "--rgb-intrinsics is '1,2': there are 2 numbers, but a camera needs fx, fy, cx, cy and perhaps its distortion.")]
    [InlineData("--extrinsics nothing", "--extrinsics is 'nothing': nothing: there is no such file.")]
    [InlineData("--align scale --calibration c", "--align and --calibration exclude each other.")]
    [InlineData("--zones 8x8", "--zones needs --fov.")]
    [InlineData("--fov 45", "--fov needs --zones.")]
    [InlineData("--zones 8y8 --fov 45", "--zones is '8y8', but needs a number from 1 to 256, or two like 8x8.")]
    [InlineData("--zones 8x8 --fov 200", "--fov is '200', but needs a number from 0.1 to 170, or two like 60x45.")]
    [InlineData("--min-confidence 1", "--min-confidence needs --depth-confidence.")]
    [InlineData("--points p", "--points and --depth exclude each other.")]
    [InlineData("--points-format uvd --zones 8x8 --fov 45", "--points-format and --zones exclude each other.")]
    [InlineData("--align crop", "--align is 'crop', but needs scale or none.")]
    public void Options_that_cannot_be(string options, string message) =>
        Command.Run(["complete", "--rgb", "r", "--depth", "d", "--output", "o.exr", .. options.Split(' ')]).Fails(2, message, "Try 'emdc complete --help'.");

    private static IEnumerable<Point3> Spots() => Enumerable.Range(0, Sample.Frame.Sparse.Length).Where(i => Sample.Frame.Sparse[i] > 0)
        .Select(i => new Point3(i % Sample.Width, i / Sample.Width, Sample.Frame.Sparse[i]));

    private Outcome Points(string points, params string[] more) =>
        Command.Run(["complete", "--device", "cpu", "--rgb", _rgb, "--points", points, "--output", _folder["dense.exr"], .. more]);

    /// <summary>The spots at twice the size, each in a corner of its block.</summary>
    private string Large()
    {
        var large = new float[4 * Sample.Height * Sample.Width];
        for (int i = 0; i < Sample.Frame.Sparse.Length; i++)
        {
            large[2 * (i / Sample.Width) * 2 * Sample.Width + 2 * (i % Sample.Width)] = Sample.Frame.Sparse[i];
        }

        DepthFile.Write(_folder["large.exr"], large, 2 * Sample.Width, 2 * Sample.Height);
        return _folder["large.exr"];
    }

    private static float[] Projected() => SpotProjection.Project(
        new DepthMap(Sample.Width, Sample.Height, Sample.Frame.Sparse), new Camera(30, 30, 19.5, 15.5, [0.05, 0, 0, 0]),
        CalibrationFile.Transform([0.03, 0, 0]), new Camera(40, 40, 19.5, 15.5), Sample.Height, Sample.Width).Map.Metres;

    private Outcome Complete(string depth, params string[] more) =>
        Command.Run(["complete", "--device", "cpu", "--rgb", _rgb, "--depth", depth, "--output", _folder["dense.exr"], .. more]);
}
