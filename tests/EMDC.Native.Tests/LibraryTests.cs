using System.Globalization;
using System.Text.RegularExpressions;

namespace EMDC.Native.Tests;

/// <summary>libemdc as its users have it: the published file, the headers, the examples and a compiler.</summary>
public sealed class LibraryTests
{
    private static readonly string[] _warnings = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror", "-O2"];

    [Fact]
    public void The_library_is_small_and_exports_what_the_header_says()
    {
        string library = Path.Combine(NativeBuild.Publish("src/EMDC.Native", NativeBuild.X64), "libemdc.so");
        Assert.InRange(new FileInfo(library).Length, 1, 8 << 20);
        Machine.Needs("nm");
        string[] exported = [.. Regex.Matches(Outcome.Of("nm", "-D", "--defined-only", library).Succeeds(), @" T (\w+)").Select(m => m.Groups[1].Value)];
        string header = File.ReadAllText(Path.Combine(Include, "emdc.h"));
        string[] declared = [.. Regex.Matches(header, @"^(?:emdc_status|const char \*) ?(emdc_\w+)\(", RegexOptions.Multiline).Select(m => m.Groups[1].Value).Order()];
        Assert.Equal(11, declared.Length);
        Assert.Equal(declared, exported.Where(name => name.StartsWith("emdc_", StringComparison.Ordinal)).Order());
    }

    [Theory]
    [InlineData("desk", 256, 192)]
    [InlineData("corridor", 250, 135)]
    public void The_C_example_gives_the_bits_of_the_command(string name, int width, int height)
    {
        using var folder = new TempFolder();
        SampleFrame frame = SampleFrame.Read(name, width, height);
        frame.Write(folder);
        string program = Compile(folder, "cc", "-std=c11", "examples/c/complete.c");
        string output = Outcome.Of(program, SampleFrame.Weights, folder["rgb.ppm"], folder["depth.pgm"], folder["out.pfm"]).Succeeds();
        Assert.StartsWith($"emdc 0.1.0: {frame.Millimetres.Count(mm => mm > 0)} spots, opened in ", output);
        Assert.Equal(frame.Command(folder, "command.pfm"), File.ReadAllBytes(folder["out.pfm"]));
    }

    [Fact]
    public void A_thousand_frames_take_no_more_memory()
    {
        using var folder = new TempFolder();
        SampleFrame.Read("desk", 64, 64).Write(folder);
        string program = Compile(folder, "cc", "-std=c11", "examples/c/complete.c");
        string output = Outcome.Of(program, SampleFrame.Weights, folder["rgb.ppm"], folder["depth.pgm"], folder["out.pfm"], "1000").Succeeds();
        Match told = Regex.Match(output, @"^1000 frames: .* ms each, (-?\d+) KiB of memory more$", RegexOptions.Multiline);
        Assert.True(told.Success, output);

        // A leak of one image a frame would be 16 MB, of one object a frame 24 KB; what is left is the runtime's own first-time pages.
        Assert.InRange(int.Parse(told.Groups[1].Value, CultureInfo.InvariantCulture), int.MinValue, 2048);
    }

    [Fact]
    public void What_the_C_example_cannot_do_is_one_sentence()
    {
        using var folder = new TempFolder();
        SampleFrame.Read("desk", 64, 64).Write(folder);
        string program = Compile(folder, "cc", "-std=c11", "examples/c/complete.c");
        Outcome outcome = Outcome.Of(program, folder["nowhere"], folder["rgb.ppm"], folder["depth.pgm"], folder["out.pfm"]);
        Assert.Equal((1, $"emdc_open: {folder["nowhere"]}: there is no such file.\n"), (outcome.Code, outcome.Error));
    }

