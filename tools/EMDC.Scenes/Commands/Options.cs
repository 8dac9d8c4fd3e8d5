using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using EMDC.Scenes.World;

namespace EMDC.Scenes.Commands;

/// <summary>Options that both commands have, and how their values are read.</summary>
internal sealed class Options
{
    public const int SmallestSide = 16, LargestSide = 4096;

    public Option<Family?> Family { get; } = new("--family")
    {
        Description = "Which world: rooms of train or of test, which share no layout and no pattern, or collages of photographs; train without it.",
        HelpName = "train|test|collage",
        CustomParser = result =>
        {
            switch (result.Tokens[0].Value)
            {
                case "train":
                    return World.Family.Train;
                case "test":
                    return World.Family.Test;
                case "collage":
                    return World.Family.Collage;
                default:
                    result.AddError($"--family is '{result.Tokens[0].Value}', but needs train, test or collage.");
                    return null;
            }
        },
    };

    public Option<ulong> Seed { get; } = new("--seed")
    {
        Description = "Chooses among endless sets of frames; frame i of a seed is always the same.",
        HelpName = "S",
        DefaultValueFactory = _ => 1,
        CustomParser = result =>
        {
            if (!ulong.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed))
            {
                result.AddError($"--seed is '{result.Tokens[0].Value}', but needs a whole number from 0 to {ulong.MaxValue}.");
            }

            return seed;
        },
    };

    public Option<int> Frames { get; } = Count("--frames", 1, 10_000_000, 100, "How many frames, or scenes where each is seen more than once.");

    public Option<string> Out { get; } = new("--out") { Description = "The folder to write to; it is made if it is missing.", HelpName = "DIR", Required = true };

    public Option<(int Height, int Width)?> Size { get; } = Sides("--size", "Size of the frames; 192x256 without it.");

    public Option<int> Threads { get; } = Count("--threads", 1, 1024, Environment.ProcessorCount, "How many frames are rendered at once; all processors without it.");

    public Option<string?> Sheet { get; } = new("--sheet")
    {
        Description = "Also writes a PNG of the first frames to look at: colour, depth, spots.",
        HelpName = "FILE",
    };

    public Option<string?> Photographs { get; } = new("--photos")
    {
        Description = "A folder of photographs: textures of the rooms of train, and what collages are made of.",
        HelpName = "DIR",
    };

    public static (int Height, int Width) UsualSize => (192, 256);

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { Family, Seed, Frames, Out, Size, Threads, Sheet, Photographs })
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            string? family = FamilyWord(result);
            bool hasPhotographs = result.GetResult(Photographs) is not null;
            if (family == "collage" && !hasPhotographs)
            {
                result.AddError("--family collage needs --photos, a folder of photographs.");
            }

            if (family == "test" && hasPhotographs)
            {
                result.AddError("--family test and --photos exclude each other: the rooms of test stay as they are.");
            }
        });
    }

    /// <summary>The family's word as it was written, because the value of an option that is wrong cannot be asked for.</summary>
    public string? FamilyWord(CommandResult result) => result.GetResult(Family)?.Tokens.FirstOrDefault()?.Value;

    /// <summary>An option that takes a whole number from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public static Option<int> Count(string name, int least, int most, int otherwise, string description) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => otherwise,
        CustomParser = result =>
        {
            if (!int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int value) || value < least || value > most)
            {
                result.AddError($"{name} is '{result.Tokens[0].Value}', but needs a whole number from {least} to {most}.");
            }

            return value;
        },
    };

    /// <summary>An option that takes a size.</summary>
    public static Option<(int Height, int Width)?> Sides(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "HxW",
        CustomParser = result =>
        {
            string[] sides = result.Tokens[0].Value.Split('x', '×');
            if (sides.Length == 2 && IsSide(sides[0], out int height) && IsSide(sides[1], out int width))
            {
                return (height, width);
            }

            result.AddError($"{name} is '{result.Tokens[0].Value}', but needs HEIGHTxWIDTH in pixels, {SmallestSide} to {LargestSide} each, for example 192x256.");
            return null;
        },
    };

    /// <summary>An option that takes a number from 0 to 1.</summary>
    public static Option<float> Share(string name, float otherwise, string description) => Number(name, "S", "a number", 0, 1, otherwise, description);

    /// <summary>An option that takes a number from <paramref name="least"/> to <paramref name="most"/>; <paramref name="what"/> it is stands in the message.</summary>
    public static Option<float> Number(string name, string helpName, string what, float least, float most, float otherwise, string description) => new(name)
    {
        Description = description,
        HelpName = helpName,
        DefaultValueFactory = _ => otherwise,
        CustomParser = result =>
        {
            if (!float.TryParse(result.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) || !(value >= least && value <= most))
            {
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} is '{result.Tokens[0].Value}', but needs {what} from {least} to {most}."));
            }

            return value;
        },
    };

    private static bool IsSide(string text, out int side) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out side) && side is >= SmallestSide and <= LargestSide;
}
