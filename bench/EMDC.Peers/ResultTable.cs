using System.Globalization;
using System.Text.Json;

namespace EMDC.Peers;

/// <summary>Lines of JSON as one table: the median over the rounds of each round's median, and the smallest time of all.</summary>
internal static class ResultTable
{
    private const string Ours = "EMDC.Kernels";

    public static int Print(TextReader lines, TextWriter output)
    {
        var rows = new List<(string Name, int Threads, double Median, double Min)>();
        while (lines.ReadLine() is { } line)
        {
            if (line.Length > 0)
            {
                using JsonDocument json = JsonDocument.Parse(line);
                JsonElement row = json.RootElement;
                string name = row.TryGetProperty("name", out JsonElement given) ? given.GetString()!
                    : row.GetProperty("device").GetString()!.Contains("AVX2") ? $"{Ours}, AVX2 only" : Ours;
                rows.Add((name, row.GetProperty("threads").GetInt32(), row.GetProperty("median_ms").GetDouble(), row.GetProperty("min_ms").GetDouble()));
            }
        }

        output.WriteLine("| | threads | median ms | min ms | ratio of medians to ours |");
        output.WriteLine("|---|---:|---:|---:|---:|");
        foreach (var group in rows.GroupBy(row => (row.Threads, row.Name)).OrderBy(group => group.Key.Threads))
        {
            double median = Median(group.Select(row => row.Median));
            double[] ours = [.. rows.Where(row => row.Name == Ours && row.Threads == group.Key.Threads).Select(row => row.Median)];
            string ratio = ours.Length == 0 ? "–" : string.Create(CultureInfo.InvariantCulture, $"{median / Median(ours):F2}");
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| {group.Key.Name} | {group.Key.Threads} | {median:F1} | {group.Min(row => row.Min):F1} | {ratio} |"));
        }

        return 0;
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
