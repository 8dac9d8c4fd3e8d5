using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using EMDC.Cli.Evaluation;
using EMDC.Evaluation;

namespace EMDC.Cli.Commands;

/// <summary><c>emdc evaluate</c>: errors of the network and of classical methods on frames whose depth is known.</summary>
internal sealed class EvaluateCommand
{
    private const string All = "all", None = "none";

    private readonly Terminal _terminal;
    private readonly EngineOptions _engine = new();
    private readonly DepthOptions _reading = new();
    private readonly WorkingOptions _working = new();
    private readonly Option<string[]> _lists = new("--list")
    {
        Description = "A file with a line 'rgb sparse gt [scene]' for each frame, relative to the list; lines of one scene are frames of one static scene. Several lists become groups of rows, named by their folders.",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<string[]> _baselines = new("--baseline")
    {
        Description = $"What to compare with: {string.Join(", ", BaselineMethods.All.Select(baseline => baseline.Name))}, all (without it) or none; several separated by commas.",
        HelpName = "NAME",
        CustomParser = ParseBaselines,
        DefaultValueFactory = _ => [All],
    };

    private readonly Option<double[]> _densities = new("--density")
    {
        Description = "Instead of the sparse files, this many percent of the truth's pixels at random, with two holes, are the spots; several separated by commas become groups of rows.",
        HelpName = "PERCENT",
        CustomParser = ParseDensities,
    };

    private readonly Option<bool> _keepMeasured = new("--keep-measured") { Description = "Adds a row: the network's result with the measurements written over it." };
    private readonly Option<bool> _scenes = new("--scenes") { Description = "Adds a table with a row for each scene." };
    private readonly Option<bool> _json = new("--json") { Description = "Prints JSON and nothing else." };
    private readonly Option<string?> _perFrame = new("--per-frame") { Description = "Also writes a CSV with a line for each frame and method.", HelpName = "FILE.csv" };
    private readonly Option<string?> _sheet = new("--sheet")
    {
        Description = "Also writes a PNG to look at, a row a frame: colour, spots, truth, the best baseline, the network, the errors of both.",
        HelpName = "FILE.png",
    };

    private readonly Option<int> _rows = EngineOptions.Count("--rows", 1, 100, 4, "How many frames the sheet shows, evenly chosen.");
    private readonly Option<bool> _quiet = new("--quiet") { Description = "Shows neither progress nor notes." };

    private EvaluateCommand(Terminal terminal) => _terminal = terminal;

    public static Command Create(Terminal terminal) => new EvaluateCommand(terminal).Command();

    private Command Command()
    {
        var command = new Command("evaluate", "Errors of the network and of classical methods on frames whose depth is known.");
        foreach (Option option in new Option[] { _lists, _densities, _baselines, _keepMeasured, _scenes, _json, _perFrame, _sheet, _rows, _quiet })
        {
            command.Options.Add(option);
        }

        _reading.AddTo(command);
        _working.AddTo(command);
        _engine.AddTo(command);
        command.Validators.Add(Validate);
        command.SetAction(Run);
        return command;
    }

    private static string[] ParseBaselines(ArgumentResult result)
    {
        string[] known = [.. BaselineMethods.All.Select(baseline => baseline.Name)];
        string[] names = [.. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries)).Distinct()];
        if (names.FirstOrDefault(name => name is not (All or None) && !known.Contains(name)) is { } wrong)
        {
            result.AddError($"--baseline is '{wrong}', but needs {string.Join(", ", known)}, {All} or {None}.");
        }
        else if (names.Length > 1 && names.Contains(None))
        {
            result.AddError($"--baseline {None} excludes other baselines.");
        }

