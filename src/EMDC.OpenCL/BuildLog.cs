using System.Globalization;
using System.Text.RegularExpressions;

namespace EMDC.OpenCL;

/// <summary>What a driver's compiler says about a program that it refuses, with the lines of source it means.</summary>
internal static partial class BuildLog
{
    private const int Around = 1;

    /// <summary>The first error as a sentence, and below it the line it names with its neighbours; without such a line the log's first lines.</summary>
    public static string Explain(string kernel, string device, string source, string log)
    {
        string opening = $"{kernel}: the OpenCL compiler of {device} refuses the kernel";
        string[] lines = source.Split('\n');
        var error = ErrorAt().Match(log);
        if (error.Success && int.TryParse(error.Groups["line"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int line)
            && line >= 1 && line <= lines.Length)
        {
            int first = Math.Max(1, line - Around), last = Math.Min(lines.Length, line + Around);
            var excerpt = Enumerable.Range(first, last - first + 1).Select(n => $"{(n == line ? '>' : ' ')}{n,5}  {lines[n - 1].TrimEnd()}");
            return string.Join('\n', [$"{opening} in line {line}: {Sentence(error.Groups["what"].Value)}", .. excerpt]);
        }
        string[] said = [.. log.Split('\n').Select(text => text.TrimEnd()).Where(text => text.Length > 0).Take(3)];
        return said.Length == 0 ? $"{opening} and does not say why." : $"{opening}: {Sentence(string.Join('\n', said))}";
    }

    private static string Sentence(string text) => text.Trim().TrimEnd('.') + ".";

    // PoCL's form is error: file:line:column: what; clang's, which most drivers have, file:line:column: error: what; AMD's older
    // one "file", line 7: error: what; others have file(line): error: what.
    [GeneratedRegex(
        @"error: [^\n]*?:(?<line>\d+):\d+: (?<what>[^\n]+)|(?:[:(]|line )(?<line>\d+)(?::\d+|\))?\s*:\s*(?:fatal )?error\s*:?\s*(?<what>[^\n]+)",
        RegexOptions.IgnoreCase)]
    private static partial Regex ErrorAt();
}
