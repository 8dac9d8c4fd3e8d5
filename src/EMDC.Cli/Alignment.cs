using EMDC.Geometry;
using EMDC.Imaging;

namespace EMDC.Cli;

/// <summary>How measurements get onto the pixels of the colour frame.</summary>
internal sealed record Alignment
{
    /// <summary>Whether depth of another size shows the same field of view.</summary>
    public bool Scales { get; init; }

    /// <summary>The cameras, as far as they are known.</summary>
    public Calibration? Calibration { get; init; }

    /// <summary>Reads a frame's measurements and brings them to its size.</summary>
    /// <param name="path">The file of measurements.</param>
    /// <param name="reading">What it does not tell about itself.</param>
    /// <param name="rgbPath">The colour frame's name, for messages.</param>
    /// <param name="rgb">The colour frame.</param>
    /// <param name="note">Takes sentences about what looks odd.</param>
    /// <exception cref="Exception">One of those that <see cref="CommandLine.IsExpected"/> knows.</exception>
    public DepthMap Read(string path, DepthReadOptions reading, string rgbPath, RgbImage rgb, Action<string> note)
    {
        DepthMap depth = DepthFile.Read(path, reading);
        if (Calibration is { Depth: { } camera })
        {
            return Project(path, depth, camera, rgbPath, rgb, note);
        }

        if (Scales)
        {
            return ScaleAlignment.Apply(path, depth, rgb.Height, rgb.Width);
        }

        Registration.Check(
            rgbPath, rgb, path, depth,
            " --align scale takes depth of the same field of view at another size, --calibration that of another camera.");
        return depth;
    }

    private DepthMap Project(string path, DepthMap depth, Camera camera, string rgbPath, RgbImage rgb, Action<string> note)
    {
        Camera sensor = Fit(camera, path, depth.Height, depth.Width), colour = Fit(Calibration!.Rgb!, rgbPath, rgb.Height, rgb.Width);
        ProjectedSpots spots = SpotProjection.Project(depth, sensor, Calibration.DepthToRgb!, colour, rgb.Height, rgb.Width);
        Tell(path, spots, note);
        return depth with { Width = rgb.Width, Height = rgb.Height, Metres = spots.Map.Metres };
    }

    private static void Tell(string path, ProjectedSpots spots, Action<string> note)
    {
        if (spots.Count > 0 && spots.Outside == spots.Count)
        {
            throw new UserError($"{path}: none of the {spots.Count} spots falls into the colour frame; is the transform from depth to colour right, in metres and that way round?");
        }

        if (2 * spots.Outside > spots.Count)
        {
            note($"{path}: {spots.Outside} of {spots.Count} spots fall outside of the colour frame; is the calibration right?");
        }

        if (2 * spots.Hidden > spots.Count - spots.Outside)
        {
            note($"{path}: {spots.Hidden} of {spots.Count} spots lie behind nearer ones, or share a pixel with them, and were dropped.");
        }
    }

    private static Camera Fit(Camera camera, string path, int height, int width)
    {
        try
        {
            return camera.ForSize(height, width);
        }
        catch (ArgumentException error)
        {
            throw new UserError($"{path}: {error.Message}.", error);
        }
    }
}
