using EMDC.Imaging;

namespace EMDC.Scenes.Tests;

/// <summary>The command <c>frames</c>, small.</summary>
public sealed class FramesTests
{
    [Fact]
    public void Files_and_list_are_named_after_the_scenes()
    {
        using var folder = new TempFolder();
        Write(folder["a"], "--frames", "2");
        Assert.Equal(
            [
                "a/data.list", "a/frame000000_depth.exr", "a/frame000000_rgb.png", "a/frame000000_sparse.exr",
                "a/frame000001_depth.exr", "a/frame000001_rgb.png", "a/frame000001_sparse.exr",
            ],
            folder.Files);
        Assert.Equal(
            "frame000000_rgb.png frame000000_sparse.exr frame000000_depth.exr frame000000\n"
            + "frame000001_rgb.png frame000001_sparse.exr frame000001_depth.exr frame000001\n",
            File.ReadAllText(folder["a/data.list"]));
        RgbImage rgb = RgbFile.Read(folder["a/frame000000_rgb.png"]);
        Assert.Equal((64, 48), (rgb.Width, rgb.Height));
    }

    [Fact]
    public void Other_spots_leave_colours_and_depths_as_they_are()
    {
        using var folder = new TempFolder();
        Write(folder["a"], "--frames", "2");
        Write(folder["b"], "--frames", "2", "--spots", "100", "--pattern", "random", "--effects", "all", "--window", "--threads", "1");
        Write(folder["c"], "--frames", "2", "--mix");
        foreach (string name in new[] { "frame000000", "frame000001" })
        {
            foreach (string other in new[] { "b", "c" })
            {
                Assert.Equal(File.ReadAllBytes(folder[$"a/{name}_rgb.png"]), File.ReadAllBytes(folder[$"{other}/{name}_rgb.png"]));
                Assert.Equal(File.ReadAllBytes(folder[$"a/{name}_depth.exr"]), File.ReadAllBytes(folder[$"{other}/{name}_depth.exr"]));
                Assert.NotEqual(File.ReadAllBytes(folder[$"a/{name}_sparse.exr"]), File.ReadAllBytes(folder[$"{other}/{name}_sparse.exr"]));
            }
        }
    }

    [Fact]
    public void Without_effects_spots_are_depths()
    {
        using var folder = new TempFolder();
        Write(folder["a"], "--frames", "1", "--effects", "none");
        float[] depth = DepthFile.Read(folder["a/frame000000_depth.exr"]).Metres, spots = DepthFile.Read(folder["a/frame000000_sparse.exr"]).Metres;
        int[] measured = [.. Enumerable.Range(0, spots.Length).Where(i => spots[i] > 0)];
        Assert.NotEmpty(measured);
        Assert.All(measured, i => Assert.Equal(depth[i], spots[i]));
    }

    [Fact]
    public void Static_scenes_differ_by_noise_and_sequences_by_the_camera()
    {
        using var folder = new TempFolder();
        Write(folder["s"], "--frames", "2", "--static", "2");
        Write(folder["m"], "--frames", "1", "--sequence", "3");
        string[] names = [.. File.ReadAllLines(folder["s/data.list"]).Select(line => line.Split(' ')[3])];
        Assert.Equal(["static000000", "static000000", "static000001", "static000001"], names);
        Assert.Equal("moving000000_000_rgb.png moving000000_000_sparse.exr moving000000_000_depth.exr", File.ReadLines(folder["m/data.list"]).First());
        Assert.Equal(File.ReadAllBytes(folder["s/static000000_000_depth.exr"]), File.ReadAllBytes(folder["s/static000000_001_depth.exr"]));
        Assert.NotEqual(File.ReadAllBytes(folder["s/static000000_000_rgb.png"]), File.ReadAllBytes(folder["s/static000000_001_rgb.png"]));
        Assert.NotEqual(File.ReadAllBytes(folder["s/static000000_000_sparse.exr"]), File.ReadAllBytes(folder["s/static000000_001_sparse.exr"]));

        float[][] depths = [.. Enumerable.Range(0, 3).Select(i => DepthFile.Read(folder[$"m/moving000000_00{i}_depth.exr"]).Metres)];
        // A moved camera, not another scene: the middle depth hardly changes from one shot to the next.
        Assert.NotEqual(depths[0], depths[1]);
        Assert.InRange(Median(depths[1]) / Median(depths[0]), 0.8, 1.25);
        Assert.InRange(Median(depths[2]) / Median(depths[1]), 0.8, 1.25);
    }

    [Fact]
    public void A_camera_beside_the_sensor_sees_other_colours_of_the_same_depths()
    {
        using var folder = new TempFolder();
        string[] still = ["--frames", "2", "--static", "2"], moving = ["--frames", "1", "--sequence", "2"];
        Write(folder["a"], still);
        Write(folder["b"], [.. still, "--beside", "0.02"]);
        Write(folder["c"], [.. still, "--beside", "0"]);
        Write(folder["m"], moving);
        Write(folder["n"], [.. moving, "--beside", "-0.02"]);
        foreach (string file in folder.Files.Where(file => file[0] == 'a'))
        {
            Assert.Equal(File.ReadAllBytes(folder[file]), File.ReadAllBytes(folder["c" + file[1..]]));
            Assert.Equal(file.EndsWith("_rgb.png", StringComparison.Ordinal), !File.ReadAllBytes(folder[file]).SequenceEqual(File.ReadAllBytes(folder["b" + file[1..]])));
        }

        foreach (string shot in (string[])["000", "001"])
        {
            Assert.Equal(File.ReadAllBytes(folder[$"m/moving000000_{shot}_sparse.exr"]), File.ReadAllBytes(folder[$"n/moving000000_{shot}_sparse.exr"]));
            Assert.NotEqual(File.ReadAllBytes(folder[$"m/moving000000_{shot}_rgb.png"]), File.ReadAllBytes(folder[$"n/moving000000_{shot}_rgb.png"]));
        }
    }

    [Fact]
    public void A_contact_sheet_shows_three_panels_a_frame()
    {
        using var folder = new TempFolder();
        Write(folder["a"], "--frames", "3", "--sheet", folder["sheet.png"]);
        RgbImage sheet = RgbFile.Read(folder["sheet.png"]);
        // Two frames a row of 3 × 64 columns, gaps of 4.
        Assert.Equal((2 * (3 * 64 + 8) + 4, 2 * (48 + 4) + 4), (sheet.Width, sheet.Height));
    }

    private static double Median(float[] depth) => depth.Order().ElementAt(depth.Length / 2);

    private static void Write(string folder, params string[] more) =>
        Tool.Succeed(["frames", "--family", "test", "--seed", "4", "--size", "48x64", "--out", folder, .. more]);
}
