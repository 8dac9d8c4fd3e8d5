namespace EMDC.Imaging;

/// <summary>A colour frame.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Pixels">Height × Width × 3 bytes: rows from the top, red, green and blue interleaved.</param>
public sealed record RgbImage(int Width, int Height, byte[] Pixels)
{
    /// <summary>The file's EXIF orientation, 2 to 8, as which the pixels have been turned; 1 where it asks for nothing.</summary>
    public int ExifOrientation { get; init; } = 1;
}
