using System.Diagnostics;
using System.Runtime.InteropServices;
using EMDC.Network;
using EMDC.Tests.Parity;
using EMDC.Weights;

namespace EMDC.Kernels.Tests;

/// <summary>
/// What is asked of CUDA's driver, and in which order, where there is no card: a stand-in for the driver (<c>StandIn/driver.c</c>) is
/// compiled here and taken by a process of its own, in which <see cref="CudaCalls"/> run.
/// </summary>
public sealed class CudaTests
{
    /// <summary>Set in that process.</summary>
    public const string Variable = "EMDC_STAND_IN";

    [Fact]
    public void The_calls_are_in_order()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The stand-in for the driver is built for Linux.");
        Machine.Needs("gcc");
        using var folder = new TempFolder();
        var (code, said) = Run("gcc", ["-shared", "-fPIC", "-Wall", "-Werror", "-o", folder["libcuda.so.1"], Path.Combine(AppContext.BaseDirectory, "StandIn", "driver.c")]);
        Assert.True(code == 0, said);
        (code, said) = Run(
            Path.Combine(AppContext.BaseDirectory, "EMDC.Kernels.Tests"), ["-class", typeof(CudaCalls).FullName!, "-explicit", "only", "-noColor"],
            ("LD_LIBRARY_PATH", folder.Root), (Variable, folder["libcuda.so.1"]));
        Assert.True(code == 0, said);
        Assert.Contains("Failed: 0, Skipped: 0", said);
    }

    private static (int Code, string Said) Run(string file, string[] arguments, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string said = process.StandardOutput.ReadToEnd() + error.Result;
        process.WaitForExit();
        return (process.ExitCode, said);
    }
}

/// <summary>Run by <see cref="CudaTests"/> alone.</summary>
public sealed unsafe class CudaCalls
{
    private static readonly string[] Plain =
        ["copy", "copy", "launch", "launch", "launch", "launch", "copy", "copy", "wait"];

    private static readonly string[] Replayed = ["copy", "copy", "launch", "launch", "replay", "launch", "copy", "copy", "wait"];

    private readonly List<string> _notes = [];
    private readonly SmallPlan.Images _frame = new(0);

    [Fact(Explicit = true)]
    public void The_first_frame_is_launched_the_second_captured_and_all_later_ones_replayed()
    {
        using (DeviceBackend op = Open())
        {
            Assert.Equal(Plain, Frame(op));
            Assert.Equal(
                [
                    "copy", "copy", "launch", "launch", "begin capture", "launch captured", "end capture", "instantiate", "destroy graph", "replay",
                    "launch", "copy", "copy", "wait",
                ], Frame(op));
            Assert.Equal(Replayed, Frame(op));

            // Both stagings and frames of another size are served by the same graph.
            var small = new SmallPlan.Images(1, 7, 9);
            Forget();
            op.Submit(_frame.Frame, CancellationToken.None);
            op.Submit(small.Frame, CancellationToken.None);
            op.Collect(_frame.Frame, CancellationToken.None);
            op.Collect(small.Frame, CancellationToken.None);
            Assert.Equal(2, Calls().Count(call => call == "replay"));
            Assert.Equal(5 * 4, op.KernelLaunches);
            Forget();
        }

        Assert.Empty(_notes);
        string[] end = Calls();
        Assert.Equal("destroy executable", Assert.Single(end, call => call.StartsWith("destroy", StringComparison.Ordinal)));
        Assert.True(Array.IndexOf(end, "destroy executable") < Array.IndexOf(end, "free"), "The graph must go before the memory that it names.");
    }

    [Theory(Explicit = true)]
    [InlineData("begin capture")]
    [InlineData("end capture")]
    [InlineData("instantiate")]
    [InlineData("launch captured")]
    public void What_cannot_be_captured_is_launched_with_one_note(string call)
    {
        using DeviceBackend op = Open();
        Assert.Equal(Plain, Frame(op));
        Fail(call);
        string[] second = Frame(op);
        Assert.Equal(call == "begin capture" ? 0 : 1, second.Count(c => c == "end capture"));
        Assert.Equal(Plain.Count(c => c == "launch"), second.Count(c => c == "launch"));
        Fail("");
        Assert.Equal(Plain, Frame(op));
        Assert.StartsWith("cuda:0 (Stand-in): the launches of a frame are not captured as a CUDA graph: ", Assert.Single(_notes));
        Assert.Equal(3 * 4, op.KernelLaunches);
    }

