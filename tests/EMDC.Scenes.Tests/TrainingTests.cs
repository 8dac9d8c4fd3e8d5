using System.Globalization;

namespace EMDC.Scenes.Tests;

/// <summary>The tests of <c>tools/train</c>, where Python and PyTorch are there, on shards that the command has just written.</summary>
public sealed class TrainingTests
{
    private static readonly string Scripts = Path.Combine(Clone.Root, "tools", "train");

    [Fact]
    public void Losses_and_parts_of_the_training_pass_their_own_tests()
    {
        Outcome outcome = Outcome.In(Scripts, Machine.PythonWithTorch(), "-m", "unittest", "discover", "-s", "tests", "-t", ".");
        outcome.Succeeds();
        Assert.Matches(@"Ran \d\d tests", outcome.Error);
    }

    [Fact]
    public void A_short_run_trains_on_shards_of_this_tool_and_goes_on_where_it_stopped()
    {
        string python = Machine.PythonWithTorch();
        using var folder = new TempFolder();
        Tool.Succeed("shards", "--frames", "4", "--per-shard", "2", "--draws", "2", "--size", "64x96", "--out", folder["train"]);
        Tool.Succeed("shards", "--seed", "2", "--frames", "2", "--size", "64x96", "--out", folder["validate"]);
        string[] options =
        [
            "train.py", "--data", folder["train"], "--validate", folder["validate"], "--out", folder["run"],
            "--sizes", "32x64,64x96", "--pixels", "6144", "--workers", "0", "--freeze-norms-at", "0.5",
        ];
        string first = Outcome.In(Scripts, python, [.. options, "--minutes", "0.02"]).Succeeds();
        double more = Logged(first, "minutes") + 0.02;
        string second = Outcome.In(Scripts, python, [.. options, "--minutes", more.ToString(CultureInfo.InvariantCulture), "--resume"]).Succeeds();
        Assert.True(Logged(second, "step") > Logged(first, "step"), $"{first}\n{second}");
        Assert.True(File.Exists(folder["run/weights.pth"]));
    }

    private static double Logged(string log, string name) => double.Parse(log.Split($"{name} ")[^1].Split(' ')[0], CultureInfo.InvariantCulture);
}
