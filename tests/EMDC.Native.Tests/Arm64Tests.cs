using EMDC.Imaging;

namespace EMDC.Native.Tests;

/// <summary>The native builds for ARM64, emulated, against the same sources on this machine.</summary>
public sealed class Arm64Tests
{
    [Fact]
    public void The_goldens_hold_with_NEON_and_without()
    {
        string program = Path.Combine(NativeBuild.Publish("tests/EMDC.Native.Parity", NativeBuild.Arm64), "EMDC.Native.Parity");
        string[] lines = NativeBuild.RunArm64(program, "128", "scalar").Succeeds().TrimEnd().Split('\n');
        Assert.Equal(6, lines.Length);
        Assert.All(lines, line => Assert.EndsWith(" stages agree with PyTorch", line));
        Assert.Equal(["128", "128", "128", "scalar", "scalar", "scalar"], lines.Select(line => line.Split(' ')[1].TrimEnd(':')));
    }

    [Fact]
    public void The_command_says_NEON()
    {
        string output = NativeBuild.RunArm64(Command, "devices").Succeeds();
        Assert.StartsWith($"cpu       NEON, {Environment.ProcessorCount} processors", output);
        Assert.Contains("Arm64, native program", output);
    }

    // The sample frames and sizes that are no multiples of 32.
    [Theory]
    [InlineData("desk", 256, 192)]
    [InlineData("livingroom", 256, 192)]
    [InlineData("corridor", 250, 135)]
    [InlineData("corridor", 37, 71)]
    public void The_command_gives_the_bits_that_it_gives_here(string name, int width, int height)
    {
        using var folder = new TempFolder();
        SampleFrame frame = SampleFrame.Read(name, width, height);
        frame.Write(folder);
        NativeBuild.RunArm64(Command, "complete", "--weights", SampleFrame.Weights, "--device", "cpu", "--rgb", folder["rgb.ppm"],
            "--depth", folder["depth.pgm"], "--depth-scale", "0.001", "--output", folder["arm64.pfm"]).Succeeds();
        Assert.Equal(frame.Command(folder, "here.pfm"), File.ReadAllBytes(folder["arm64.pfm"]));
    }

    // What the trimmer took away of a decoder would be missing here, and not in tests with the runtime.
    [Theory]
    [InlineData("baseline_420.jpg")]
    [InlineData("progressive_444.jpg")]
    [InlineData("rgb8.png")]
    [InlineData("lossless.webp")]
    [InlineData("lzw.tif")]
    [InlineData("palette.gif")]
    [InlineData("rgb8.bmp")]
    public void The_native_command_reads_every_format_of_colours(string file)
    {
        using var folder = new TempFolder();
        string colours = Path.Combine(NativeBuild.Repository, "tests/EMDC.Imaging.Tests/fixtures", file);
        RgbImage rgb = RgbFile.Read(colours);
        float[] spots = new float[rgb.Width * rgb.Height];
        spots[3] = spots[^5] = 1.5f;
        DepthFile.Write(folder["spots.npy"], spots, rgb.Width, rgb.Height);
        string[] arguments = ["complete", "--weights", SampleFrame.Weights, "--device", "cpu", "--rgb", colours, "--depth", folder["spots.npy"], "--output"];
        NativeBuild.RunArm64(Command, [.. arguments, folder["arm64.pfm"]]).Succeeds();
        Outcome.Of(Shell.Dotnet, ["exec", Path.Combine(AppContext.BaseDirectory, "EMDC.Cli.dll"), .. arguments, folder["here.pfm"]]).Succeeds();
        Assert.Equal(File.ReadAllBytes(folder["here.pfm"]), File.ReadAllBytes(folder["arm64.pfm"]));
    }

    private static string Command => Path.Combine(NativeBuild.Publish("src/EMDC.Cli", NativeBuild.Arm64), "emdc");
}
