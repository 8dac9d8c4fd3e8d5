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

    private static string Command => Path.Combine(NativeBuild.Publish("src/EMDC.Cli", NativeBuild.Arm64), "emdc");
}
