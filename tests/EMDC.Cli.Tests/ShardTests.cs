using System.Diagnostics;
using System.Text.Json;

namespace EMDC.Cli.Tests;

/// <summary>One list, several processes.</summary>
public sealed class ShardTests : IDisposable
{
    private const int Frames = 12;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Four_processes_give_what_one_gives_though_one_of_them_is_killed()
    {
        string list = List();
        Command.Run(Arguments(list, "whole")).Succeeds();
        Process[] processes = [.. Enumerable.Range(1, 4).Select(number => Command.Start(Arguments(list, "shared", "--shard", $"{number}/4")))];

        // The second share's first result is there: the process dies in the middle of its work, or has just ended.
        while (!File.Exists(_folder["shared/f01.exr"]) && !processes[1].HasExited)
        {
            Thread.Sleep(1);
        }

        processes[1].Kill();
        foreach (Process process in processes)
        {
            Outcome outcome = Command.Finish(process);
            Assert.True(outcome.Code == 0 || process == processes[1], outcome.Error);
            process.Dispose();
        }

        Outcome resumed = Command.Run(Arguments(list, "shared", "--shard", "2/4", "--skip-existing", "--report", _folder["2.json"]));
        resumed.Succeeds();
        string[] names = [.. Enumerable.Range(0, Frames).Select(i => $"f{i:00}.exr")];
        Assert.Equal(names, Results("whole"));
        Assert.Equal(names, Results("shared"));
        Assert.All(names, name => Assert.Equal(File.ReadAllBytes(_folder[$"whole/{name}"]), File.ReadAllBytes(_folder[$"shared/{name}"])));

        JsonElement report = Report("2.json");
        Assert.Equal("2/4", report.GetProperty("shard").GetString());
        Assert.Equal([3, 7, 11], report.GetProperty("frames").EnumerateArray().Select(frame => frame.GetProperty("line").GetInt32()).Order());
        Assert.Equal(3, report.GetProperty("done").GetInt32() + report.GetProperty("skipped").GetInt32());
        Assert.True(report.GetProperty("skipped").GetInt32() >= 1);
    }

    [Fact]
    public void Shares_are_a_partition_of_the_list_whatever_their_number()
    {
        string list = List();
        foreach (int of in new[] { 1, 3, 5, 20 })
        {
            var batch = new Batch(list, _folder["out"], ".exr", SkipExisting: false);
            int[] lines = [.. Enumerable.Range(1, of).SelectMany(number => (batch with { Shard = (number, of) }).Frames(new RunFiles())).Select(frame => frame.Line)];
            Assert.Equal(Enumerable.Range(2, Frames), lines.Order());
        }
    }

    [Fact]
    public void The_summary_says_what_became_of_every_frame()
    {
        Sample.Write(_folder, "a");
        Sample.Write(_folder, "b");
        Directory.CreateDirectory(_folder["out"]);
        _folder.Write("out/b.exr", "kept");
        string list = _folder.Write("data.list", "a.png a.exr\nb.png b.exr\nc.png c.exr\n");
        Outcome outcome = Command.Run(Arguments(list, "out", "--skip-existing", "--report", _folder["r.json"]));
        Assert.Equal(1, outcome.Code);
        JsonElement report = Report("r.json");
        Assert.Equal(
            (1, 1, 1, false),
            (report.GetProperty("done").GetInt32(), report.GetProperty("skipped").GetInt32(), report.GetProperty("failed").GetInt32(), report.GetProperty("interrupted").GetBoolean()));
        Assert.False(report.TryGetProperty("shard", out _));
        Assert.True(report.GetProperty("median_ms").GetDouble() > 0);
        JsonElement[] frames = [.. report.GetProperty("frames").EnumerateArray().OrderBy(frame => frame.GetProperty("line").GetInt32())];
        Assert.Equal(["done", "skipped", "failed"], frames.Select(frame => frame.GetProperty("status").GetString()));
        Assert.Equal(_folder["out/a.exr"], frames[0].GetProperty("output").GetString());
        Assert.Equal(Sample.Spots, frames[0].GetProperty("spots").GetInt32());
        Assert.Equal([Sample.Height, Sample.Width], frames[0].GetProperty("worked_at").EnumerateArray().Select(side => side.GetInt32()));
        Assert.Equal($"{_folder["c.png"]}: there is no such file.", frames[2].GetProperty("reason").GetString());
    }

    [Fact]
    public void The_summary_replaces_no_input()
    {
        Sample.Write(_folder, "a");
        string list = _folder.Write("data.json", "a.png a.exr\n");
        Command.Run(Arguments(list, "out", "--report", list)).Fails(1, $"--report would be written to {list}, but that file is read by --list ({list}).");
        Command.Run(Arguments(list, "out", "--report", "r.txt")).Fails(1, "r.txt: the extension is '.txt', but the summary is written as .json.");
    }

    private string List()
    {
        for (int i = 0; i < Frames; i++)
        {
            Sample.Write(_folder, $"f{i:00}");
        }

        return _folder.Write("data.list", string.Concat(Enumerable.Range(0, Frames).Select(i => $"f{i:00}.png f{i:00}.exr\n").Prepend("# twelve frames\n")));
    }

    private string[] Arguments(string list, string folder, params string[] more) =>
        ["complete", "--device", "cpu", "--threads", "1", "--list", list, "--output-dir", _folder[folder], .. more];

    /// <summary>A killed process may leave a file under its hidden temporary name.</summary>
    private string[] Results(string folder) =>
        [.. _folder.Files.Where(name => name.StartsWith(folder + "/", StringComparison.Ordinal)).Select(name => name[(folder.Length + 1)..]).Where(name => name[0] != '.')];

    private JsonElement Report(string name) => JsonDocument.Parse(File.ReadAllText(_folder[name])).RootElement;
}
