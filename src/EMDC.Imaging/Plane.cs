namespace EMDC.Imaging;

/// <summary>One channel of an image in the file's own units, before any scale.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Values">Height × Width values, rows from the top.</param>
/// <param name="IsInteger">True where the file stores integers, whose unit the file does not tell.</param>
public sealed record Plane(int Width, int Height, float[] Values, bool IsInteger)
{
    /// <summary>A sentence for the user about how the file was understood; mostly none.</summary>
    public string? Note { get; init; }
}
