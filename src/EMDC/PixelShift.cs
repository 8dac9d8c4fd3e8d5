namespace EMDC;

/// <summary>Where the colours of a depth pixel are: what the depth map has at (y, x) is at (y + Down, x + Right) of the colour frame.</summary>
/// <param name="Down">Rows.</param>
/// <param name="Right">Columns.</param>
public readonly record struct PixelShift(int Down, int Right)
{
    /// <summary>Registered as it should be.</summary>
    public static PixelShift None => default;

    /// <summary>Lays the colours on the depth: laid(y, x) = rgb(y + Down, x + Right), and the nearest pixel of the border where there is none.</summary>
    /// <param name="rgb">Height×width×3 bytes.</param>
    /// <param name="laid">Receives as many.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <exception cref="EmdcException">A length does not fit the size.</exception>
    public void Lay(ReadOnlySpan<byte> rgb, Span<byte> laid, int height, int width)
    {
        if (rgb.Length != laid.Length || rgb.Length != 3L * height * width || rgb.IsEmpty)
        {
            throw new EmdcException($"The colours have {rgb.Length} bytes and {laid.Length} to go to, but {height}×{width} pixels have {3L * height * width}.");
        }

        int right = Math.Clamp(Right, -width, width), first = Math.Max(0, -right), end = width - Math.Max(0, right);
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<byte> from = rgb.Slice(3 * width * (int)Math.Clamp((long)y + Down, 0, height - 1), 3 * width);
            Span<byte> to = laid.Slice(3 * width * y, 3 * width);
            from.Slice(3 * Math.Max(right, 0), 3 * (end - first)).CopyTo(to[(3 * first)..]);
            for (int x = 0; x < first; x++)
            {
                from[..3].CopyTo(to[(3 * x)..]);
            }

            for (int x = end; x < width; x++)
            {
                from[^3..].CopyTo(to[(3 * x)..]);
            }
        }
    }
}
