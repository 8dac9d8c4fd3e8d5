using EMDC.Evaluation;

namespace EMDC.Cli.Evaluation;

/// <summary>What a method did on a list's frames, in the list's order.</summary>
internal sealed class MethodResult
{
    private readonly FrameErrors?[] _errors;
    private readonly double[] _milliseconds;
    private readonly Dictionary<string, double> _rtsd = [];

    public MethodResult(string name, int frames, bool isTimed = true)
    {
        Name = name;
        _errors = new FrameErrors?[frames];
        _milliseconds = isTimed ? new double[frames] : [];
    }

    public string Name { get; }

    /// <summary>The errors of each frame.</summary>
    public IReadOnlyList<FrameErrors> Errors => _errors!;

    /// <summary>The time of each frame, files not counted; empty for a method that is made of another's result.</summary>
    public IReadOnlyList<double> Milliseconds => _milliseconds;

    public void Set(int frame, FrameErrors errors, double milliseconds)
    {
        _errors[frame] = errors;
        if (_milliseconds.Length > 0)
        {
            _milliseconds[frame] = milliseconds;
        }
    }

    public void SetRtsd(string scene, double rtsd) => _rtsd[scene] = rtsd;

    /// <summary>Over all frames.</summary>
    public ErrorSummary Summary() => new(Errors, _rtsd.Values);

    /// <summary>Over the frames of one scene.</summary>
    public ErrorSummary Summary(string scene, IEnumerable<int> frames) =>
        new([.. frames.Select(frame => Errors[frame])], _rtsd.TryGetValue(scene, out double rtsd) ? [rtsd] : []);
}

/// <summary>What all methods did on a list's frames.</summary>
/// <param name="Set">The list.</param>
/// <param name="Methods">The network first.</param>
/// <param name="HasHoles">Whether a truth is unknown somewhere.</param>
/// <param name="Spots">Measured pixels of a frame, on average.</param>
/// <param name="Shifted">Frames whose colours the network found, or was told, to lie beside the depth.</param>
internal sealed record SetResult(EvaluationSet Set, IReadOnlyList<MethodResult> Methods, bool HasHoles, double Spots, int Shifted)
{
    /// <summary>The list's scenes and which frames show them, in the list's order; lines without a name belong to none.</summary>
    public IEnumerable<(string Scene, IReadOnlyList<int> Frames)> Scenes =>
        Set.Lines.Select((line, i) => (line.Scene, Frame: i)).Where(entry => entry.Scene is not null)
            .GroupBy(entry => entry.Scene!, entry => entry.Frame).Select(group => (group.Key, (IReadOnlyList<int>)[.. group]));
}
