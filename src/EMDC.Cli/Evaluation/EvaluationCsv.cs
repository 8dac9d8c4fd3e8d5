using System.Globalization;
using System.Text;
using EMDC.Evaluation;

namespace EMDC.Cli.Evaluation;

/// <summary>A line a frame and method, for plots and for finding the frames that fail.</summary>
internal static class EvaluationCsv
{
    public const string Header = "list,line,rgb,scene,method,rmae,ewmae,ewmae_known,rds,rmse_m,mae_m,delta_1_25,ms";

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<SetResult> sets)
    {
        AtomicFile.Write(path, stream =>
        {
            using var text = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
            text.WriteLine(Header);
            foreach (SetResult set in sets)
            {
                for (int i = 0; i < set.Set.Lines.Count; i++)
                {
                    foreach (MethodResult method in set.Methods)
                    {
                        text.WriteLine(Line(set.Set, set.Set.Lines[i], method, i));
                    }
                }
            }
        });
    }

    private static string Line(EvaluationSet set, DataLine line, MethodResult method, int frame)
    {
        FrameErrors errors = method.Errors[frame];
        double?[] numbers =
        [
            errors.Rmae, errors.Ewmae, errors.KnownEwmae, errors.Rds, errors.Rmse, errors.Mae, errors.Delta,
            method.Milliseconds.Count > 0 ? method.Milliseconds[frame] : null,
        ];
        string[] names = [set.List, $"{line.Number}", line.Rgb, line.Scene ?? "", method.Name];
        return string.Join(',', names.Select(Quoted).Concat(numbers.Select(number => number?.ToString("G6", CultureInfo.InvariantCulture) ?? "")));
    }

    /// <summary>As RFC 4180 has it.</summary>
    private static string Quoted(string text) => text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"")}\"" : text;
}
