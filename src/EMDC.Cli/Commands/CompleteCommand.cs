using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using EMDC.Imaging;

namespace EMDC.Cli.Commands;

/// <summary><c>emdc complete</c>: dense depth for one frame or for a list of frames.</summary>
internal sealed class CompleteCommand
{
    private readonly Terminal _terminal;
    private readonly EngineOptions _engine = new();
    private readonly Option<string?> _rgb = File("--rgb", "The colour frame: PNG, JPEG, WebP, TIFF, BMP, GIF, PPM or PGM.");
    private readonly Option<string?> _depth = File("--depth", "The sparse depth of the same size: EXR, NPY, PFM, PNG, PGM or BIN; 0 where nothing was measured.");
    private readonly Option<string?> _output = File("--output", "The dense depth: .exr, .npy, .pfm or .bin (metres), .png or .pgm (16 bit, in units of the scale).");
    private readonly Option<string?> _global = File("--global", "Also writes the global branch's depth.");
    private readonly Option<string?> _local = File("--local", "Also writes the local branch's depth.");
    private readonly Option<string?> _confidence = File("--confidence", "Also writes the confidence in the local branch (.png and .pgm in thousandths).");
    private readonly Option<string?> _preview = File("--preview", "Also writes a PNG to look at: colour, spots and dense depth side by side.");
    private readonly Option<string?> _list = File("--list", "Instead of --rgb and --depth: a file with a line 'rgb sparse [gt [scene]]' for each frame, relative to the list.");
    private readonly Option<string?> _outputDir = new("--output-dir")
    {
        Description = "Where the results of a list go, under the colour frames' names.",
        HelpName = "DIR",
    };

    private readonly Option<string?> _outputFormat = EngineOptions.OneOf(
        "--output-format", "FORMAT", "The format of a list's results: exr, npy, pfm or png; exr without it.", "exr", "npy", "pfm", "png");

    private readonly Option<bool> _skipExisting = new("--skip-existing") { Description = "Leaves out frames of a list whose result is there." };

