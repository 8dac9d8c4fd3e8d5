namespace EMDC.Imaging;

/// <summary>A colour frame.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Pixels">Height × Width × 3 bytes: rows from the top, red, green and blue interleaved.</param>
public sealed record RgbImage(int Width, int Height, byte[] Pixels);
