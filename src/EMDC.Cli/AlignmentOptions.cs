using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using EMDC.Geometry;

namespace EMDC.Cli;

/// <summary>The options that say how depth lies to the colour frame.</summary>
internal sealed class AlignmentOptions
{
    private readonly Option<string?> _align = EngineOptions.OneOf(
        "--align", "HOW", "scale: depth has the colour frame's field of view, but another size; none: pixel on pixel, as without it.", "scale", "none");

    private readonly Option<string?> _calibration = new("--calibration")
    {
        Description = "The cameras (JSON, ROS camera_info, OpenCV FileStorage, KITTI); depth of a camera of its own is projected into the colour frame.",
        HelpName = "FILE",
    };

    private readonly Option<Camera?> _rgb = Camera("--rgb-intrinsics", "The colour camera", calibration => calibration.Rgb);
    private readonly Option<Camera?> _depth = Camera("--depth-intrinsics", "The depth camera", calibration => calibration.Depth ?? calibration.Rgb);

    private readonly Option<RigidTransform?> _extrinsics = Numbers<RigidTransform>(
        "--extrinsics", "x,y,z[,qx,qy,qz,qw]|r11,r12,…,r33,x,y,z|FILE",
        "From the depth sensor's frame to the colour camera's (q = R·p + t, metres): a shift, with a quaternion, R by rows, or a calibration file.",
        numbers => CalibrationFile.Transform(numbers), calibration => calibration.DepthToRgb, "transform");

    private readonly SensorOptions _sensors = new();

    /// <summary>Measurements as points, which take the depth map's place.</summary>
    public Option<string?> Points => _sensors.Points;

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _align, _calibration, _rgb, _depth, _extrinsics })
        {
            command.Options.Add(option);
        }

        command.Validators.Add(Validate);
        _sensors.AddTo(command);
    }

    /// <summary>Reads the calibration's files.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="run">Learns what the run reads.</param>
    /// <param name="note">Takes sentences about how they were understood.</param>
    /// <exception cref="UserError">Something is missing.</exception>
    public Alignment Alignment(ParseResult parsed, RunFiles run, Action<string> note)
    {
        foreach (Option option in new Option[] { _calibration, _rgb, _depth, _extrinsics })
        {
            if (parsed.GetResult(option)?.Tokens is [{ Value: var file }] && File.Exists(file))
            {
                run.Reads(file, option.Name);
            }
        }

        Calibration? calibration = parsed.GetValue(_calibration) is { } path ? CalibrationFile.Read(path) : null;
        var given = new Calibration(parsed.GetValue(_rgb), parsed.GetValue(_depth), parsed.GetValue(_extrinsics));
        calibration = calibration?.Overlaid(given) ?? (given is { Rgb: null, Depth: null, DepthToRgb: null } ? null : given);
        foreach (string text in calibration?.Notes ?? [])
        {
            note(text);
        }

        Alignment alignment = _sensors.Complete(new Alignment { Scales = parsed.GetValue(_align) == "scale", Calibration = calibration }, parsed);
        if (alignment is { ArePoints: false, Zones: null })
        {
            if (calibration is { Depth: not null })
            {
                Need(calibration.Rgb, _rgb.Name, "the colour camera");
                Need(calibration.DepthToRgb, _extrinsics.Name, "the way from the depth camera to the colour camera");
            }
            else if (given.DepthToRgb is not null)
            {
                Need(calibration?.Depth, _depth.Name, "the depth camera");
            }
        }

        return alignment;

        static void Need(object? part, string option, string what)
        {
            if (part is null)
            {
                throw new UserError($"The calibration lacks {what}: give {option}, or a --calibration with it.");
            }
        }
    }

    private void Validate(CommandResult result)
    {
        foreach (Option option in new Option[] { _calibration, _depth, _extrinsics })
        {
            if (result.GetResult(_align) is not null && result.GetResult(option) is not null)
            {
                result.AddError($"{_align.Name} and {option.Name} exclude each other.");
            }
        }
    }

    private static Option<Camera?> Camera(string name, string who, Func<Calibration, Camera?> ofFile) => Numbers(
        name, "fx,fy,cx,cy[,k1,k2,p1,p2[,k3]]|FILE", $"{who} in pixels, the first pixel's centre at 0, and its distortion; or a calibration file with it.",
        numbers => CalibrationFile.Camera(numbers), ofFile, "camera");

    /// <summary>An option that takes numbers or a calibration file that has them.</summary>
    private static Option<T?> Numbers<T>(
        string name, string helpName, string description, Func<double[], T> ofNumbers, Func<Calibration, T?> ofFile, string what)
        where T : class => new(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                string[] words = text.Split(',');
                var numbers = new double[words.Length];
                bool areNumbers = words.Index().All(word => double.TryParse(word.Item, NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[word.Index]));
                try
                {
                    if (areNumbers)
                    {
                        return ofNumbers(numbers);
                    }

                    // What a file lacks is no matter of the command line, but a sentence here names the option as well.
                    return ofFile(CalibrationFile.Read(text)) ?? throw new ArgumentException($"that file has no {what}");
                }
                catch (Exception error) when (error is ArgumentException or IOException or InvalidDataException)
                {
                    result.AddError($"{name} is '{text}': {error.Message.TrimEnd('.')}.");
                    return null;
                }
            },
        };
}
