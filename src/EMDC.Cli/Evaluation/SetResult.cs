namespace EMDC.Cli.Evaluation;

/// <summary>What all methods did on a list's frames.</summary>
/// <param name="Set">The list.</param>
/// <param name="Methods">The network first.</param>
/// <param name="HasHoles">Whether a truth is unknown somewhere.</param>
/// <param name="Spots">Measured pixels of a frame, on average.</param>
internal sealed record SetResult(EvaluationSet Set, IReadOnlyList<MethodResult> Methods, bool HasHoles, double Spots)
{
    /// <summary>The list's scenes and which frames show them, in the list's order; lines without a name belong to none.</summary>
    public IEnumerable<(string Scene, IReadOnlyList<int> Frames)> Scenes =>
        Set.Lines.Select((line, i) => (line.Scene, Frame: i)).Where(entry => entry.Scene is not null)
            .GroupBy(entry => entry.Scene!, entry => entry.Frame).Select(group => (group.Key, (IReadOnlyList<int>)[.. group]));
}
