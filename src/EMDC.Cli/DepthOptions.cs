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
        "Instead of a scale the source: kitti (1/256 m), nyu and realsense (mm), tum (1/5000 m), sun (mm, rotated bits), arcore (13 bits of mm, 3 of confidence), mipi (floats in metres).",
        "kitti", "nyu", "tum", "realsense", "sun", "arcore", "mipi");

    private readonly Option<string?> _order = EngineOptions.OneOf(
        "--depth-byte-order", "ORDER", "little or big: for raw files, and for PNG and PGM whose writer did not keep to big-endian.", "little", "big");

    private readonly Option<string?> _type = EngineOptions.OneOf(
        "--depth-type", "TYPE", "What raw files hold; without it their length decides between u2, f4 and f8.", "u1", "u2", "u4", "i2", "i4", "f2", "f4", "f8");

    private readonly Option<string?> _channel = new("--depth-channel") { Description = "The channel of EXR files, if depth, Z, V or Y is not meant.", HelpName = "NAME" };
    private readonly Option<string?> _key = new("--depth-key") { Description = "The array of NPZ files with several.", HelpName = "NAME" };
    private readonly Option<(int Height, int Width)?> _size = EngineOptions.Size("The size of raw files (.bin, .raw).");
    private readonly Option<float?> _maxDepth = EngineOptions.Positive("--max-depth", "METRES", "Spots beyond are dropped; 20 without it.");

    public void AddTo(Command command)
    {
        command.Options.Add(_scale);
        command.Options.Add(_format);
        command.Options.Add(_order);
        command.Options.Add(_type);
        command.Options.Add(_channel);
        command.Options.Add(_key);
        command.Options.Add(_size);
        command.Options.Add(_maxDepth);
        command.Validators.Add(Validate);
    }

    public DepthReadOptions Reading(ParseResult parsed) => new()
    {
        Scale = parsed.GetValue(_scale),
        Format = parsed.GetValue(_format) is { } name ? Enum.Parse<DepthFormat>(name, ignoreCase: true) : null,
        ByteOrder = parsed.GetValue(_order) is { } order ? Enum.Parse<ByteOrder>(order, ignoreCase: true) : null,
        Type = parsed.GetValue(_type),
        Channel = parsed.GetValue(_channel),
        Key = parsed.GetValue(_key),
        MaxDepth = MaxDepth(parsed),
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
