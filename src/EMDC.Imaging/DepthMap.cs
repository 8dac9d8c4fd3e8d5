namespace EMDC.Imaging;

/// <summary>A depth map in metres.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Metres">Height × Width depths, rows from the top; 0 = not measured.</param>
public sealed record DepthMap(int Width, int Height, float[] Metres)
{
    /// <summary>How many pixels held NaN, an infinity or a negative value and were set to 0.</summary>
    public int InvalidCount { get; init; }

    /// <summary>
    /// True where the file stores integers and neither a scale nor a format was given, so that they were read as millimetres.
    /// </summary>
    public bool UsedDefaultScale { get; init; }

    /// <summary>Sentences for the user about what looks odd in the file, for instance a likely wrong unit; mostly empty.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
