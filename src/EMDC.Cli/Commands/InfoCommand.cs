using System.CommandLine;
using EMDC.Weights;

namespace EMDC.Cli.Commands;

/// <summary><c>emdc info</c>: what a weights file holds and whether it fits.</summary>
internal static class InfoCommand
{
    private const int LongestValue = 200;

    public static Command Create(Terminal terminal)
    {
        var command = new Command("info", "What a weights file holds and whether it fits the network.");
        var file = new Argument<string>("weights") { Description = "A safetensors file.", HelpName = "W.safetensors" };
        command.Arguments.Add(file);
        command.SetAction(parsed => Run(parsed.GetValue(file)!, terminal.Out));
        return command;
    }

    private static int Run(string path, TextWriter output)
    {
        var file = SafetensorsFile.Read(path);
        string types = string.Join(", ", file.Tensors.CountBy(tensor => tensor.DType).OrderBy(count => count.Key).Select(count => $"{count.Value} {count.Key}"));
        long values = file.Tensors.Sum(tensor => tensor.Shape.Aggregate(1L, (product, size) => product * size));
        output.WriteLine(path);
        output.WriteLine($"  tensors     {file.Tensors.Count}{(types.Length > 0 ? $" ({types})" : "")}");
        output.WriteLine($"  values      {values:N0}");
        output.WriteLine($"  bytes       {new FileInfo(path).Length:N0}");
        foreach (var (key, value) in file.Metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            output.WriteLine($"  {Plain(key)}: {Plain(value)}");
        }

        // Written before the check, which may throw: what a file holds is told even if it does not fit.
        var state = StateDict.From(file, path);
        long parameters = state.Manifest.Parameters.Sum(parameter => (long)state[parameter.Name].Length);
        output.WriteLine($"  fits        the EMDC network with {state.Stages} stages, {parameters:N0} parameters");
        return CommandLine.Done;
    }

    /// <summary>Text from a file, as it may go to a terminal.</summary>
    private static string Plain(string text)
    {
        string plain = string.Concat(text.Take(LongestValue).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
        return text.Length > LongestValue ? $"{plain}…" : plain;
    }
}
