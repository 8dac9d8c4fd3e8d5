using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using EMDC.Training.Data;
using EMDC.Training.Run;

namespace EMDC.Cli.Commands;

/// <summary><c>emdc train</c>: adapts the network to frames of one's own, on the CPU.</summary>
internal sealed class TrainCommand
{
    private readonly Terminal _terminal;
    private readonly Option<string[]> _data = Paths("--data", "What to learn from: folders of EMDC.Scenes' shards and lists with lines 'rgb sparse gt'.");
    private readonly Option<string[]> _validate = Paths("--validate", "What to measure on, as --data; nothing is learnt from it.");
    private readonly Option<int> _frames = EngineOptions.Count("--validation-frames", 1, 100_000, 32, "How many frames of --validate, evenly spread.");
    private readonly Option<string?> _init = new("--init")
    {
        Description = "Weights to start from: safetensors or a checkpoint of PyTorch. Without it: weights/emdc.safetensors beside the program or in the repository.",
        HelpName = "FILE",
    };

    private readonly Option<string> _out = new("--out") { Description = "The run's folder, made where it is missing.", HelpName = "FOLDER", Required = true };
    private readonly Option<float?> _minutes = EngineOptions.Positive("--minutes", "M", "Length of the run, all its parts together.");
    private readonly Option<float?> _more = EngineOptions.Positive("--more", "M", "Length as so many minutes more than the run has done; with --resume and an equal --cool-down it ends a run well.");
    private readonly Option<int> _steps = EngineOptions.Count("--steps", 1, int.MaxValue, 0, "Length in steps instead, which gives the same bits every time.");
    private readonly Option<int> _warmUp = EngineOptions.Count("--warm-up", 0, int.MaxValue, -1, "Steps in which the rate rises; 300 without it, and at most a tenth of --steps.");
    private readonly Option<float?> _coolDown = NotNegative("--cool-down", "L", "Minutes (or steps) at the end in which the rate falls; 0: it never does. Without it: the whole run.");
    private readonly Option<bool> _resume = new("--resume") { Description = "Goes on with the run in --out." };
    private readonly Option<int> _threads = EngineOptions.Count("--threads", 0, 1024, 0, "Threads; 0 takes all processors. The result does not depend on them.");
    private readonly Option<Crop[]> _sizes = new("--sizes")
    {
        Description = "Sizes of the crops, each with its share of the batches; sides are multiples of 32.",
        HelpName = "HxW:SHARE,…",
        CustomParser = ParseSizes,
        DefaultValueFactory = _ => [.. Defaults.Crops],
    };

    private readonly Option<int> _pixels = EngineOptions.Count("--pixels", 1024, 1 << 28, Defaults.Pixels, "Pixels of a batch, all its crops together.");
    private readonly Option<int> _lanes = EngineOptions.Count("--lanes", 1, 256, Defaults.Lanes, "Sums of gradients that a batch is split into (21 MB each); as many threads have work. Another number gives other bits.");
    private readonly Option<float?> _ownSpots = Share("--own-spots", "Share of the samples that keep the spots of their frame, 0 to 1; the others are measured by sensors of all kinds. 0.15 without it; 0.7 adapts to one sensor.");
    private readonly Option<float?> _flatten = Share("--flatten", "Share of the samples whose relief is made flatter, 0 to 1: photographs have smaller steps at depth edges than EMDC.Scenes. 0.6 without it; 0 for recordings of one's own that are as they should be.");
    private readonly Option<string?> _optimiser = EngineOptions.OneOf(
        "--optimiser", "NAME", "muon for the kernels of dense convolutions and AdamW for all others, or adamw alone; muon without it.", "muon", "adamw");

