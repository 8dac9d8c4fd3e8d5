using System.Text.Json;
using System.Text.RegularExpressions;
using EMDC.Imaging;

namespace EMDC.Cli.Tests;

/// <summary><c>--device</c> with the devices that providers bring.</summary>
public sealed partial class DeviceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static IReadOnlyList<DeviceInfo> Present => Devices.Present(Providers.All);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, "null", "tty0", "ptmx", "fuse", "shm")]
    [InlineData(true, "null", "nvidia0")]
    [InlineData(true, "dri")]
    [InlineData(true, "dxg")]
    [InlineData(true, "kgsl-3d0")]
    [InlineData(true, "mali0")]
    public void Only_devices_of_gpus_let_auto_ask_drivers(bool expected, params string[] devices) =>
        Assert.Equal(expected, Providers.IsGpuIn(devices.Select(name => $"/dev/{name}")));

    [Fact]
    public void A_device_gives_the_depth_of_the_cpu_and_names_its_launches()
    {
        DeviceInfo device = OpenCL();
        var frame = new SyntheticFrame(64, 64);
        RgbFile.Write(_folder["f.png"], new RgbImage(64, 64, frame.Rgb));
        DepthFile.Write(_folder["f.exr"], frame.Sparse, 64, 64);
        Complete("cpu", "cpu.npy").Succeeds();
        Outcome outcome = Complete("opencl", "kernels.npy");
        outcome.Succeeds();
        float[] expected = DepthFile.Read(_folder["cpu.npy"]).Metres, actual = DepthFile.Read(_folder["kernels.npy"]).Metres;
        float bound = 2e-5f * expected.Max();
        Assert.Equal(64 * 64, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second, pair.First - bound, pair.First + bound));
        Assert.Equal(
            $"{device.Name} ({device.Description}): 64×64, {frame.Sparse.Count(metres => metres > 0)} spots, T ms (first frame), 69 kernel launches, {actual.Min():F2}–{actual.Max():F2} m{Environment.NewLine}",
            Milliseconds().Replace(outcome.Out, "T ms"));

        Outcome Complete(string device, string output) => Command.Run(
            "complete", "--rgb", _folder["f.png"], "--depth", _folder["f.exr"], "--output", _folder[output], "--device", device);
    }

    [Fact]
    public void A_list_names_the_launches_of_all_its_frames()
    {
        DeviceInfo device = OpenCL();
        Sample.Write(_folder, "a");
        Sample.Write(_folder, "b");
        string list = _folder.Write("data.list", "a.png a.exr\nb.png b.exr\n");
        Outcome outcome = Command.Run("complete", "--list", list, "--output-dir", _folder["out"], "--device", device.Name);
        outcome.Succeeds();
        Assert.Equal(
            $"2 of 2 frames done, 0 failed, 0 skipped, median T ms a frame, 138 kernel launches, {device.Name} ({device.Description}){Environment.NewLine}",
            Milliseconds().Replace(outcome.Out, "T ms"));
        Assert.Equal(File.ReadAllBytes(_folder["out/a.exr"]), File.ReadAllBytes(_folder["out/b.exr"]));
    }

    [Fact]
    public void A_bad_frame_and_frames_of_other_sizes_leave_the_others_as_they_are()
    {
        DeviceInfo device = OpenCL();
        Sample.Write(_folder, "a");
        Sample.Write(_folder, "none");
        DepthFile.Write(_folder["none.exr"], new float[Sample.Height * Sample.Width], Sample.Width, Sample.Height);
        var wide = new SyntheticFrame(32, 70);
        RgbFile.Write(_folder["wide.png"], new RgbImage(70, 32, wide.Rgb));
        DepthFile.Write(_folder["wide.exr"], wide.Sparse, 70, 32);
        File.Copy(_folder["a.png"], _folder["b.png"]);
        string list = _folder.Write("data.list", "a.png a.exr\nnone.png none.exr\nwide.png wide.exr\nb.png a.exr\n");
        Outcome outcome = Command.Run("complete", "--list", list, "--output-dir", _folder["out"], "--device", device.Name);
        Assert.Equal(
            $"{list}:2: {_folder["none.exr"]}: The sparse depth has no value above 0 and up to 20 m; at least one measured pixel is needed.{Environment.NewLine}",
            outcome.Error);
        Assert.StartsWith("3 of 4 frames done, 1 failed, 0 skipped, ", outcome.Out);

        // The frame without spots was refused before the network ran.
        Assert.Contains(", 207 kernel launches, ", outcome.Out);
        Assert.Equal(File.ReadAllBytes(_folder["out/a.exr"]), File.ReadAllBytes(_folder["out/b.exr"]));
        Assert.Equal(70, DepthFile.Read(_folder["out/wide.exr"]).Width);
    }

    [Theory]
    [InlineData("opencl:0", 2)]
    [InlineData("cpu", 1)]
    public void Ctrl_C_keeps_what_the_device_has_done(string device, int done)
    {
        OpenCL();
        foreach (string name in (string[])["a", "b", "c"])
        {
            Sample.Write(_folder, name);
        }

        // Pressed when the first frame is written: the second one has run on a device, and not begun on the CPU.
        using var interrupt = new CancellationTokenSource();
        using var error = new Presser(" 1/3", interrupt.Cancel);
        string list = _folder.Write("data.list", "a.png a.exr\nb.png b.exr\nc.png c.exr\n");
        int code = CommandLine.Run(
            EmdcCommand.Create, ["complete", "--list", list, "--output-dir", _folder["out"], "--device", device],
            new Terminal(TextWriter.Null, error, IsErrorRedirected: false, interrupt.Token));
        Assert.Equal(130, code);
        Assert.Contains($"Interrupted: {done} of 3 frames done, 0 failed, 0 skipped, ", error.ToString());
        Assert.Equal(done, Directory.GetFiles(_folder["out"]).Length);
    }

    /// <summary>Does something when a text is first written.</summary>
    private sealed class Presser(string text, Action press) : StringWriter
    {
        public override void Write(string? value)
        {
            base.Write(value);
            if (value?.EndsWith(text, StringComparison.Ordinal) == true)
            {
                press();
            }
        }
    }

    [Fact]
    public void Auto_is_the_cpu_where_no_gpu_is_and_never_a_simulator()
    {
        Assert.SkipWhen(Providers.All.Any(provider => provider.Preferred is not null), "This machine has a GPU, which auto takes.");
        Assert.Equal("cpu", Present[0].Name);
        Assert.Equal("ilgpu-cpu", Present[^1].Name);
        foreach (string[] device in new string[][] { [], ["--device", "auto"] })
        {
            Outcome outcome = Command.Run(["benchmark", "--size", "32x32", "--runs", "1", "--warmup", "1", .. device]);
            outcome.Succeeds();
            Assert.StartsWith("cpu (", outcome.Out);
            Assert.Contains(" GFLOP/s of bare multiply-adds", outcome.Out);
        }
    }

    [Fact]
    public void Validating_runs_both_devices_and_has_no_use_on_the_cpu_alone()
    {
        DeviceInfo device = OpenCL();
        Command.Run("benchmark", "--device", device.Name, "--validate", "--size", "32x32", "--runs", "1", "--warmup", "1").Succeeds();
        Command.Run("benchmark", "--device", "cpu", "--validate", "--size", "32x32", "--runs", "1").Fails(
            1, "Validating compares another device with the cpu, but the device is 'cpu', which is the cpu here.");
    }

    [Theory]
    [InlineData("complete --rgb {0} --depth {1} --output {2}")]
    [InlineData("complete --list {3} --output-dir {4}")]
    [InlineData("benchmark")]
    [InlineData("profile")]
    public void A_device_that_is_not_there_is_refused_with_those_that_are(string line)
    {
        var (rgb, depth) = Sample.Write(_folder);
        string list = _folder.Write("data.list", "frame.png frame.exr\n");
        string[] files = [rgb, depth, _folder["dense.exr"], list, _folder["out"]];
        Command.Run([.. line.Split(' ').Select(word => string.Format(null, word, files)), "--device", "cuda:7"]).Fails(
            1, $"There is no device 'cuda:7' here; present: {string.Join(", ", Present.Select(device => device.Name))}.");
        Assert.Equal(["data.list", "frame.exr", "frame.png"], _folder.Files);
    }

    [Theory]
    [InlineData("complete --rgb r --depth d --output o --device ilgpu-cpu --threads 2", "--threads is for the cpu, but --device is 'ilgpu-cpu'.", "complete")]
    [InlineData("benchmark --device cuda --simd 256", "--simd is for the cpu, but --device is 'cuda'.", "benchmark")]
    [InlineData("profile --threads 0 --device opencl:1", "--threads is for the cpu, but --device is 'opencl:1'.", "profile")]
    public void Options_of_the_cpu_are_refused_with_another_device(string line, string message, string command) =>
        Command.Run(line.Split(' ')).Fails(2, message, $"Try 'emdc {command} --help'.");

    [Fact]
    public void Benchmark_knows_no_ceiling_of_another_device()
    {
        DeviceInfo device = OpenCL();
        Outcome outcome = Command.Run("benchmark", "--device", device.Name, "--size", "32x32", "--runs", "1", "--warmup", "1", "--json");
        outcome.Succeeds();
        using JsonDocument json = JsonDocument.Parse(outcome.Out);
        Assert.Equal($"{device.Name} ({device.Description})", json.RootElement.GetProperty("device").GetString());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("ceiling_gflops").ValueKind);
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("threads").ValueKind);
        Assert.True(json.RootElement.GetProperty("gflops").GetDouble() > 0, outcome.Out);

        outcome = Command.Run("benchmark", "--device", device.Name, "--size", "32x32", "--runs", "1", "--warmup", "1");
        outcome.Succeeds();
        Assert.Matches(@"\A  \d+ GFLOP/s\z", outcome.Out.Split(Environment.NewLine)[3]);
    }

    [Fact]
    public void Profile_knows_no_ceiling_of_another_device()
    {
        DeviceInfo device = OpenCL();
        Outcome outcome = Command.Run("profile", "--device", device.Name, "--size", "32x32", "--runs", "1", "--warmup", "1", "--json");
        outcome.Succeeds();
        using JsonDocument json = JsonDocument.Parse(outcome.Out);
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("ceiling_gflops").ValueKind);
        Assert.All(
            json.RootElement.GetProperty("operators").EnumerateArray().Append(json.RootElement.GetProperty("total")),
            line => Assert.Equal(JsonValueKind.Null, line.GetProperty("percent_of_ceiling").ValueKind));

        outcome = Command.Run("profile", "--device", device.Name, "--size", "32x32", "--runs", "1", "--warmup", "1");
        outcome.Succeeds();
        string[] lines = outcome.Out.TrimEnd().Split(Environment.NewLine);
        Assert.Equal($"{device.Name} ({device.Description}), 32×32, averages of 1 runs, each operator waited for", lines[0]);
        Assert.EndsWith("  calls        ms  GFLOP/s   GB/s  % frame", lines[1]);
        Assert.All(lines[2..], line => Assert.Equal(lines[1].Length, line.Length));
    }

    /// <summary>The first OpenCL device; a machine without one skips, except in CI.</summary>
    private static DeviceInfo OpenCL()
    {
        DeviceInfo? device = Present.FirstOrDefault(device => device.Name == "opencl:0");
        Machine.Needs(device is not null, "There is no OpenCL device on this machine.");
        return device;
    }

    [GeneratedRegex(@"\d+\.\d ms")]
    private static partial Regex Milliseconds();
}
