using System.CommandLine;
using System.CommandLine.Parsing;
using EMDC.Scenes.Output;
using EMDC.Scenes.Photographs;
using EMDC.Scenes.Sensor;
using EMDC.Scenes.World;

namespace EMDC.Scenes.Commands;

/// <summary><c>frames</c>: frames as image files with a list, for evaluations and to look at.</summary>
internal sealed class FramesCommand
{
    private const SpotEffects Usual = SpotEffects.Noise | SpotEffects.Jitter | SpotEffects.Dark;

    private static readonly (string Name, SpotEffects Effect)[] EffectNames =
    [
        ("noise", SpotEffects.Noise), ("jitter", SpotEffects.Jitter), ("cut", SpotEffects.Cut), ("dropout", SpotEffects.Dropout),
        ("dark", SpotEffects.Dark), ("multipath", SpotEffects.Multipath), ("window", SpotEffects.Window),
    ];

    private readonly Terminal _terminal;
    private readonly Options _options = new();
    private readonly Option<int> _static = Options.Count("--static", 1, 10_000, 1, "Takes every scene so many times with independent noise of both sensors.");
    private readonly Option<int> _sequence = Options.Count("--sequence", 1, 10_000, 1, "Moves the camera through every scene for so many frames.");
    private readonly Option<int> _spots = Options.Count("--spots", 10, 100_000, 800, "Spots in the field of view, before surfaces lose any.");

    private readonly Option<SpotPattern?> _pattern = new("--pattern")
    {
        Description = "How spots lie: grid (staggered, with pincushion distortion) or random; grid without it.",
        HelpName = "grid|random",
        CustomParser = result =>
        {
            switch (result.Tokens[0].Value)
            {
                case "grid":
                    return SpotPattern.Grid;
                case "random":
                    return SpotPattern.Random;
                default:
                    result.AddError($"--pattern is '{result.Tokens[0].Value}', but needs grid or random.");
                    return null;
            }
        },
    };

    private readonly Option<SpotEffects?> _effects = new("--effects")
    {
        Description = "Faults of the depth sensor, separated by commas: noise, jitter, cut, dropout, dark, multipath, window; none or all. noise,jitter,dark without it.",
        HelpName = "LIST",
        CustomParser = ParseEffects,
    };

    private readonly Option<bool> _window = new("--window") { Description = "Adds a rectangle in which nothing comes back." };
    private readonly Option<bool> _mix = new("--mix") { Description = "Draws spots and faults for every scene as for training." };

    private readonly Option<float> _beside = Options.Number(
        "--beside", "M", "a number of metres", -0.1f, 0.1f, 0,
        "The colours are taken by a camera that stands so many metres to the right of the depth sensor (-0.1 to 0.1), and nothing makes up for it: parallax.");

    private FramesCommand(Terminal terminal) => _terminal = terminal;

    public static Command Create(Terminal terminal) => new FramesCommand(terminal).Command();

    private Command Command()
    {
        var command = new Command("frames", "Writes frames as files: NAME_rgb.png, NAME_sparse.exr, NAME_depth.exr and a data.list. The same seed gives the same colours and depths whatever the spots are.");
        _options.AddTo(command);
        foreach (Option option in new Option[] { _static, _sequence, _spots, _pattern, _effects, _window, _mix, _beside })
        {
            command.Options.Add(option);
        }

        command.Validators.Add(Validate);
        command.SetAction(Run);
        return command;
    }

    private void Validate(CommandResult result)
    {
        bool Given(Option option) => result.GetResult(option) is { Implicit: false };
        if (Given(_static) && Given(_sequence))
        {
            result.AddError("--static and --sequence exclude each other.");
        }

        if (Given(_beside) && _options.FamilyWord(result) == "collage")
        {
            result.AddError("--family collage and --beside exclude each other: a collage is seen from one place.");
        }

        if (Given(_mix) && new Option[] { _spots, _pattern, _effects, _window }.FirstOrDefault(Given) is { } other)
        {
            result.AddError($"--mix and {other.Name} exclude each other.");
        }
    }

    private int Run(ParseResult parsed)
    {
        string folder = Path.GetFullPath(parsed.GetValue(_options.Out)!);
        (int height, int width) = parsed.GetValue(_options.Size) ?? Options.UsualSize;
        int still = parsed.GetValue(_static), moving = parsed.GetValue(_sequence);
        SpotEffects effects = (parsed.GetValue(_effects) ?? Usual) | (parsed.GetValue(_window) ? SpotEffects.Window : 0);
        var set = new FrameSet(parsed.GetValue(_options.Family) ?? Family.Train, parsed.GetValue(_options.Seed), parsed.GetValue(_options.Frames), height, width)
        {
            Photographs = parsed.GetValue(_options.Photographs) is { } photos ? PhotoLibrary.Read(photos) : null,
            Shots = Math.Max(still, moving),
            IsMoving = moving > 1,
            Beside = parsed.GetValue(_beside),
            Sensor = parsed.GetValue(_mix) ? null : new SensorKind(parsed.GetValue(_pattern) ?? SpotPattern.Grid, parsed.GetValue(_spots), effects),
        };
        OutputFolder.Make(folder);
        if (parsed.GetValue(_options.Sheet) is { } sheet)
        {
            Sheet.Write(sheet, set);
        }

        FrameFiles.Write(set, folder, parsed.GetValue(_options.Threads), _terminal.Interrupt);
        _terminal.Out.WriteLine($"{set.Count} frames of {set.Scenes} scenes: {Path.Combine(folder, FrameFiles.ListName)}");
        return CommandLine.Done;
    }

    private static SpotEffects? ParseEffects(ArgumentResult result)
    {
        SpotEffects effects = SpotEffects.None;
        foreach (string word in result.Tokens[0].Value.Split(',', StringSplitOptions.TrimEntries))
        {
            if (word is "all")
            {
                effects = EffectNames.Aggregate(effects, (sum, next) => sum | next.Effect);
            }
            else if (EffectNames.FirstOrDefault(known => known.Name == word) is { Name: not null } found)
            {
                effects |= found.Effect;
            }
            else if (word is not "none")
            {
                result.AddError($"--effects has '{word}', but knows {string.Join(", ", EffectNames.Select(known => known.Name))}, none and all.");
            }
        }

        return effects;
    }
}