    private readonly Option<float?> _rate = EngineOptions.Positive("--rate", "R", "The largest learning rate; 2.5e-4 without it.");
    private readonly Option<float?> _decay = NotNegative("--decay", "D", "Weight decay; 0.01 without it.");
    private readonly Option<float?> _clip = EngineOptions.Positive("--clip", "C", "Bound on the gradient's norm; 1 without it.");
    private readonly Option<float?> _average = Number("--average", "D", "Decay of the averaged weights per step; 0.998 without it.", number => number is >= 0 and < 1, "a number from 0 to below 1");
    private readonly Option<float?> _relative = NotNegative("--relative", "R", "Share of relative error in the loss; 0.7 without it.");
    private readonly Option<float?> _edges = NotNegative("--edges", "E", "Extra weight of pixels near depth edges; 1 without it.");
    private readonly Option<float?> _negative = NotNegative("--negative", "N", "Weight of depths below half of the nearest known one; 1 without it.");
    private readonly Option<float?> _measured = NotNegative("--measured", "M", "Weight of an extra term at measured pixels; 0 without it.");
    private readonly Option<float?> _logits = NotNegative("--logits", "Z", "Weight of the funnel's squared log-sums; 1e-4 without it.");
    private readonly Option<int> _seed = EngineOptions.Count("--seed", 0, int.MaxValue, 1, "Chooses samples and sizes.");
    private readonly Option<float?> _saveEvery = EngineOptions.Positive("--save-every", "M", "Minutes between two validations, after each of which the run is saved; 5 without it.");

    private readonly Option<bool> _profile = new("--profile") { Description = "Prints at the end where the time went, operator by operator." };

    private TrainCommand(Terminal terminal) => _terminal = terminal;

    private static TrainingOptions Defaults { get; } = new() { Data = [], Validate = [], Init = "", Out = "", Length = 0 };

    public static Command Create(Terminal terminal) => new TrainCommand(terminal).Command();

    private Command Command()
    {
        var command = new Command("train", "Adapts the network to frames of one's own, on the CPU.");
        foreach (Option option in new Option[]
        {
            _data, _validate, _frames, _init, _out, _minutes, _more, _steps, _warmUp, _coolDown, _resume, _threads, _sizes, _pixels, _lanes, _ownSpots, _flatten, _optimiser, _rate, _decay,
            _clip, _average, _relative, _edges, _negative, _measured, _logits, _seed, _saveEvery, _profile,
        })
        {
            command.Options.Add(option);
        }

        command.Validators.Add(Validate);
        command.SetAction(Run);
        return command;
    }

    private static Option<string[]> Paths(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "PATH…",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
    };

    /// <summary>An option that takes a number from 0 on.</summary>
    private static Option<float?> NotNegative(string name, string helpName, string description) =>
        Number(name, helpName, description, number => number >= 0, "a number from 0 on");

    private static Option<float?> Share(string name, string description) =>
        Number(name, "SHARE", description, number => number is >= 0 and <= 1, "a share from 0 to 1");

