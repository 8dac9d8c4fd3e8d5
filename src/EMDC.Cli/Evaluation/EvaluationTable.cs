using System.Globalization;
using EMDC.Evaluation;

namespace EMDC.Cli.Evaluation;

/// <summary>The results as Markdown tables whose columns are aligned, to be read as they are and to be pasted.</summary>
internal static class EvaluationTable
{
    private const string Absent = "–";

    /// <summary>A row a list and method.</summary>
    public static void Write(TextWriter output, IReadOnlyList<SetResult> sets)
    {
        bool hasHoles = sets.Any(set => set.HasHoles);
        var rows = new List<string[]>();
        foreach (SetResult set in sets)
        {
            foreach (MethodResult method in set.Methods)
            {
                IReadOnlyList<double> times = method.Milliseconds;
                string[] latency = times.Count == 0
                    ? [Absent, Absent]
                    : [Number(Percentiles.Median(times), 1), Number(Percentiles.Rank(times, 90), 1)];
                string[] names = sets.Count > 1 ? [set.Set.Name, method.Name] : [method.Name];
                rows.Add([.. names, .. Cells(method.Summary(), hasHoles), .. latency]);
            }
        }

        string[] titles = sets.Count > 1 ? ["set", "method"] : ["method"];
        Print(output, titles.Length, [.. titles, .. Titles(hasHoles), "ms", "ms p90"], rows);
        output.WriteLine();
        output.WriteLine(
            "Means over frames. RMAE is REL of other papers; failed: frames with RMAE above 0.1; RMSE and MAE in metres; ms: median and 90th percentile of a frame, files not counted.");
        if (hasHoles)
        {
            output.WriteLine("EWMAE known: without the holes of the truth, which the challenge's EWMAE takes for depth 0.");
        }

        if (sets.Any(set => set.Methods[0].Summary().Rtsd is null))
        {
            output.WriteLine("no RTSD: the list has no static scene (a name in the fourth column that two lines share), so the score lacks that term.");
        }
    }

    /// <summary>A row a scene and method.</summary>
    public static void WriteScenes(TextWriter output, IReadOnlyList<SetResult> sets)
    {
        bool hasHoles = sets.Any(set => set.HasHoles);
        var rows = new List<string[]>();
        foreach (SetResult set in sets)
        {
            foreach (var (scene, frames) in set.Scenes)
            {
                string name = sets.Count > 1 ? $"{set.Set.Name}/{scene}" : scene;
                rows.AddRange(set.Methods.Select(method =>
                    (string[])[name, method.Name, $"{frames.Count}", .. Cells(method.Summary(scene, frames), hasHoles)]));
            }
        }

        if (rows.Count > 0)
        {
            Print(output, 2, ["scene", "method", "frames", .. Titles(hasHoles)], rows);
            output.WriteLine();
        }
        else
        {
            output.WriteLine("No line names a scene in its fourth column.");
        }
    }

    private static string[] Titles(bool hasHoles) =>
        ["RMAE", "median", "failed", "EWMAE", .. hasHoles ? ["EWMAE known"] : Array.Empty<string>(), "RDS", "RTSD", "score", "RMSE", "MAE", "δ1.25"];

    private static string[] Cells(ErrorSummary errors, bool hasHoles) =>
    [
        Number(errors.Rmae, 4),
        Number(errors.MedianRmae, 4),
        $"{errors.Failed}",
        Number(errors.Ewmae, 4),
        .. hasHoles ? [Number(errors.KnownEwmae, 4)] : Array.Empty<string>(),
        Number(errors.Rds, 4),
        Number(errors.Rtsd, 4),
        $"{Number(errors.Score, 3)}{(errors.Rtsd is null ? " (no RTSD)" : "")}",
        Number(errors.Rmse, 3),
        Number(errors.Mae, 3),
        Number(errors.Delta, 4),
    ];

    private static string Number(double? value, int digits) => value?.ToString($"F{digits}", CultureInfo.InvariantCulture) ?? Absent;

    private static void Print(TextWriter output, int names, string[] titles, List<string[]> rows)
    {
        int[] widths = [.. titles.Select((title, column) => Math.Max(title.Length, rows.Max(row => row[column].Length)))];
        Line(titles);
        output.WriteLine($"|{string.Join('|', widths.Select((width, column) => column < names ? new string('-', width + 2) : $"{new string('-', width + 1)}:"))}|");
        rows.ForEach(Line);

        void Line(string[] cells) => output.WriteLine(
            $"| {string.Join(" | ", cells.Select((cell, column) => column < names ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])))} |");
    }
}
