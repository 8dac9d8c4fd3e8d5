using EMDC.Weights;

namespace EMDC.Cli.Tests;

public sealed class TrainTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _list;

    public TrainTests()
    {
        string frames = Path.Combine(Clone.Root, "tests", "frames");
        _list = _folder.Write("data.list", string.Concat(
            new[] { "desk", "corridor" }.Select(name => $"{frames}/{name}_rgb.png\t{frames}/{name}_sparse.exr\t{frames}/{name}_depth.exr\n")));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_run_on_recordings_writes_weights_that_can_be_used_and_goes_on()
    {
        Outcome first = Command.Run(Arguments("--steps", "2", "--profile"));
        Assert.Equal((0, true), (first.Code, first.Error.Contains("2 frames to learn from; 2 to measure on")));
        Assert.Contains("The run is complete: 2 steps, 4 samples", first.Error);
        Assert.Contains("FunnelStage", first.Out);
        StateDict weights = StateDict.Load(_folder["run/last.safetensors"]);
        Assert.Equal(9, weights.Stages);

        Outcome second = Command.Run(Arguments("--steps", "3", "--resume", "--own-spots", "0.7", "--flatten", "0"));
        Assert.Contains("The run is complete: 3 steps, 6 samples", second.Error);
        Assert.NotEqual(weights["alpha.weight"], StateDict.Load(_folder["run/last.safetensors"])["alpha.weight"]);
        Assert.Equal(0, Command.Run("evaluate", "--list", _list, "--weights", _folder["run/best.safetensors"], "--baseline", "none", "--quiet").Code);
    }

    [Fact]
    public void A_run_starts_from_the_checkpoint_of_another_one()
    {
        Assert.Equal(0, Command.Run(Arguments("--steps", "1")).Code);
        File.Move(_folder["run/last.pth"], _folder["init.pth"]);
        Directory.Delete(_folder["run"], recursive: true);
        Assert.Equal(0, Command.Run(Arguments("--steps", "1", "--init", _folder["init.pth"])).Code);
    }

    [Fact]
    public void A_run_keeps_its_optimiser()
    {
        Assert.Equal(0, Command.Run(Arguments("--steps", "1", "--optimiser", "adamw")).Code);
        Command.Run(Arguments("--steps", "2", "--resume", "--optimiser", "muon")).Fails(
            1, $"{_folder["run/resume.state"]}: the run's --optimiser is adamw, but muon is asked for; what it remembers of the gradients serves no other.");
    }

    [Fact]
    public void Ctrl_C_saves_and_says_how_to_go_on()
    {
        using var interrupt = new CancellationTokenSource();
        interrupt.Cancel();
        Outcome outcome = Command.Run(interrupt.Token, Arguments("--minutes", "60"));
        Assert.Equal(130, outcome.Code);
        Assert.Contains("The run was stopped; --resume goes on: 0 steps", outcome.Error);
        Assert.True(File.Exists(_folder["run/resume.state"]));
    }

    [Fact]
    public void What_is_wrong_is_said_before_anything_is_computed()
    {
        Command.Run(Arguments()).Fails(2, "The run needs one length: --minutes, --more or --steps.", "Try 'emdc train --help'.");
        Command.Run(Arguments("--steps", "1", "--minutes", "1")).Fails(2, "The run needs one length: --minutes, --more or --steps.", "Try 'emdc train --help'.");
        Command.Run(Arguments("--steps", "1", "--average", "1")).Fails(2, "--average is '1', but needs a number from 0 to below 1.", "Try 'emdc train --help'.");
        Command.Run(Arguments("--steps", "1", "--own-spots", "1.5")).Fails(2, "--own-spots is '1.5', but needs a share from 0 to 1.", "Try 'emdc train --help'.");
        Command.Run(Arguments("--steps", "1", "--flatten", "2")).Fails(2, "--flatten is '2', but needs a share from 0 to 1.", "Try 'emdc train --help'.");
        Command.Run(Arguments("--steps", "1", "--optimiser", "sgd")).Fails(2, "--optimiser is 'sgd', but needs muon or adamw.", "Try 'emdc train --help'.");
        Command.Run(Arguments("--steps", "1", "--resume")).Fails(
            1, $"{_folder["run/resume.state"]}: there is no such file, so there is no run to go on with.");
        Outcome sizes = Command.Run("train", "--data", _list, "--validate", _list, "--out", _folder["run"], "--steps", "1", "--sizes", "96x100");
        Assert.Equal(2, sizes.Code);
        Assert.StartsWith("--sizes has '96x100', but needs HEIGHTxWIDTH", sizes.Error);
        Outcome missing = Command.Run("train", "--data", _folder["no"], "--validate", _list, "--out", _folder["run"], "--steps", "1");
        Assert.Equal((1, 1), (missing.Code, missing.Error.TrimEnd().Split('\n').Length));
        Assert.Contains(_folder["no"], missing.Error);
    }

    [Fact]
    public void A_run_is_never_begun_over_another_one()
    {
        Directory.CreateDirectory(_folder["run"]);
        _folder.Write("run/resume.state", "");
        Command.Run(Arguments("--steps", "1")).Fails(
            1, $"{_folder["run"]}: there is a run in this folder; --resume goes on with it, another --out begins a new one.");
    }

    private string[] Arguments(params string[] more) =>
        ["train", "--data", _list, "--validate", _list, "--out", _folder["run"], "--sizes", "32x64", "--pixels", "1024", "--threads", "2", .. more];
}