        return names;
    }

    private static double[] ParseDensities(ArgumentResult result)
    {
        var densities = new List<double>();
        foreach (string text in result.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            if (!double.TryParse(text.TrimEnd('%'), NumberStyles.Float, CultureInfo.InvariantCulture, out double percent) || !(percent is > 0 and <= 100))
            {
                result.AddError($"--density is '{text}', but needs percentages above 0 and up to 100, separated by commas.");
            }

            densities.Add(percent / 100);
        }

        return [.. densities];
    }

    private void Validate(CommandResult result)
    {
        if (result.GetResult(_rows) is { Implicit: false } && result.GetResult(_sheet) is null)
        {
            result.AddError("--rows is for the sheet and needs --sheet.");
        }

        var seen = new HashSet<string>();
        foreach (Token token in result.GetResult(_lists)?.Tokens ?? [])
        {
            if (token.Value.Length == 0)
            {
                result.AddError("--list is '', but needs a file.");
            }
            else if (!seen.Add(Path.GetFullPath(token.Value)))
            {
                result.AddError($"--list names {token.Value} twice.");
            }
        }
    }

    private int Run(ParseResult parsed)
    {
        string[] names = parsed.GetValue(_baselines)!;
        IBaseline[] baselines = [.. BaselineMethods.All.Where(baseline => names.Contains(All) || names.Contains(baseline.Name))];
        OutputFile.Check(parsed.GetValue(_perFrame), ".csv", "the table of frames");
        OutputFile.Check(parsed.GetValue(_sheet), ".png", "a sheet");
        IReadOnlyList<EvaluationSet> sets = EvaluationSet.Read(parsed.GetValue(_lists)!);
        if (parsed.GetValue(_densities) is { Length: > 0 } densities)
        {
            sets =
            [
                .. sets.SelectMany(set => densities.Select(density => set with
                {
                    Name = string.Create(CultureInfo.InvariantCulture, $"{(sets.Count > 1 ? set.Name + ", " : "")}{100 * density:0.###} %"),
                    Density = density,
                })),
            ];
        }

        string weights = _engine.Weights(parsed);
        var run = new RunFiles();
        run.Reads(weights, "--weights");
        foreach (EvaluationSet set in sets)
        {
            set.TellFiles(run);
        }

        run.Writes(parsed.GetValue(_perFrame), _perFrame.Name);
        run.Writes(parsed.GetValue(_sheet), _sheet.Name);
        int frames = sets.Sum(set => set.Lines.Count);
        EvaluationSheet? sheet = parsed.GetValue(_sheet) is { } path ? new EvaluationSheet(path, frames, parsed.GetValue(_rows)) : null;
        float maxDepth = _reading.MaxDepth(parsed);
        using var engine = Emdc.Load(weights, _working.Apply(parsed, _engine.Engine(parsed)) with { MaxDepth = maxDepth });
        var evaluator = new Evaluator(engine, baselines, parsed.GetValue(_keepMeasured), _reading.Reading(parsed), maxDepth, _terminal.Interrupt);
        var results = new List<SetResult>();
        bool isQuiet = parsed.GetValue(_quiet) || _terminal.IsErrorRedirected;
        using (var progress = new ProgressBar(isQuiet ? null : _terminal.Error, frames))
        {
            var notes = new NotesOnce(parsed.GetValue(_quiet) ? null : _terminal.Error, progress);
            int before = 0, count = 0;
            foreach (EvaluationSet set in sets)
            {
                results.Add(evaluator.Run(set, notes.Say, (number, frame, methods) =>
                {
                    sheet?.Add(before + number, frame, methods);
                    progress.Show(++count);
                }));
                before = count;
            }
        }

        sheet?.Write(results);
        if (parsed.GetValue(_perFrame) is { } csv)
        {
            EvaluationCsv.Write(csv, results);
        }

        Print(CompletionLine.Device(engine.Device), weights, results, parsed.GetValue(_json), parsed.GetValue(_scenes));
        return CommandLine.Done;
    }

    private void Print(string device, string weights, List<SetResult> results, bool isJson, bool hasScenes)
    {
        TextWriter output = _terminal.Out;
        if (isJson)
        {
            Json.Write(output, EvaluationJson.Of(device, weights, results));
            return;
        }

        output.WriteLine($"{device}, {weights}");
        foreach (SetResult result in results)
        {
            string scenes = result.Methods[0].Summary().StaticScenes is > 0 and var count ? $", {Count(count, "static scene")}" : "";
            string shifted = result.Shifted > 0 ? $"; colours beside the depth in {result.Shifted}" : "";
            output.WriteLine($"{result.Set.List}: {Count(result.Set.Lines.Count, "frame")} of {result.Spots:F0} spots on average{scenes}{shifted}");
        }

        output.WriteLine();
        if (hasScenes)
        {
            EvaluationTable.WriteScenes(output, results);
        }

        EvaluationTable.Write(output, results);

        static string Count(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";
    }
}
