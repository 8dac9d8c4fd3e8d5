using System.CommandLine;

namespace EMDC.Cli;

/// <summary>The options for what is made of a completed frame: in space, and how far it may be off.</summary>
internal sealed class CloudOptions
{
    private readonly Option<string?> _cloud = new("--cloud")
    {
        Description = "Also writes a coloured point cloud in metres (.ply), without pixels that fly between two surfaces; needs the colour camera.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _uncertainty = new("--uncertainty")
    {
        Description = "Also writes an estimate of each depth's standard deviation in metres (weights/README.md tells how good it is); weights of one's own need coefficients of their own for it, which 'emdc uncertainty' fits.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _view = new("--view")
    {
        Description = "Also writes a page to look at (.html): the cloud to turn, with a slider from colour to spots to dense depth.",
        HelpName = "FILE",
    };

    /// <summary>The options that name a file to be written.</summary>
    public Option<string?>[] Outputs => [_cloud, _view, _uncertainty];

    public void AddTo(Command command)
    {
        foreach (Option option in Outputs)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Whether these weights can do what is asked for.</summary>
    /// <exception cref="UserError">They cannot.</exception>
    public static void Check(FrameFiles files, Emdc engine, string weights)
    {
        if (files.Uncertainty is not null && !engine.HasUncertainty)
        {
            throw new UserError($"{weights}: these weights have no coefficients of the uncertainty; 'emdc uncertainty' fits them to frames with ground truth and puts them into the file.");
        }
    }

    /// <summary>The frame's files with those that these options name.</summary>
    /// <exception cref="UserError">The camera is not known.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public FrameFiles Files(ParseResult parsed, FrameFiles files, Alignment alignment)
    {
        files = files with { Cloud = parsed.GetValue(_cloud), View = parsed.GetValue(_view), Uncertainty = parsed.GetValue(_uncertainty) };
        OutputFile.Check(files.Cloud, ".ply", "a point cloud");
        OutputFile.Check(files.View, ".html", "a page");
        OutputFile.CheckDepth(files.Uncertainty);
        return files.Cloud is null || alignment.Calibration?.Rgb is not null
            ? files
            : throw new UserError($"{_cloud.Name} needs the colour camera: give --rgb-intrinsics or --calibration.");
    }
}
