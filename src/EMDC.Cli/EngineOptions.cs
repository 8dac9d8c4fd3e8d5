using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace EMDC.Cli;

/// <summary>The options of all commands that run the network.</summary>
internal sealed class EngineOptions
{
    private readonly Option<string?> _weights = new("--weights")
    {
        Description = "Weights (safetensors). Without it: weights/emdc.safetensors beside the program or in the repository.",
        HelpName = "FILE",
    };

    private readonly Option<string> _device = new("--device")
    {
        Description = "auto, cpu, cuda[:N], opencl[:N] or ilgpu-cpu, as far as 'emdc devices' lists it.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "auto",
    };

    private readonly Option<int> _threads = Count("--threads", 0, 1024, 0, "Threads of the CPU; 0 takes all processors.");

    private readonly Option<string?> _simd = OneOf(
        "--simd", "WIDTH", "Vector width of the CPU, for comparisons: 512, 256, 128, scalar or auto.", "auto", "512", "256", "128", "scalar");

    private readonly Option<bool> _validate = new("--validate")
    {
        Description = "Runs every frame on the cpu as well and compares all operators' results; for a new device or driver.",
    };

    /// <summary>Adds the options to a command; those that run no frames have nothing to validate.</summary>
    public void AddTo(Command command, bool runsFrames = true)
    {
        command.Options.Add(_weights);
        command.Options.Add(_device);
        command.Options.Add(_threads);
        command.Options.Add(_simd);
        if (runsFrames)
        {
            command.Options.Add(_validate);
        }

        command.Validators.Add(Validate);
    }

    /// <summary>The option for the weights' file.</summary>
    public Option WeightsFile => _weights;

    /// <summary>The weights' file: the one named, else the shipped one.</summary>
    public string Weights(ParseResult parsed) => parsed.GetValue(_weights) ?? WeightsLocator.Find();

    public EmdcOptions Engine(ParseResult parsed) => new()
    {
        Device = parsed.GetValue(_device) is var device && device == "auto" && !Providers.MayBeGpu ? "cpu" : device!,
        Providers = Providers.All,
        Threads = parsed.GetValue(_threads),
        Simd = parsed.GetValue(_simd) ?? "auto",
        Validate = parsed.GetValue(_validate),
    };

    /// <summary>An option <c>--size HxW</c>.</summary>
    public static Option<(int Height, int Width)?> Size(string description) => new("--size")
    {
        Description = description,
        HelpName = "HxW",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            string[] sides = text.Split('x', '×');
            if (sides.Length == 2 && IsSide(sides[0], out int height) && IsSide(sides[1], out int width))
            {
                return (height, width);
            }

            result.AddError(
                $"--size is '{text}', but needs HEIGHTxWIDTH in pixels, {Emdc.SmallestSide} to {Emdc.LargestSide} each, for example 192x256.");
            return null;
        },
    };

    /// <summary>An option that takes a whole number from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public static Option<int> Count(string name, int least, int most, int otherwise, string description) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => otherwise,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most)
            {
                return number;
            }

            result.AddError($"{name} is '{text}', but needs a whole number from {least} to {most}.");
            return otherwise;
        },
    };

    /// <summary>An option that takes one of several words.</summary>
    public static Option<string?> OneOf(string name, string helpName, string description, params string[] words) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (words.Contains(text))
            {
                return text;
            }

            result.AddError($"{name} is '{text}', but needs {string.Join(", ", words[..^1])} or {words[^1]}.");
            return null;
        },
    };

    /// <summary>An option that takes a number above 0.</summary>
    public static Option<float?> Positive(string name, string helpName, string description) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float number) && number > 0 && float.IsFinite(number))
            {
                return number;
            }

            result.AddError($"{name} is '{text}', but needs a number above 0.");
            return null;
        },
    };

    private void Validate(CommandResult result)
    {
        if (result.GetResult(_device)?.Tokens is [{ Value: not ("auto" or "cpu") and var device }])
        {
            foreach (Option option in new Option[] { _threads, _simd }.Where(option => result.GetResult(option) is { Implicit: false }))
            {
                result.AddError($"{option.Name} is for the cpu, but --device is '{device}'.");
            }
        }
    }

    private static bool IsSide(string text, out int side) => int.TryParse(
        text, NumberStyles.None, CultureInfo.InvariantCulture, out side) && side is >= Emdc.SmallestSide and <= Emdc.LargestSide;
}
