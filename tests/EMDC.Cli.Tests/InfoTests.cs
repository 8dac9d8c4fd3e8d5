using EMDC.Weights;

namespace EMDC.Cli.Tests;

public sealed class InfoTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_shipped_weights_fit()
    {
        Outcome outcome = Command.Run("info", Sample.Weights);
        outcome.Succeeds();
        Assert.Contains("  tensors     358 (246 F16, 112 F32)", outcome.Out);
        Assert.EndsWith($"  fits        the EMDC network with 9 stages, 5,303,846 parameters{Environment.NewLine}", outcome.Out);
    }

    [Fact]
    public void Six_stages_fit_as_well()
    {
        string path = TestWeights.Write(_folder["six.safetensors"], 0.5f, ParameterManifest.SixStages);
        Outcome outcome = Command.Run("info", path);
        outcome.Succeeds();
        Assert.StartsWith($"{path}{Environment.NewLine}  tensors     {ParameterManifest.SixStages.Parameters.Count} (", outcome.Out);
        Assert.Contains("the EMDC network with 6 stages", outcome.Out);
    }

    [Fact]
    public void What_does_not_fit_is_told_and_fails()
    {
        string path = TestWeights.Write(_folder["part.safetensors"], 0.5f, isKept: name => name is not ("rezero" or "alpha.weight"));
        Outcome outcome = Command.Run("info", path);
        Assert.Equal(1, outcome.Code);
        Assert.Contains("  tensors     356 (356 F32)", outcome.Out);
        Assert.DoesNotContain("fits", outcome.Out);
        Assert.Equal($"{path} does not fit the EMDC network with 9 stages: 2 missing.\nmissing: alpha.weight, rezero{Environment.NewLine}", outcome.Error);
    }

    [Fact]
    public void Text_of_the_file_cannot_move_the_cursor()
    {
        string path = _folder["m.safetensors"];
        SafetensorsWriter.Write(path, [SafetensorsTensor.From("x", [1], [1f])], new Dictionary<string, string> { ["note"] = "a\u001b[2Jb" });
        Assert.Contains("  note: a?[2Jb", Command.Run("info", path).Out);
    }

    [Fact]
    public void A_file_of_another_kind_is_one_sentence()
    {
        string path = _folder.Write("w.txt", "no weights");
        Outcome outcome = Command.Run("info", path);
        outcome.Fails(1, outcome.Error.TrimEnd());
        Assert.EndsWith("at most 100000000 are read; this is no safetensors file.", outcome.Error.TrimEnd());
    }
}
