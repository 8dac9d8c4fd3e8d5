using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using EMDC.Imaging;

namespace EMDC.Cli.Commands;

/// <summary><c>emdc register</c>: by how many pixels a rig's colours lie beside its depth.</summary>
internal sealed class RegisterCommand
{
    // About as many shifts as are tried.
    private const int Usual = 60;

    private readonly Terminal _terminal;
    private readonly EngineOptions _engine = new();
    private readonly DepthOptions _reading = new();
    private readonly AlignmentOptions _alignment = new();
    private readonly Option<string?> _rgb = new("--rgb") { Description = "The colour frame, where there is only one.", HelpName = "FILE" };
    private readonly Option<string?> _depth = new("--depth") { Description = "Its sparse depth of the same size.", HelpName = "FILE" };
    private readonly Option<string?> _list = new("--list")
    {
        Description = "Instead of --rgb and --depth: a file with a line 'rgb sparse [gt [scene]]' for each frame, relative to the list; no truth is looked at.",
        HelpName = "FILE",
    };

    private readonly Option<int> _frames = EngineOptions.Count("--frames", 1, 1000, 10, "How many frames of a list are taken, evenly chosen; all of shorter lists.");
    private readonly Option<bool> _quiet = new("--quiet") { Description = "Prints nothing but the option and errors." };

    private RegisterCommand(Terminal terminal) => _terminal = terminal;

    public static Command Create(Terminal terminal) => new RegisterCommand(terminal).Command();

    private Command Command()
    {
        var command = new Command("register", "By how many pixels a rig's colours lie beside its depth, from frames without truth; prints the option for the other commands.");
        foreach (Option option in new Option[] { _rgb, _depth, _list, _frames, _quiet })
        {
            command.Options.Add(option);
        }

        _reading.AddTo(command);
        _alignment.AddTo(command);
        _engine.AddTo(command);
        command.Validators.Add(Validate);
        command.SetAction(Run);
        return command;
    }

    private void Validate(CommandResult result)
    {
        bool Given(Option option) => result.GetResult(option) is { Implicit: false };
        if (Given(_list))
        {
            if (new Option[] { _rgb, _depth, _alignment.Points }.FirstOrDefault(Given) is { } other)
            {
                result.AddError($"{_list.Name} and {other.Name} exclude each other.");
            }
        }
        else if (Given(_frames))
        {
            result.AddError($"{_frames.Name} is for lists of frames and needs --list.");
        }
        else if (Given(_depth) && Given(_alignment.Points))
        {
            result.AddError($"{_alignment.Points.Name} and {_depth.Name} exclude each other.");
        }
        else if (!Given(_rgb) || !(Given(_depth) || Given(_alignment.Points)))
        {
            result.AddError($"register needs {_list.Name}, or {_rgb.Name} and {_depth.Name}.");
        }
    }

    private int Run(ParseResult parsed)
    {
        bool isQuiet = parsed.GetValue(_quiet);
        string weights = _engine.Weights(parsed);
        DepthReadOptions reading = _reading.Reading(parsed);
        using var progress = new ProgressBar(isQuiet || _terminal.IsErrorRedirected ? null : _terminal.Error, Usual);
        var notes = new NotesOnce(isQuiet ? null : _terminal.Error, progress);
        Alignment alignment = _alignment.Alignment(parsed, new RunFiles(), notes.Say);
        var frames = Frames(parsed);
        using var rig = RigRegistration.Load(weights, _engine.Engine(parsed) with { MaxDepth = _reading.MaxDepth(parsed) });
        foreach (var (where, rgbPath, depthPath) in frames)
        {
            _terminal.Interrupt.ThrowIfCancellationRequested();
            try
            {
                var (rgb, sparse) = alignment.ReadFrame(rgbPath, depthPath, reading, note => notes.Say(depthPath, note));
                rig.Add(rgb.Pixels, sparse.Metres, rgb.Height, rgb.Width);
            }
            catch (Exception error) when (error is EmdcException || (where.Length > 0 && CommandLine.IsExpected(error)))
            {
                throw new UserError($"{(where.Length > 0 ? where : depthPath)}: {error.Message}", error);
            }
        }

        RegistrationEvidence found = rig.Find(tried => progress.Show(Math.Min(tried, Usual)), _terminal.Interrupt);
        progress.Clear();
        string beside = $"{found.Best.Down},{found.Best.Right}";
        string told = string.Create(CultureInfo.InvariantCulture,
            $"{frames.Count} {(frames.Count == 1 ? "frame" : "frames")}, {found.Spots} spots kept from the network: their error is {found.ErrorAsTheyAre:P2} with the colours as they are");
        string best = string.Create(CultureInfo.InvariantCulture, $"{found.Error:P2} with the best of {found.Tried} shifts, {beside} (down, right)");
        if (!found.IsInside)
        {
            throw new UserError($"{told} and {best}, which is the largest that was tried: the colours lie further off than {RigRegistration.Reach - 1} pixels, or turned, scaled or in parallax, and need a calibration.");
        }

        if (!isQuiet)
        {
            _terminal.Error.WriteLine(
                found.Best == PixelShift.None ? $"{told}, and with none of {found.Tried} shifts less."
                : string.Create(CultureInfo.InvariantCulture, $"{told} and {best}, {found.StandardErrors:F1} standard errors less{(found.IsEvident ? "." : ", which may be chance, so no option is printed; more frames tell more.")}"));
        }

        // Where nothing is evident the other commands go on searching in every frame, which naming 0,0 would end.
        if (found.IsEvident || found.Best == PixelShift.None)
        {
            _terminal.Out.WriteLine($"--registration {beside}");
        }

        return CommandLine.Done;
    }

    /// <summary>Where each frame is named, in a list or not at all, and its files.</summary>
    private List<(string Where, string Rgb, string Depth)> Frames(ParseResult parsed)
    {
        if (parsed.GetValue(_list) is not { } list)
        {
            return [("", parsed.GetValue(_rgb)!, parsed.GetValue(_depth) ?? parsed.GetValue(_alignment.Points)!)];
        }

        string root = Path.GetDirectoryName(Path.GetFullPath(list))!;
        List<DataLine> lines = DataList.Read(list);
        int count = Math.Min(lines.Count, parsed.GetValue(_frames));
        return
        [
            .. Enumerable.Range(0, count).Select(i => lines[(int)((long)i * lines.Count / count)])
                .Select(line => ($"{list}:{line.Number}", Path.GetFullPath(line.Rgb, root), Path.GetFullPath(line.Depth, root))),
        ];
    }
}
