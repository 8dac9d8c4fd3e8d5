using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using EMDC.Geometry;

namespace EMDC.Cli;

/// <summary>The options for measurements that are no depth map, and for those that a sensor is not sure of.</summary>
internal sealed class SensorOptions
{
    private readonly Option<string?> _format = EngineOptions.OneOf(
        "--points-format", "WHAT",
        "What points are: xyz (metres in the sensor's frame), uvd (column, row, depth) or velodyne (KITTI's .bin). In a list: its second column names points.",
        "xyz", "uvd", "velodyne");

    private readonly Option<(int Rows, int Columns)?> _zones = new("--zones")
    {
        Description = "The depth file holds this many zones of a multizone sensor (VL53L5CX), row by row: text or NPY, perhaps with a status.",
        HelpName = "8x8",
        CustomParser = result => Pair(result, "--zones", 1, 256, whole: true) is var (rows, columns) ? ((int)rows, (int)columns) : null,
    };

    private readonly Option<(double Horizontal, double Vertical)?> _fov = new("--fov")
    {
        Description = "The zones' angle of view in degrees, 45 for example, or horizontally and vertically, 60x45.",
        HelpName = "DEGREES",
        CustomParser = result => Pair(result, "--fov", 0.1, 170, whole: false),
    };

    private readonly Option<string?> _confidence = new("--depth-confidence")
    {
        Description = "The depth's confidence, of its size. In a list: a pattern like ../confidence/*.png from the depth file's folder, * its name without extension.",
        HelpName = "FILE",
    };

    private readonly Option<float?> _least = EngineOptions.Positive("--min-confidence", "C", "Depth of less confidence is dropped.");

    /// <summary>Measurements as points.</summary>
    public Option<string?> Points { get; } = new("--points")
    {
        Description = "Instead of --depth: points as PLY, CSV, NPY (N×3) or KITTI's .bin.",
        HelpName = "FILE",
    };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { Points, _format, _zones, _fov, _confidence, _least })
        {
            command.Options.Add(option);
        }

        command.Validators.Add(Validate);
    }

    /// <summary>What kind of measurements there are, in <paramref name="alignment"/>.</summary>
    public Alignment Complete(Alignment alignment, ParseResult parsed) => alignment with
    {
        ArePoints = parsed.GetResult(Points) is not null || parsed.GetResult(_format) is not null,
        PointFormat = parsed.GetValue(_format) is { } name ? Enum.Parse<PointFormat>(name, ignoreCase: true) : null,
        Zones = parsed.GetValue(_zones),
        FieldOfView = parsed.GetValue(_fov),
        Confidence = parsed.GetValue(_confidence),
        LeastConfidence = parsed.GetValue(_least),
    };

    private void Validate(CommandResult result)
    {
        bool Given(Option option) => result.GetResult(option) is { Implicit: false };
        void Together(Option one, Option other)
        {
            if (Given(one) != Given(other))
            {
                result.AddError($"{(Given(one) ? one : other).Name} needs {(Given(one) ? other : one).Name}.");
            }
        }

        Together(_zones, _fov);
        Together(_confidence, _least);
        Option[] kinds = [Points, _format, _zones, _confidence];
        if (kinds.Where(Given).ToArray() is [var first, .., var last] && (first, last) != (Points, _format))
        {
            result.AddError($"{first.Name} and {last.Name} exclude each other.");
        }
    }

    /// <summary>One number for both, or two with an x between them.</summary>
    private static (double, double)? Pair(ArgumentResult result, string name, double least, double most, bool whole)
    {
        string text = result.Tokens[0].Value;
        string[] words = text.Split('x', '×');
        double[] numbers = [.. words.Select(word => double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : double.NaN)];
        if (numbers.Length is 1 or 2 && numbers.All(number => number >= least && number <= most && (!whole || number == Math.Floor(number))))
        {
            return (numbers[0], numbers[^1]);
        }

        result.AddError(FormattableString.Invariant($"{name} is '{text}', but needs a number from {least} to {most}, or two like {(whole ? "8x8" : "60x45")}."));
        return null;
    }
}
