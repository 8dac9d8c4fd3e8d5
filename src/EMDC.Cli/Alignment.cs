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

    /// <summary>Whether files of measurements hold points.</summary>
    public bool ArePoints { get; init; }

    /// <summary>What points are, where they do not tell it themselves.</summary>
    public PointFormat? PointFormat { get; init; }

    /// <summary>Whether and how many zones files of measurements hold.</summary>
    public (int Rows, int Columns)? Zones { get; init; }

    /// <summary>The zones' angles of view in degrees.</summary>
    public (double Horizontal, double Vertical)? FieldOfView { get; init; }

    /// <summary>The confidence's file; in lists a pattern with *.</summary>
    public string? Confidence { get; init; }

    /// <summary>The least confidence that counts.</summary>
    public float? LeastConfidence { get; init; }

    /// <summary>The confidence's file for a depth file.</summary>
    public string? ConfidenceOf(string depthPath) => Confidence?.Contains('*') == true
        ? Path.Combine(Path.GetDirectoryName(depthPath)!, Confidence.Replace("*", Path.GetFileNameWithoutExtension(depthPath)))
        : Confidence;

    /// <summary>Reads a frame's colours and its measurements, brought to their size.</summary>
    /// <param name="rgbPath">The colour frame.</param>
    /// <param name="depthPath">The file of measurements.</param>
    /// <param name="reading">What it does not tell about itself.</param>
    /// <param name="note">Takes sentences about what looks odd.</param>
    /// <exception cref="Exception">One of those that <see cref="CommandLine.IsExpected"/> knows.</exception>
    public (RgbImage Rgb, DepthMap Sparse) ReadFrame(string rgbPath, string depthPath, DepthReadOptions reading, Action<string> note)
    {
        RgbImage rgb = RgbFile.Read(rgbPath);
        ColourNotes.Tell(rgbPath, rgb, note);
        DepthMap sparse = Read(depthPath, reading, rgbPath, rgb, note);
        DepthNotes.Tell(depthPath, sparse, note);
        return (rgb, sparse);
    }

    /// <summary>Reads a frame's measurements and brings them to its size.</summary>
    /// <param name="path">The file of measurements.</param>
    /// <param name="reading">What it does not tell about itself.</param>
    /// <param name="rgbPath">The colour frame's name, for messages.</param>
    /// <param name="rgb">The colour frame.</param>
    /// <param name="note">Takes sentences about what looks odd.</param>
    /// <exception cref="Exception">One of those that <see cref="CommandLine.IsExpected"/> knows.</exception>
    private DepthMap Read(string path, DepthReadOptions reading, string rgbPath, RgbImage rgb, Action<string> note)
    {
        if (ArePoints)
        {
            return ReadPoints(path, reading, rgbPath, rgb);
        }

        if (Zones is var (rows, columns))
        {
            (double horizontal, double vertical) = FieldOfView!.Value;
            DepthMap zones = ZoneFile.Read(path, rows, columns, reading.Scale);
            var sensor = Camera.FromFieldOfView(rows, columns, horizontal, vertical);
            return Project(path, zones, sensor, Calibration?.DepthToRgb ?? RigidTransform.Identity, rgbPath, rgb, note);
        }

        DepthMap depth = DepthFile.Read(path, reading);
        if (ConfidenceOf(path) is { } confidence)
        {
            int measured = depth.Metres.Count(metres => metres > 0);
            if (ConfidenceFile.Apply(confidence, LeastConfidence!.Value, path, depth) == measured && measured > 0)
            {
                throw new UserError($"{confidence}: no measurement of {path} has a confidence of {LeastConfidence} or more (--min-confidence).");
            }
        }

        if (Calibration is { Depth: { } camera })
        {
            return Project(path, depth, Fit(camera, path, depth.Height, depth.Width), Calibration.DepthToRgb!, rgbPath, rgb, note);
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

    private DepthMap ReadPoints(string path, DepthReadOptions reading, string rgbPath, RgbImage rgb)
    {
        PointSet set = PointFile.Read(path, PointFormat, reading.Scale ?? 1);
        if (set.Points.Length == 0)
        {
            throw new UserError($"{path}: there is no point in it that was measured.");
        }

        IEnumerable<Point3> points = set.Points;
        RigidTransform toRgb = Calibration?.DepthToRgb ?? RigidTransform.Identity;
        Camera colour;
        if (!set.ArePixels)
        {
            colour = Colour(rgbPath, rgb);
        }
        else if (Calibration is { Depth: { } depth })
        {
            colour = Colour(rgbPath, rgb);
            points = set.Points.Select(pixel => depth.Unproject(pixel.X, pixel.Y) is var (x, y) ? new Point3(x * pixel.Z, y * pixel.Z, pixel.Z) : default)
                .Where(point => double.IsFinite(point.X + point.Y));
        }
        else
        {
            // Columns and rows of the colour frame itself: any camera that sees them there will do.
            (colour, toRgb) = (new Camera(1, 1, 0, 0), RigidTransform.Identity);
            points = set.Points.Select(pixel => new Point3(pixel.X * pixel.Z, pixel.Y * pixel.Z, pixel.Z));
        }

        ProjectedSpots spots = SpotProjection.Project(points, toRgb, colour, rgb.Height, rgb.Width);
        CheckInside(path, spots);
        return spots.Map;
    }

    private DepthMap Project(
        string path, DepthMap depth, Camera sensor, RigidTransform toRgb, string rgbPath, RgbImage rgb, Action<string> note)
    {
        ProjectedSpots spots = SpotProjection.Project(depth, sensor, toRgb, Colour(rgbPath, rgb), rgb.Height, rgb.Width);
        CheckInside(path, spots);
        if (2 * spots.Outside > spots.Count)
        {
            note($"{path}: {spots.Outside} of {spots.Count} spots fall outside of the colour frame; is the calibration right?");
        }

        if (2 * spots.Hidden > spots.Count - spots.Outside)
        {
            note($"{path}: {spots.Hidden} of {spots.Count} spots lie behind nearer ones, or share a pixel with them, and were dropped.");
        }

        return depth with { Width = rgb.Width, Height = rgb.Height, Metres = spots.Map.Metres };
    }

    private static void CheckInside(string path, ProjectedSpots spots)
    {
        if (spots.Count > 0 && spots.Outside == spots.Count)
        {
            throw new UserError($"{path}: none of the {spots.Count} spots falls into the colour frame; is the transform from depth to colour right, in metres and that way round?");
        }
    }

    /// <summary>The colour camera for a frame's size.</summary>
    /// <exception cref="UserError">It is not known, or calibrated for another shape.</exception>
    public Camera Colour(string rgbPath, RgbImage rgb) => Calibration?.Rgb is { } camera
        ? Fit(camera, rgbPath, rgb.Height, rgb.Width)
        : throw new UserError($"{rgbPath}: where it sees these measurements depends on its camera: give --rgb-intrinsics or --calibration.");

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
