using System.CommandLine;

namespace EMDC.Cli;

/// <summary>The options that <c>benchmark</c> and <c>profile</c> share.</summary>
/// <param name="isWhole">Whether what becomes of the network's result is timed, too, and can be chosen.</param>
internal sealed class TimingOptions(bool isWhole)
{
    private readonly WorkingOptions? _working = isWhole ? new() : null;
    private readonly EngineOptions _engine = new();
    private readonly Option<(int Height, int Width)?> _size = EngineOptions.Size("The frame's size; 192x256 without it.");
    private readonly Option<int> _warmup = EngineOptions.Count("--warmup", 1, 1_000_000, 5, "Frames before those that are timed.");
    private readonly Option<int> _runs = EngineOptions.Count("--runs", 1, 1_000_000, 30, "Frames that are timed.");
    private readonly Option<bool> _json = new("--json") { Description = "Prints JSON and nothing else." };

    public void AddTo(Command command)
    {
        command.Options.Add(_size);
        _engine.AddTo(command);
        _working?.AddTo(command);
        command.Options.Add(_warmup);
        command.Options.Add(_runs);
        command.Options.Add(_json);
    }

    public (int Height, int Width) Size(ParseResult parsed) => parsed.GetValue(_size) ?? (192, 256);

    public int Warmup(ParseResult parsed) => parsed.GetValue(_warmup);

    public int Runs(ParseResult parsed) => parsed.GetValue(_runs);

    public bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>Loads the weights for frames of the size that was asked for.</summary>
    public TimedFrame Open(ParseResult parsed, CancellationToken interrupt)
    {
        var (height, width) = Size(parsed);
        string weights = _engine.Weights(parsed);
        // Without the option, as in profiles, the bare network.
        EmdcOptions options = _working?.Apply(parsed, _engine.Engine(parsed)) ?? _engine.Engine(parsed) with { Raw = true };
        return new TimedFrame(weights, options, new SyntheticFrame(height, width), interrupt);
    }
}
