using System.Diagnostics;
using System.Text.Json;
using EMDC.Imaging;

namespace EMDC.Cli.Tests;

/// <summary>The command as a process of its own: what only the system can show.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Exit_codes_reach_the_shell()
    {
        var (rgb, depth) = Sample.Write(_folder);
        Outcome done = Command.Finish(Command.Start("complete", "--rgb", rgb, "--depth", depth, "--output", _folder["o.exr"]));
        done.Succeeds();
        Assert.Single(done.Out.TrimEnd().Split('\n'));
        Outcome version = Command.Finish(Command.Start("--version"));
        version.Succeeds();
        Assert.StartsWith("0.1.0", version.Out);
        Command.Finish(Command.Start("info", _folder["no"])).Fails(1, $"{_folder["no"]}: there is no such file.");
        Command.Finish(Command.Start("info")).Fails(2, "Required argument 'W.safetensors' missing for command: 'info'.", "Try 'emdc info --help'.");
    }

    /// <summary>Drivers that list their devices need address space, too; a run that takes the CPU must not depend on them.</summary>
    [Fact]
    public void Without_a_gpu_the_default_needs_no_more_memory_than_the_cpu()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && !Providers.MayBeGpu, "This is for Linux without a GPU.");
        var (rgb, depth) = Sample.Write(_folder);
        string run = $"ulimit -v 3500000; {Command.Shell} complete --threads 2 --rgb '{rgb}' --depth '{depth}' --output '{_folder["o.exr"]}'";
        Command.Finish(Command.Start("sh", ["-c", run])).Succeeds();
        Assert.Equal(Sample.Complete(Sample.Frame.Sparse), DepthFile.Read(_folder["o.exr"]).Metres);
    }

    [Fact]
    public void A_frame_that_does_not_fit_is_told_with_what_it_needs()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "This limits a process by Linux' ulimit.");
        string run = $"ulimit -v 4000000; {Command.Shell} benchmark --device cpu --threads 1 --size 3000x3000 --runs 1 --warmup 1";
        Command.Finish(Command.Start("sh", ["-c", run])).Fails(
            1, "The network needs about 9591 MiB for frames of 3000×3000, which the machine does not have.");
    }

    [Fact]
    public void Benchmark_prints_json_alone_and_allocates_nothing_per_frame()
    {
        Outcome outcome = Command.Finish(Command.Start("benchmark", "--device", "cpu", "--size", "64x72", "--runs", "7", "--warmup", "2", "--threads", "2", "--json"));
        outcome.Succeeds();
        using JsonDocument json = JsonDocument.Parse(outcome.Out);
        Assert.Equal(
            ["device", "threads", "height", "width", "median_ms", "p99_ms", "min_ms", "cold_start_ms", "bytes_per_frame", "macs", "gflops", "ceiling_gflops"],
            json.RootElement.EnumerateObject().Select(property => property.Name));
        double Value(string name) => json.RootElement.GetProperty(name).GetDouble();
        Assert.Equal((2, 64, 72, 0), (Value("threads"), Value("height"), Value("width"), Value("bytes_per_frame")));
        Assert.InRange(Value("median_ms"), Value("min_ms"), Value("p99_ms"));
        Assert.True(Value("cold_start_ms") > Value("min_ms") && Value("min_ms") > 0, outcome.Out);
        Assert.Equal(2 * Value("macs") / Value("median_ms") / 1e6, Value("gflops"), 0.01 * Value("gflops"));
        Assert.True(Value("ceiling_gflops") > 0, outcome.Out);
    }

    [Fact]
    public void Ctrl_C_leaves_whole_files_only_and_says_how_many()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "kill -INT is there on Unix only.");
        const int frames = 3000; // More than are done while a busy machine starts `kill`.
        Sample.Write(_folder, "0");
        for (int i = 1; i < frames; i++)
        {
            File.Copy(_folder["0.png"], _folder[$"{i}.png"]);
        }

        string list = _folder.Write("data.list", string.Concat(Enumerable.Range(0, frames).Select(i => $"{i}.png 0.exr\n")));
        using Process process = Command.Start("complete", "--list", list, "--output-dir", _folder["out"]);
        var patience = Stopwatch.StartNew();
        while (!File.Exists(_folder["out/2.exr"]) && !process.HasExited && patience.Elapsed < TimeSpan.FromSeconds(60))
        {
            Thread.Sleep(5);
        }

        Command.Finish(Command.Start("kill", ["-INT", $"{process.Id}"])).Succeeds();
        Outcome outcome = Command.Finish(process);
        Assert.Equal(130, outcome.Code);
        Assert.Equal("", outcome.Out);
        string[] results = [.. _folder.Files.Where(name => name.StartsWith("out", StringComparison.Ordinal))];
        Assert.InRange(results.Length, 3, frames - 1);
        Assert.StartsWith($"Interrupted: {results.Length} of {frames} frames done, 0 failed, 0 skipped, median ", outcome.Error);
        byte[] whole = File.ReadAllBytes(_folder["out/0.exr"]);
        Assert.All(results, name => Assert.Equal(whole, File.ReadAllBytes(_folder[name])));
    }

    [Fact]
    public void A_full_disk_is_one_sentence_and_leaves_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "A small file system of its own needs Linux.");
        string disk = _folder["disk"];
        Directory.CreateDirectory(disk);
        string mount = $"mount -t tmpfs -o size=16k none '{disk}'";
        Assert.SkipUnless(Command.Finish(Command.Start("unshare", ["-rm", "bash", "-c", mount])).Code == 0, "This machine allows no mounts to users.");

        // The result has 256 KiB. The disk vanishes with the process, so what is left on it is listed from within.
        RgbFile.Write(_folder["r.png"], new RgbImage(256, 256, new byte[3 * 256 * 256]));
        DepthFile.Write(_folder["d.npy"], [.. Enumerable.Repeat(1f, 256 * 256)], 256, 256);
        string complete = $"{Command.Shell} complete --rgb '{_folder["r.png"]}' --depth '{_folder["d.npy"]}' --output '{disk}/o.npy'";
        Outcome outcome = Command.Finish(Command.Start("unshare", ["-rm", "bash", "-c", $"{mount} && {complete}; code=$?; ls -A '{disk}'; exit $code"]));
        outcome.Fails(1, $"{disk}/o.npy: the file cannot be written (No space left on device).");
    }

    [Fact]
    public void A_file_over_the_systems_limit_is_one_sentence_and_leaves_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The shell's limit on a file's size is Linux's here.");
        RgbFile.Write(_folder["r.png"], new RgbImage(64, 64, new byte[3 * 64 * 64]));
        DepthFile.Write(_folder["d.npy"], [.. Enumerable.Repeat(1f, 64 * 64)], 64, 64);

        // 8 KiB at most, where the result has 16. The runtime's own mapping of code would not fit either, so that is off.
        string shell = $"trap '' XFSZ; ulimit -f 8; export DOTNET_EnableWriteXorExecute=0 DOTNET_EnableDiagnostics=0; " +
            $"exec {Command.Shell} complete --rgb '{_folder["r.png"]}' --depth '{_folder["d.npy"]}' --output '{_folder["o.npy"]}'";
        Command.Finish(Command.Start("bash", ["-c", shell])).Fails(
            1, $"{_folder["o.npy"]}: the file cannot be written (larger than the file system or a limit allows).");
        Assert.Equal(["d.npy", "r.png"], _folder.Files);
    }

    [Fact]
    public void Output_that_cannot_be_printed_is_a_failure()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/dev/full is there on Linux only.");
        Outcome outcome = Command.Finish(Command.Start("bash", ["-c", $"exec {Command.Shell} devices > /dev/full"]));
        outcome.Fails(1, "The results cannot be printed: No space left on device.");
    }
}