    private readonly Option<(int Number, int Of)?> _shard = new("--shard")
    {
        Description = "One of several shares of a list, for as many processes or machines: 3/16 is its third frame and every sixteenth after it.",
        HelpName = "K/N",
        CustomParser = result =>
        {
            string[] words = result.Tokens[0].Value.Split('/');
            if (words.Length == 2 && int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int of) && number >= 1 && number <= of)
            {
                return (number, of);
            }

            result.AddError($"--shard is '{result.Tokens[0].Value}', but needs K/N with K from 1 to N, for example 3/16.");
            return null;
        },
    };

    private readonly Option<string?> _report = new("--report") { Description = "Also writes a summary of a list: done, skipped, failed with reason, time a frame.", HelpName = "FILE.json" };
    private readonly DepthOptions _reading = new();
    private readonly AlignmentOptions _alignment = new();
    private readonly CloudOptions _clouds = new();
    private readonly WorkingOptions _working = new();
    private readonly Option<bool> _keepMeasured = new("--keep-measured") { Description = "Writes the measurements over the network's estimate." };
    private readonly Option<bool> _quiet = new("--quiet") { Description = "Prints nothing but errors." };

    private CompleteCommand(Terminal terminal) => _terminal = terminal;

    public static Command Create(Terminal terminal) => new CompleteCommand(terminal).Command();

    private Command Command()
    {
        var command = new Command("complete", "Dense depth from an RGB frame and sparse depth, or for a list of frames.");
        Option[] options =
        [
            _rgb, _depth, _output, _preview, _global, _local, _confidence, _list, _outputDir, _outputFormat, _skipExisting, _shard, _report, _keepMeasured, _quiet,
        ];
        foreach (Option option in options)
        {
            command.Options.Add(option);
        }

        _reading.AddTo(command);
        _alignment.AddTo(command);
        _clouds.AddTo(command);
        _working.AddTo(command);
        _engine.AddTo(command);
        command.Validators.Add(Validate);
        command.SetAction(Run);
        return command;
    }

    private static Option<string?> File(string name, string description) => new(name) { Description = description, HelpName = "FILE" };

    /// <summary>What can be said about the options without looking at files.</summary>
    private void Validate(CommandResult result)
    {
        bool Given(Option option) => result.GetResult(option) is { Implicit: false };
        void Exclude(Option one, IEnumerable<Option> others)
        {
            if (Given(one) && others.FirstOrDefault(Given) is { } other)
            {
                result.AddError($"{one.Name} and {other.Name} exclude each other.");
            }
        }

        if (Given(_list))
        {
            Exclude(_list, [_rgb, _depth, _alignment.Points, _output, _preview, _global, _local, _confidence, .. _clouds.Outputs]);
            Need("--list", [_outputDir]);
        }
        else if (new Option[] { _outputDir, _outputFormat, _skipExisting, _shard, _report }.FirstOrDefault(Given) is { } forLists)
        {
            result.AddError($"{forLists.Name} is for lists of frames and needs --list.");
        }
        else
        {
            Exclude(_alignment.Points, [_depth]);
            Need("complete", [_rgb, Given(_alignment.Points) ? _alignment.Points : _depth, _output]);
        }

        void Need(string who, Option[] needed)
        {
            if (needed.Where(option => !Given(option)).Select(option => option.Name).ToArray() is { Length: > 0 } missing)
            {
                result.AddError($"{who} needs {string.Join(", ", missing)}.");
            }
        }
    }

    private int Run(ParseResult parsed)
    {
        bool quiet = parsed.GetValue(_quiet);
        DepthReadOptions reading = _reading.Reading(parsed);
        EmdcOptions options = _working.Apply(parsed, _engine.Engine(parsed)) with
        {
            MaxDepth = _reading.MaxDepth(parsed),
            KeepMeasured = parsed.GetValue(_keepMeasured),
        };
        return parsed.GetValue(_list) is { } list ? RunList(parsed, list, reading, options, quiet) : RunOne(parsed, reading, options, quiet);
    }

    private int RunOne(ParseResult parsed, DepthReadOptions reading, EmdcOptions options, bool quiet)
    {
        var files = new FrameFiles(parsed.GetValue(_rgb)!, parsed.GetValue(_depth) ?? parsed.GetValue(_alignment.Points)!, parsed.GetValue(_output)!)
        {
            Global = parsed.GetValue(_global),
            Local = parsed.GetValue(_local),
            Confidence = parsed.GetValue(_confidence),
            Preview = parsed.GetValue(_preview),
        };
        string weights = _engine.Weights(parsed);
        var run = new RunFiles();
        run.Reads(weights, "--weights");
        foreach (Option<string?> input in new[] { _rgb, _depth, _alignment.Points })
        {
            run.Reads(parsed.GetValue(input), input.Name);
        }

        foreach (Option<string?> output in (Option<string?>[])[_output, _global, _local, _confidence, _preview, .. _clouds.Outputs])
        {
            run.Writes(parsed.GetValue(output), output.Name);
        }

        foreach (string? path in new[] { files.Output, files.Global, files.Local, files.Confidence })
        {
            OutputFile.CheckDepth(path);
        }

        OutputFile.CheckPreview(files.Preview);
        Alignment alignment = _alignment.Alignment(parsed, run, Noting(quiet));
        run.Reads(alignment.ConfidenceOf(files.Depth), "--depth-confidence");
        files = _clouds.Files(parsed, files, alignment);
        using var engine = Emdc.Load(weights, options);
        CloudOptions.Check(files, engine, weights);
        var completer = new FrameCompleter(engine, reading, options.MaxDepth, _terminal.Interrupt) { Alignment = alignment, SearchesRegistration = options.Registration is null };
        LoadedFrame frame = completer.Read(files, Noting(quiet));
        completer.Submit(frame);
        FrameResult result = completer.Finish(frame);
        if (!quiet)
        {
            _terminal.Out.WriteLine(CompletionLine.Of(engine, result));
        }

        return CommandLine.Done;
    }

    private int RunList(ParseResult parsed, string list, DepthReadOptions reading, EmdcOptions options, bool quiet)
    {
        string folder = parsed.GetValue(_outputDir)!;
        var batch = new Batch(list, folder, $".{parsed.GetValue(_outputFormat) ?? "exr"}", parsed.GetValue(_skipExisting))
        {
            Shard = parsed.GetValue(_shard) ?? (1, 1),
            Report = parsed.GetValue(_report),
        };
        OutputFile.Check(batch.Report, ".json", "the summary");
        string weights = _engine.Weights(parsed);
        var run = new RunFiles();
        run.Reads(weights, "--weights");
        List<(int Line, FrameFiles Files)> frames = batch.Frames(run);
        OutputFile.MakeFolder(folder);
        Alignment alignment = _alignment.Alignment(parsed, run, Noting(quiet));
        foreach (var (line, files) in frames)
        {
            run.Reads(alignment.ConfidenceOf(files.Depth), $"{list}:{line}");
        }

        using var engine = Emdc.Load(weights, options);
        var completer = new FrameCompleter(engine, reading, options.MaxDepth, _terminal.Interrupt) { Alignment = alignment, SearchesRegistration = options.Registration is null };
        return batch.Run(frames, completer, engine, weights, _terminal, quiet);
    }

    private Action<string> Noting(bool quiet) => note =>
    {
        if (!quiet)
        {
            _terminal.Error.WriteLine($"note: {note}");
        }
    };
}