    [Fact]
    public void The_Cpp_example_submits_two_frames_and_lists_the_devices()
    {
        using var folder = new TempFolder();
        SampleFrame frame = SampleFrame.Read("desk");
        frame.Write(folder);
        string program = Compile(folder, "c++", "-std=c++17", "examples/cpp/complete.cpp");
        string output = Outcome.Of(program, SampleFrame.Weights, "256", "192", folder["rgb.raw"], folder["depth.raw"], folder["out.raw"]).Succeeds();
        Assert.StartsWith($"{frame.Millimetres.Count(mm => mm > 0)} spots\ncpu\tAVX2, ", output);
        Assert.Equal(TopDown(frame.Command(folder, "command.pfm"), frame), File.ReadAllBytes(folder["out.raw"]));
        Outcome refused = Outcome.Of(program, SampleFrame.Weights, "256", "7", folder["depth.raw"], folder["depth.raw"], folder["out.raw"]);
        Assert.Equal(1, refused.Code);
    }

    [Fact]
    public void The_Python_example_gives_the_bits_of_the_command()
    {
        Machine.Needs("/usr/bin/python3");
        Machine.Needs(Outcome.Of("/usr/bin/python3", "-c", "import numpy").Code == 0, "Python has no numpy on this machine.");
        using var folder = new TempFolder();
        SampleFrame frame = SampleFrame.Read("desk");
        frame.Write(folder);
        Outcome.Of("/usr/bin/python3", "-c",
            $"import numpy as n; n.save(r'{folder["rgb.npy"]}', n.fromfile(r'{folder["rgb.raw"]}', n.uint8).reshape({frame.Height}, {frame.Width}, 3))").Succeeds();
        string library = Path.Combine(NativeBuild.Publish("src/EMDC.Native", NativeBuild.X64), "libemdc.so");
        Outcome.Of("/usr/bin/python3", Path.Combine(NativeBuild.Repository, "examples/python/complete.py"), library, SampleFrame.Weights,
            folder["rgb.npy"], folder["depth.npy"], folder["out.npy"]).Succeeds();
        Assert.Equal(TopDown(frame.Command(folder, "command.pfm"), frame), File.ReadAllBytes(folder["out.npy"])[^(4 * frame.Metres.Length)..]);
    }

    [Fact]
    public void The_library_for_ARM64_gives_the_bits_of_the_command()
    {
        string library = NativeBuild.Publish("src/EMDC.Native", NativeBuild.Arm64);
        using var folder = new TempFolder();
        SampleFrame frame = SampleFrame.Read("desk");
        frame.Write(folder);
        string program = Compile(folder, "aarch64-linux-gnu-gcc", "-std=c11", "examples/c/complete.c", library);
        NativeBuild.RunArm64(program, SampleFrame.Weights, folder["rgb.ppm"], folder["depth.pgm"], folder["out.pfm"]).Succeeds();
        Assert.Equal(frame.Command(folder, "command.pfm"), File.ReadAllBytes(folder["out.pfm"]));
    }

    private static string Include => Path.Combine(NativeBuild.Repository, "src/EMDC.Native/include");

    private static string Compile(TempFolder folder, string compiler, string standard, string source, string? library = null)
    {
        Machine.Needs(compiler);
        library ??= NativeBuild.Publish("src/EMDC.Native", NativeBuild.X64);

        // The loader looks for the name that the library gives itself.
        string link = Path.Combine(library, "libemdc.so.1");
        if (!File.Exists(link))
        {
            File.CreateSymbolicLink(link, "libemdc.so");
        }

        Outcome.In(NativeBuild.Repository, compiler,
            [standard, .. _warnings, $"-I{Include}", source, "-o", folder["program"], $"-L{library}", "-lemdc", $"-Wl,-rpath,{library}"]).Succeeds();
        return folder["program"];
    }

    /// <summary>The floats of a PFM file, which begins with the lowest row.</summary>
    private static byte[] TopDown(byte[] pfm, SampleFrame frame)
    {
        int row = 4 * frame.Width, start = pfm.Length - (row * frame.Height);
        return [.. Enumerable.Range(0, frame.Height).Reverse().SelectMany(i => pfm.AsSpan(start + (i * row), row).ToArray())];
    }
}
