using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace EMDC.Cli;

/// <summary>The options of all commands that complete frames: what the network is given, and whether its result is handed out as it is.</summary>
internal sealed class WorkingOptions
{
    private readonly Option<bool> _raw = new("--raw")
    {
        Description = "The bare network: gives it every spot at the frame's size, lays no measurements over its result and bounds nothing.",
    };

    private readonly Option<float?> _scale = EngineOptions.Positive(
        "--scale", "S", "The size that the network works at as a part of the frame's, at most 1; without it, as large as the spots are dense enough for.");

    private readonly Option<PixelShift?> _registration = new("--registration")
    {
        HelpName = "Y,X",
        Description = "Where the colours lie to the depth: what the depth has at a pixel is Y rows further down and X columns further right in the colours. 0,0 where they are known to lie on each other; without it, found in every frame whose spots tell it, up to 4 pixels.",
        CustomParser = Parse,
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_raw);
        command.Options.Add(_scale);
        command.Options.Add(_registration);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_scale) is { Implicit: false } && result.GetResult(_raw) is { Implicit: false })
            {
                result.AddError($"{_scale.Name} and {_raw.Name} exclude each other.");
            }
            else if (result.GetResult(_registration) is { Implicit: false } && result.GetResult(_raw) is { Implicit: false })
            {
                result.AddError($"{_registration.Name} and {_raw.Name} exclude each other.");
            }
            else if (result.GetResult(_scale) is { Tokens: [var token] } && float.TryParse(token.Value, CultureInfo.InvariantCulture, out float scale) && scale > 1)
            {
                result.AddError($"{_scale.Name} is '{token.Value}', but needs a number above 0 and at most 1.");
            }
        });
    }

    public EmdcOptions Apply(ParseResult parsed, EmdcOptions options) => options with { Raw = parsed.GetValue(_raw), Scale = parsed.GetValue(_scale), Registration = parsed.GetValue(_registration) };

    private static PixelShift? Parse(ArgumentResult result)
    {
        string text = result.Tokens is [var token] ? token.Value : "";
        if (text.Split(',') is [var down, var right] && int.TryParse(down, CultureInfo.InvariantCulture, out int y) && int.TryParse(right, CultureInfo.InvariantCulture, out int x)
            && Math.Max(Math.Abs((long)y), Math.Abs((long)x)) <= Emdc.LargestSide)
        {
            return new PixelShift(y, x);
        }

        result.AddError($"--registration is '{text}', but needs two whole numbers of pixels, such as 1,-2.");
        return null;
    }
}