    [Fact(Explicit = true)]
    public void A_cancelled_frame_leaves_no_stream_in_capture()
    {
        using DeviceBackend op = Open();
        Assert.Equal(Plain, Frame(op));
        Assert.Throws<OperationCanceledException>(() => op.Run(_frame.Frame, new CancellationToken(canceled: true)));
        Fail("launch");
        Assert.Throws<EmdcException>(() => op.Run(_frame.Frame, CancellationToken.None));
        Fail("");
        Assert.Contains("replay", Frame(op));
        Assert.Equal(Replayed, Frame(op));
        Assert.Empty(_notes);
    }

    [Fact(Explicit = true)]
    public void A_frame_of_the_network_is_three_launches_and_a_replay()
    {
        using DeviceBackend op = KernelDevice.All.Open("cuda:0", null, keepTensors: false);
        EmdcNetwork.Record(op, new EmdcWeights(new StateDict(GoldenParameters.StateDict(9))), 32, 32);
        var images = new SmallPlan.Images(0, 32, 32);
        for (int i = 0; i < 2; i++)
        {
            op.Run(images.Frame, CancellationToken.None);
        }

        Assert.Equal(66, Calls().Count(call => call == "launch captured"));
        Forget();
        op.Run(images.Frame, CancellationToken.None);
        Assert.Equal(Replayed, Calls());
        Assert.Equal(3 * 69, op.KernelLaunches);
    }

    [Fact(Explicit = true)]
    public void Groups_are_no_larger_than_the_kernel_allows()
    {
        Threads(256);
        try
        {
            using DeviceBackend op = KernelDevice.All.Open("cuda:0", null, keepTensors: false);
            EmdcNetwork.Record(op, new EmdcWeights(new StateDict(GoldenParameters.StateDict(9))), 32, 32);
            Assert.All(op.Parts, part => Assert.InRange(part.Tile.Threads, 1, 256));
        }
        finally
        {
            Threads(1024);
        }
    }

    [Fact(Explicit = true)]
    public void A_card_without_tiles_of_its_own_says_whose_it_takes_and_takes_them()
    {
        Assert.Equal(
            "Stand-in, 132 multiprocessors, 8192 MiB, sm_80 with the tiles of sm_90 where none were tuned",
            KernelDevice.All.Devices.Single(device => device.Name == "cuda:0").Description);
        using var folder = new TempFolder();
        using DeviceBackend op = new KernelDevices { TilesPath = folder["tiles.json"] }.Open("cuda:0", null, keepTensors: false);
        EmdcNetwork.Record(op, new EmdcWeights(new StateDict(GoldenParameters.StateDict(9))), 192, 256);
        Dictionary<TileKey, Tile> shipped = TileTable.Shipped("sm_90");
        Assert.Subset(op.Parts.Select(part => part.Key).ToHashSet(), shipped.Keys.ToHashSet());
        Assert.All(op.Parts.Where(part => shipped.ContainsKey(part.Key)), part => Assert.Equal(shipped[part.Key], part.Tile));
    }

    private DeviceBackend Open()
    {
        Fail("");
        DeviceBackend op = new KernelDevices { Note = _notes.Add }.Open("cuda:0", null, keepTensors: false);
        SmallPlan.Record(op);
        _ = op.Plan;
        Forget();
        return op;
    }

    private string[] Frame(DeviceBackend op)
    {
        Forget();
        op.Run(_frame.Frame, CancellationToken.None);

        // The first launch of a kernel loads its module.
        return [.. Calls().Where(call => call != "module")];
    }

    private static string[] Calls() =>
        Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)Export("standin_calls"))())!.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static void Forget() => ((delegate* unmanaged<void>)Export("standin_forget"))();

    private static void Threads(int most) => ((delegate* unmanaged<int, void>)Export("standin_threads"))(most);

    private static void Fail(string call)
    {
        nint text = Marshal.StringToCoTaskMemUTF8(call);
        ((delegate* unmanaged<nint, void>)Export("standin_fail"))(text);
        Marshal.FreeCoTaskMem(text);
    }

    private static nint Export(string name)
    {
        string library = Environment.GetEnvironmentVariable(CudaTests.Variable)
            ?? throw new InvalidOperationException($"{nameof(CudaCalls)} run in a process that {nameof(CudaTests)} starts.");
        return NativeLibrary.GetExport(NativeLibrary.Load(library), name);
    }
}
