using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Serialization;
using EMDC.Operators;

namespace EMDC.Cli.Commands;

/// <summary><c>emdc profile</c>: where a frame's time goes.</summary>
internal static class ProfileCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("profile", "Times each operator of the network on a synthetic frame.");
        Option<string?> by = EngineOptions.OneOf(
            "--by", "operator|layer", "A line per operator (costliest first; without it) or per layer (in the order they run).", "operator", "layer");
        var options = new TimingOptions(isWhole: false);
        options.AddTo(command);
        command.Options.Add(by);
        command.SetAction(parsed => Run(parsed, options, parsed.GetValue(by) == "layer", terminal));
        return command;
    }

    private static int Run(ParseResult parsed, TimingOptions options, bool byLayer, Terminal terminal)
    {
        using TimedFrame frame = options.Open(parsed, terminal.Interrupt);
        for (int i = 0; i < options.Warmup(parsed); i++)
        {
            frame.Profile();
        }

        foreach (PlannedOperator op in frame.Engine.Plan)
        {
            op.Ticks = 0;
        }

        int runs = options.Runs(parsed);
        for (int i = 0; i < runs; i++)
        {
            frame.Profile();
        }

        double? ceiling = frame.Ceiling();
        Line[] all = [.. frame.Engine.Plan.Select(op =>
            new Line(op.Operator, op.Layer, op.Shape, 1, op.Ticks * 1000.0 / Stopwatch.Frequency / runs, op.Macs, op.Bytes))];
        Line[] lines = byLayer
            ? all
            : [.. all.GroupBy(line => line.Operator).Select(group => Sum(group.Key, group)).OrderByDescending(line => line.Milliseconds)];
        Line total = Sum("total", all);
        if (options.IsJson(parsed))
        {
            Json.Write(terminal.Out, Results(frame, runs, ceiling, lines, total));
        }
        else
        {
            WriteTable(terminal.Out, frame, runs, ceiling, lines, total);
        }

        return CommandLine.Done;
    }

    private static Line Sum(string name, IEnumerable<Line> lines)
    {
        Line[] all = [.. lines];
        return new Line(
            name, "", "", all.Sum(line => line.Calls), all.Sum(line => line.Milliseconds), all.Sum(line => line.Macs), all.Sum(line => line.Bytes));
    }

    private static void WriteTable(TextWriter output, TimedFrame frame, int runs, double? ceiling, Line[] lines, Line total)
    {
        // Without the waiting, a GPU's times would be those of launching.
        string measured = ceiling is null ? "each operator waited for" : $"ceiling {ceiling:F0} GFLOP/s of bare multiply-adds";
        output.WriteLine($"{CompletionLine.Device(frame.Engine.Device)}, {frame.Height}×{frame.Width}, averages of {runs} runs, {measured}");
        int names = Math.Max("operator".Length, lines.Max(line => line.Operator.Length));
        int layers = lines.Max(line => line.Layer.Length);
        int shapes = lines.Max(line => line.Shape.Length);
        string Cells(string name, string layer, string shape) =>
            name.PadRight(names) + (layers == 0 ? "" : $"  {layer.PadRight(layers)}  {shape.PadRight(shapes)}");
        string Share(Line line) => ceiling is null ? "" : $"  {100 * line.Gflops / ceiling,9:F1}";
        output.WriteLine($"{Cells("operator", "layer", "shape")}  calls        ms  GFLOP/s   GB/s{(ceiling is null ? "" : "  % ceiling")}  % frame");
        foreach (Line line in lines.Append(total))
        {
            output.WriteLine(
                $"{Cells(line.Operator, line.Layer, line.Shape)}  {line.Calls,5}  {line.Milliseconds,8:F3}  {line.Gflops,7:F1}  {line.GigabytesPerSecond,5:F1}" +
                $"{Share(line)}  {100 * line.Milliseconds / total.Milliseconds,7:F1}");
        }
    }

    private static ProfileJson Results(TimedFrame frame, int runs, double? ceiling, Line[] lines, Line total)
    {
        return new ProfileJson(
            CompletionLine.Device(frame.Engine.Device), frame.Threads, frame.Height, frame.Width, runs, Json.Measured(ceiling),
            [.. lines.Select(line => Row(line, line.Operator))], Row(total, null));

        ProfileJson.Row Row(Line line, string? name)
        {
            bool isLayer = line.Shape.Length > 0;
            return new ProfileJson.Row(
                name, isLayer ? line.Layer : null, isLayer ? line.Shape : null, line.Calls, Json.Measured(line.Milliseconds), line.Macs, line.Bytes,
                Json.Measured(line.Gflops), Json.Measured(line.GigabytesPerSecond),
                Json.Measured(100 * line.Gflops / ceiling), Json.Measured(100 * line.Milliseconds / total.Milliseconds));
        }
    }

    /// <summary>A row: the calls and the milliseconds of one frame.</summary>
    private sealed record Line(string Operator, string Layer, string Shape, int Calls, double Milliseconds, long Macs, long Bytes)
    {
        public double Gflops => Milliseconds > 0 ? 2 * Macs / Milliseconds / 1e6 : 0;

        public double GigabytesPerSecond => Milliseconds > 0 ? Bytes / Milliseconds / 1e6 : 0;
    }
}

/// <summary>What <c>profile --json</c> prints.</summary>
internal sealed record ProfileJson(
    string Device, int? Threads, int Height, int Width, int Runs, double? CeilingGflops, ProfileJson.Row[] Operators, ProfileJson.Row Total)
{
    /// <summary>An operator, a layer or all together; what does not apply is left out.</summary>
    public sealed record Row(
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Operator,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Layer,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Shape,
        int Calls, double? Ms, long Macs, long Bytes, double? Gflops, double? GbytesPerS, double? PercentOfCeiling, double? PercentOfFrame);
}
