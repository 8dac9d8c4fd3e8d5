using System.CommandLine;
using EMDC.Cli.Evaluation;
using EMDC.Cli.Uncertainties;
using EMDC.Imaging;
using EMDC.Weights;

namespace EMDC.Cli.Commands;

/// <summary><c>emdc uncertainty</c>: fits the coefficients of the uncertainty to weights of one's own.</summary>
internal sealed class UncertaintyCommand
{
    // Of whole frames; with fewer pixels five coefficients say more about the noise than about the network.
    private const int LeastPixels = 1000;

    private readonly Terminal _terminal;
    private readonly EngineOptions _engine = new();
    private readonly DepthOptions _reading = new();
    private readonly Option<string> _list = new("--list")
    {
        Description = "What to fit on: a file with a line 'rgb sparse gt' for each frame, relative to the list; frames that the weights were not trained on.",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<string[]> _measure = new("--measure")
    {
        Description = "Lists of other frames, on which it is only measured how good the uncertainty is.",
        HelpName = "FILE",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    private readonly Option<bool> _quiet = new("--quiet") { Description = "Shows neither progress nor notes." };

    private UncertaintyCommand(Terminal terminal) => _terminal = terminal;

    public static Command Create(Terminal terminal) => new UncertaintyCommand(terminal).Command();

    private Command Command()
    {
        var command = new Command("uncertainty", "Fits the coefficients of --uncertainty to weights, puts them into their file, and tells how good they are.");
        foreach (Option option in new Option[] { _list, _measure, _quiet })
        {
            command.Options.Add(option);
        }

        _reading.AddTo(command);
        _engine.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_engine.WeightsFile) is null)
            {
                result.AddError($"uncertainty needs {_engine.WeightsFile.Name}, the file that the coefficients are put into.");
            }
        });
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string weights = _engine.Weights(parsed);
        string[] lists = [parsed.GetValue(_list)!, .. parsed.GetValue(_measure)!];
        IReadOnlyList<EvaluationSet> sets = EvaluationSet.Read(lists);
        SafetensorsFile file = SafetensorsFile.Read(weights);
        DepthReadOptions reading = _reading.Reading(parsed);
        float maxDepth = _reading.MaxDepth(parsed);
        var samples = new List<Samples>();
        using (var engine = Emdc.Load(StateDict.From(file, weights), _engine.Engine(parsed) with { MaxDepth = maxDepth }))
        {
            bool isQuiet = parsed.GetValue(_quiet);
            using var progress = new ProgressBar(isQuiet || _terminal.IsErrorRedirected ? null : _terminal.Error, sets.Sum(set => set.Lines.Count));
            var notes = new NotesOnce(isQuiet ? null : _terminal.Error, progress);
            int done = 0;
            foreach (EvaluationSet set in sets)
            {
                samples.Add(new Samples(engine, maxDepth));
                foreach (DataLine line in set.Lines)
                {
                    _terminal.Interrupt.ThrowIfCancellationRequested();
                    try
                    {
                        samples[^1].Add(EvaluationFrame.Read(set, line, reading, maxDepth, notes.Say));
                    }
                    catch (Exception error) when (CommandLine.IsExpected(error))
                    {
                        throw new UserError($"{set.List}:{line.Number}: {CommandLine.Describe(error)}", error);
                    }

                    progress.Show(++done);
                }

                if (samples[^1].Errors.Count < LeastPixels)
                {
                    throw new UserError($"{set.List}: {samples[^1].Errors.Count} pixels with a known truth were drawn, but {LeastPixels} are needed; the frames have too little ground truth.");
                }
            }
        }

        float[] b = Fit.Run(samples[0]);
        if (!b.All(float.IsFinite))
        {
            throw new UserError($"{sets[0].List}: no finite coefficients fit these frames, so {weights} stays as it is.");
        }

        // The tensors stay as they are.
        SafetensorsWriter.Write(weights, file.Tensors, new Dictionary<string, string>(file.Metadata) { [UncertaintyCoefficients.Key] = UncertaintyCoefficients.Text(b) });
        _terminal.Out.WriteLine($"{weights}: {UncertaintyCoefficients.Key} is now {UncertaintyCoefficients.Text(b)}");
        _terminal.Out.WriteLine();
        _terminal.Out.WriteLine(Quality.Head);
        foreach (var (set, of) in sets.Zip(samples))
        {
            _terminal.Out.WriteLine(Quality.Row(of == samples[0] ? "fitted on" : set.Name, of, b));
        }

        return CommandLine.Done;
    }
}