    private static Option<float?> Number(string name, string helpName, string description, Predicate<float> serves, string needed) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float number) && float.IsFinite(number) && serves(number))
            {
                return number;
            }

            result.AddError($"{name} is '{text}', but needs {needed}.");
            return null;
        },
    };

    private static Crop[] ParseSizes(ArgumentResult result)
    {
        var crops = new List<Crop>();
        foreach (string text in result.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            string[] parts = text.Split(':');
            string[] sides = parts[0].Split('x', '×');
            float share = 1;
            if (parts.Length > 2 || sides.Length != 2 || !IsSide(sides[0], out int height) || !IsSide(sides[1], out int width)
                || (parts.Length == 2 && !(float.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out share) && share > 0 && float.IsFinite(share))))
            {
                result.AddError($"--sizes has '{text}', but needs HEIGHTxWIDTH or HEIGHTxWIDTH:SHARE with sides that are multiples of {Crop.Multiple} up to 4096 and a share above 0, for example 96x128:2.");
                return [];
            }

            crops.Add(new Crop(height, width, share));
        }

        return [.. crops];
    }

    private static bool IsSide(string text, out int side) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out side) && side is >= Crop.Multiple and <= 4096 && side % Crop.Multiple == 0;

    private void Validate(CommandResult result)
    {
        if (new Option[] { _minutes, _more, _steps }.Count(option => result.GetResult(option) is { Implicit: false }) != 1)
        {
            result.AddError("The run needs one length: --minutes, --more or --steps.");
        }
    }

    private int Run(ParseResult parsed)
    {
        int steps = parsed.GetValue(_steps);
        AugmentationOptions augmentation = Defaults.Augmentation with { FlattenChance = parsed.GetValue(_flatten) ?? Defaults.Augmentation.FlattenChance };
        var options = new TrainingOptions
        {
            Data = parsed.GetValue(_data)!,
            Validate = parsed.GetValue(_validate)!,
            ValidationFrames = parsed.GetValue(_frames),
            Init = parsed.GetValue(_init) ?? WeightsLocator.Find(),
            Out = parsed.GetValue(_out)!,
            Length = steps > 0 ? steps : parsed.GetValue(_more) ?? parsed.GetValue(_minutes)!.Value,
            IsMore = parsed.GetValue(_more) is not null,
            IsInSteps = steps > 0,
            WarmUp = parsed.GetValue(_warmUp) is >= 0 and var warmUp ? warmUp : null,
            CoolDown = parsed.GetValue(_coolDown),
            Resume = parsed.GetValue(_resume),
            Threads = parsed.GetValue(_threads),
            Crops = parsed.GetValue(_sizes)!,
            Pixels = parsed.GetValue(_pixels),
            Lanes = parsed.GetValue(_lanes),
            UsesMuon = parsed.GetValue(_optimiser) is { } name ? name == "muon" : Defaults.UsesMuon,
            Rate = parsed.GetValue(_rate) ?? Defaults.Rate,
            Decay = parsed.GetValue(_decay) ?? Defaults.Decay,
            Clip = parsed.GetValue(_clip) ?? Defaults.Clip,
            Average = parsed.GetValue(_average) ?? Defaults.Average,
            Seed = (ulong)parsed.GetValue(_seed),
            SaveEvery = parsed.GetValue(_saveEvery) ?? Defaults.SaveEvery,
            Augmentation = parsed.GetValue(_ownSpots) is { } share ? augmentation.WithOwnSpots(share) : augmentation,
            Objective = new()
            {
                Relative = parsed.GetValue(_relative) ?? Defaults.Objective.Relative,
                Edges = parsed.GetValue(_edges) ?? Defaults.Objective.Edges,
                Negative = parsed.GetValue(_negative) ?? Defaults.Objective.Negative,
                Measured = parsed.GetValue(_measured) ?? Defaults.Objective.Measured,
                Logits = parsed.GetValue(_logits) ?? Defaults.Objective.Logits,
            },
        };
        OutputFile.MakeFolder(options.Out);
        if (!options.Resume && File.Exists(Path.Combine(options.Out, "resume.state")))
        {
            throw new UserError($"{options.Out}: there is a run in this folder; --resume goes on with it, another --out begins a new one.");
        }

        using var line = new StatusLine(_terminal.IsErrorRedirected ? null : _terminal.Error);
        var lockSay = new Lock();
        void Say(string sentence)
        {
            lock (lockSay) // bad frames are reported by the threads that draw samples
            {
                line.Clear();
                _terminal.Error.WriteLine(sentence);
            }
        }

        using ISampleSource source = Sources.Open(options.Data, options.Augmentation, Say);
        using var run = new TrainingRun(options, source, Sources.Validation(options.Validate, options.ValidationFrames), Say, text =>
        {
            lock (lockSay)
            {
                line.Show(text);
            }
        });
        bool isComplete = run.Go(_terminal.Interrupt);
        if (parsed.GetValue(_profile))
        {
            _terminal.Out.WriteLine(run.Profile());
        }

        return isComplete ? CommandLine.Done : CommandLine.Interrupted;
    }

    /// <summary>A line at the bottom of the terminal that is written over.</summary>
    private sealed class StatusLine(TextWriter? terminal) : IDisposable
    {
        private int _shown;

        public void Show(string text)
        {
            terminal?.Write($"\r{text.PadRight(_shown)}");
            _shown = text.Length;
        }

        public void Clear()
        {
            if (_shown > 0)
            {
                terminal?.Write($"\r{new string(' ', _shown)}\r");
                _shown = 0;
            }
        }

        public void Dispose() => Clear();
    }
}
