namespace EMDC.Geometry;

/// <summary>
/// What is known of a colour camera and a depth sensor beside it.
/// </summary>
/// <param name="Rgb">The colour camera.</param>
/// <param name="Depth">The depth camera; null where depth comes in the colour frame's pixels or as points.</param>
/// <param name="DepthToRgb">From the depth sensor's frame to the colour camera's.</param>
public sealed record Calibration(Camera? Rgb, Camera? Depth, RigidTransform? DepthToRgb)
{
    /// <summary>Sentences about how the file was understood, where it could be meant otherwise.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What <paramref name="other"/> knows goes before what this does.</summary>
    public Calibration Overlaid(Calibration other) => new(other.Rgb ?? Rgb, other.Depth ?? Depth, other.DepthToRgb ?? DepthToRgb)
    {
        Notes = [.. Notes, .. other.Notes],
    };
}
