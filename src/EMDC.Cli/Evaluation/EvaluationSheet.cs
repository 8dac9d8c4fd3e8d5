using System.Globalization;
using EMDC.Evaluation;
using EMDC.Imaging;

namespace EMDC.Cli.Evaluation;

/// <summary>
/// The figure of an evaluation: some frames, evenly chosen from all lists, with the network's result beside that of the baseline whose
/// mean RMAE over all frames is the least.
/// </summary>
internal sealed class EvaluationSheet
{
    private readonly string _path;
    private readonly HashSet<int> _wanted;
    private readonly SortedDictionary<int, (EvaluationFrame Frame, IReadOnlyList<float[]> Results)> _kept = [];

    /// <param name="path">Where the figure goes.</param>
    /// <param name="frames">How many frames all lists have together.</param>
    /// <param name="rows">How many of them it shows.</param>
    public EvaluationSheet(string path, int frames, int rows)
    {
        _path = path;
        int count = Math.Min(rows, frames);
        _wanted = [.. Enumerable.Range(0, count).Select(i => (int)((2L * i + 1) * frames / (2 * count)))];
    }

    /// <summary>Keeps a frame if it is to be shown.</summary>
    /// <param name="number">Its number over all lists.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="results">What the methods made of it.</param>
    public void Add(int number, EvaluationFrame frame, IReadOnlyList<float[]> results)
    {
        if (_wanted.Contains(number))
        {
            _kept[number] = (frame, results);
        }
    }

    /// <summary>Writes the figure, whole or not at all.</summary>
    public void Write(IReadOnlyList<SetResult> sets)
    {
        IReadOnlyList<MethodResult> methods = sets[0].Methods;
        FrameErrors[][] errors = [.. methods.Select((_, method) => (FrameErrors[])[.. sets.SelectMany(set => set.Methods[method].Errors)])];
        int[] baselines = [.. Enumerable.Range(0, methods.Count).Where(method => methods[method].Name is not (Evaluator.Network or Evaluator.Kept))];
        int[] shown = baselines.Length == 0 ? [0] : [baselines.MinBy(method => errors[method].Average(frame => frame.Rmae)), 0];
        ComparisonSheet.Write(_path, [.. shown.Select(method => methods[method].Name)], [.. _kept.Select(kept => new SheetRow(
            kept.Value.Frame.Rgb,
            kept.Value.Frame.Sparse,
            kept.Value.Frame.Truth,
            [.. shown.Select(method => kept.Value.Results[method])],
            [.. shown.Select(method => string.Create(CultureInfo.InvariantCulture, $"RMAE {errors[method][kept.Key].Rmae:F4}"))]))]);
    }
}
