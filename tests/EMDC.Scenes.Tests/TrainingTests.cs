using System.Diagnostics;
using System.Globalization;

namespace EMDC.Scenes.Tests;

/// <summary>The tests of <c>tools/train</c>, where Python and PyTorch are there, on shards that the command has just written.</summary>
public sealed class TrainingTests
{
    private static readonly string Scripts = Path.Combine(Clone.Root, "tools", "train");

    [Fact]
    public void Losses_and_parts_of_the_training_pass_their_own_tests()
    {
        string python = PythonWithTorch();
        var (code, _, error) = Run(python, Scripts, "-m", "unittest", "discover", "-s", "tests", "-t", ".");
        Assert.True(code == 0, error);
        Assert.Matches(@"Ran \d\d tests", error);
    }

    [Fact]
    public void A_short_run_trains_on_shards_of_this_tool_and_goes_on_where_it_stopped()
    {
        string python = PythonWithTorch();
        using var folder = new TempFolder();
        Tool.Succeed("shards", "--frames", "4", "--per-shard", "2", "--draws", "2", "--size", "64x96", "--out", folder["train"]);
        Tool.Succeed("shards", "--seed", "2", "--frames", "2", "--size", "64x96", "--out", folder["validate"]);
        string[] options =
        [
            "train.py", "--data", folder["train"], "--validate", folder["validate"], "--out", folder["run"],
            "--sizes", "32x64,64x96", "--pixels", "6144", "--workers", "0", "--freeze-norms-at", "0.5",
        ];
        var first = Run(python, Scripts, [.. options, "--minutes", "0.02"]);
        Assert.True(first.Code == 0, first.Error);
        double more = Logged(first.Out, "minutes") + 0.02;
        var second = Run(python, Scripts, [.. options, "--minutes", more.ToString(CultureInfo.InvariantCulture), "--resume"]);
        Assert.True(second.Code == 0, second.Error);
        Assert.True(Logged(second.Out, "step") > Logged(first.Out, "step"), $"{first.Out}\n{second.Out}");
        Assert.True(File.Exists(folder["run/weights.pth"]));
    }

    private static double Logged(string log, string name) => double.Parse(log.Split($"{name} ")[^1].Split(' ')[0], CultureInfo.InvariantCulture);

    private static string PythonWithTorch()
    {
        // A machine may have several; the first of these with PyTorch serves.
        foreach (string name in new[] { "python3", "/usr/bin/python3" })
        {
            try
            {
                if (Run(name, Scripts, "-c", "import numpy, torch").Code == 0)
                {
                    return name;
                }
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // There is no such program.
            }
        }

        Assert.Skip("No python3 with PyTorch and NumPy here.");
        throw new UnreachableException();
    }

    private static (int Code, string Out, string Error) Run(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
