using EMDC.Imaging;
using EMDC.Weights;

namespace EMDC.Cli.Tests;

public sealed class UncertaintyTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _rgb, _depth, _list, _weights;

    public UncertaintyTests()
    {
        (_rgb, _depth) = Sample.Write(_folder);
        // A truth that the network misses: its own result, up to a fifth farther, and with holes.
        float[] truth = Sample.Complete(Sample.Frame.Sparse);
        for (int i = 0; i < truth.Length; i++)
        {
            truth[i] = i % 7 == 0 ? 0 : (1 + 0.2f * (37 * i % 101 / 101f)) * truth[i];
        }

        DepthFile.Write(_folder["truth.exr"], truth, Sample.Width, Sample.Height);
        _list = _folder.Write("data.list", "frame.png frame.exr truth.exr\n");
        SafetensorsFile shipped = SafetensorsFile.Read(Sample.Weights);
        _weights = _folder["mine.safetensors"];
        SafetensorsWriter.Write(_weights, shipped.Tensors, new Dictionary<string, string> { ["source"] = "mine" });
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Weights_of_ones_own_have_none_until_it_is_fitted()
    {
        string[] complete = ["complete", "--device", "cpu", "--weights", _weights, "--rgb", _rgb, "--depth", _depth, "--output", _folder["dense.exr"], "--uncertainty", _folder["s.exr"]];
        Command.Run(complete).Fails(1, $"{_weights}: these weights have no coefficients of the uncertainty; 'emdc uncertainty' fits them to frames with ground truth and puts them into the file.");
        Assert.False(File.Exists(_folder["dense.exr"]));

        Directory.CreateDirectory(_folder["other"]);
        _folder.Write("other/data.list", "../frame.png ../frame.exr ../truth.exr\n");
        Outcome outcome = Fit(_list, "--measure", _folder["other/data.list"]);
        outcome.Succeeds();
        string[] lines = outcome.Out.Split(Environment.NewLine);
        Assert.StartsWith($"{_weights}: uncertainty is now ", lines[0]);
        Assert.StartsWith("| fitted on | 1 | ", lines[4]);
        // Measured on the same frame it is the same row under another name.
        Assert.Equal(lines[4].Replace("fitted on", "other", StringComparison.Ordinal), lines[5]);
        // 68.27 % but for pixels drawn twice.
        Assert.Matches(@"\| 68\.[1-4] % \|", lines[4]);

        // Tensors and what else was told of them stay as they were.
        SafetensorsFile before = SafetensorsFile.Read(Sample.Weights), after = SafetensorsFile.Read(_weights);
        Assert.Equal("mine", after.Metadata["source"]);
        Assert.All(before.Tensors.Zip(after.Tensors), pair => Assert.True(pair.First.Name == pair.Second.Name && pair.First.Data.Span.SequenceEqual(pair.Second.Data.Span)));
        Assert.Equal(5, StateDict.Load(_weights).Uncertainty!.Count);

        Command.Run(complete).Succeeds();
        float[] dense = DepthFile.Read(_folder["dense.exr"]).Metres, sigma = DepthFile.Read(_folder["s.exr"]).Metres;
        // Two thirds are off by less than two thirds of a fifth.
        Assert.InRange(sigma.Zip(dense, (s, d) => s / d).Average(), 0.11, 0.16);
    }

    [Fact]
    public void What_it_needs_is_said()
    {
        Command.Run("uncertainty", "--list", _list).Fails(2, "uncertainty needs --weights, the file that the coefficients are put into.", "Try 'emdc uncertainty --help'.");
        string bare = _folder.Write("bare.list", "frame.png frame.exr\n");
        Fit(bare).Fails(1, $"{bare}:1: the line has no ground truth, but 'rgb sparse gt' or 'rgb sparse gt scene' is needed.");
        DepthFile.Write(_folder["wide.exr"], new float[2 * Sample.Width], 2 * Sample.Width, 1);
        string wrong = _folder.Write("wrong.list", "frame.png frame.exr wide.exr\n");
        Outcome outcome = Fit(wrong);
        Assert.Equal(1, outcome.Code);
        Assert.StartsWith($"{wrong}:1: ", outcome.Error);
        var hardly = new float[Sample.Height * Sample.Width];
        hardly[5] = 2;
        DepthFile.Write(_folder["hardly.exr"], hardly, Sample.Width, Sample.Height);
        string few = _folder.Write("few.list", "frame.png frame.exr hardly.exr\n");
        outcome = Fit(few);
        Assert.Equal(1, outcome.Code);
        Assert.Matches(@" \d+ pixels with a known truth were drawn, but 1000 are needed; the frames have too little ground truth\.", outcome.Error);
        Assert.False(SafetensorsFile.Read(_weights).Metadata.ContainsKey("uncertainty"));
    }

    private Outcome Fit(string list, params string[] more) => Command.Run(["uncertainty", "--device", "cpu", "--quiet", "--weights", _weights, "--list", list, .. more]);
}
