using System.CommandLine;
using System.CommandLine.Parsing;
using EMDC.Imaging;

namespace EMDC.Cli;

/// <summary>The options of all commands that read depth files.</summary>
internal sealed class DepthOptions
{
    private readonly Option<float?> _scale = EngineOptions.Positive(
        "--depth-scale", "S", "Metres per unit of the depth files; without it floats are metres and integers millimetres.");

    private readonly Option<string?> _format = EngineOptions.OneOf(
        "--depth-format", "NAME",
        "Instead of a scale the source: kitti (1/256 m), nyu and realsense (mm), tum (1/5000 m), mipi (floats in metres).",
        "kitti", "nyu", "tum", "realsense", "mipi");

    private readonly Option<(int Height, int Width)?> _size = EngineOptions.Size("The size of BIN files.");
    private readonly Option<float?> _maxDepth = EngineOptions.Positive("--max-depth", "METRES", "Spots beyond are dropped; 20 without it.");

    public void AddTo(Command command)
    {
        command.Options.Add(_scale);
        command.Options.Add(_format);
        command.Options.Add(_size);
        command.Options.Add(_maxDepth);
        command.Validators.Add(Validate);
    }

    public DepthReadOptions Reading(ParseResult parsed) => new()
    {
        Scale = parsed.GetValue(_scale),
        Format = parsed.GetValue(_format) is { } name ? Enum.Parse<DepthFormat>(name, ignoreCase: true) : null,
        Size = parsed.GetValue(_size),
    };

    public float MaxDepth(ParseResult parsed) => parsed.GetValue(_maxDepth) ?? new EmdcOptions().MaxDepth;

    private void Validate(CommandResult result)
    {
        if (result.GetResult(_scale) is not null && result.GetResult(_format) is not null)
        {
            result.AddError($"{_scale.Name} and {_format.Name} exclude each other.");
        }
    }
}
