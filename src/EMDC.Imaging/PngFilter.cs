namespace EMDC.Imaging;

/// <summary>
/// PNG's five row filters. With a the byte one pixel to the left, b the byte above, c the byte above a (all 0 outside the image):
/// filtered x = x − p, p = 0 (None), a (Sub), b (Up), ⌊(a + b) / 2⌋ (Average), Paeth(a, b, c) (Paeth), all modulo 256.
/// </summary>
internal static class PngFilter
{
    public const int Count = 5;

    private const int Sub = 1, Up = 2, Average = 3, Paeth = 4;

    /// <summary>Restores <paramref name="row"/> in place; <paramref name="above"/> is the restored row before it.</summary>
    public static void Restore(int filter, Span<byte> row, ReadOnlySpan<byte> above, int bytesPerPixel)
    {
        // The first pixel has no left neighbour: a = c = 0, so Sub predicts 0, Average b / 2 and Paeth b.
        int first = Math.Min(bytesPerPixel, row.Length);
        for (int i = 0; i < first; i++)
        {
            row[i] += First(filter, above[i]);
        }

        switch (filter)
        {
            case Sub:
                for (int i = first; i < row.Length; i++)
                {
                    row[i] += row[i - bytesPerPixel];
                }

                break;
            case Up:
                for (int i = first; i < row.Length; i++)
                {
                    row[i] += above[i];
                }

                break;
            case Average:
                for (int i = first; i < row.Length; i++)
                {
                    row[i] += (byte)((row[i - bytesPerPixel] + above[i]) >> 1);
                }

                break;
            case Paeth:
                for (int i = first; i < row.Length; i++)
                {
                    row[i] += Nearest(row[i - bytesPerPixel], above[i], above[i - bytesPerPixel]);
                }

                break;
        }
    }

    /// <summary>Writes the filtered <paramref name="row"/> to <paramref name="filtered"/>.</summary>
    public static void Apply(int filter, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, Span<byte> filtered, int bytesPerPixel)
    {
        int first = Math.Min(bytesPerPixel, row.Length);
        row.CopyTo(filtered);
        for (int i = 0; i < first; i++)
        {
            filtered[i] -= First(filter, above[i]);
        }

        switch (filter)
        {
            case Sub:
                for (int i = first; i < row.Length; i++)
                {
                    filtered[i] -= row[i - bytesPerPixel];
                }

                break;
            case Up:
                for (int i = first; i < row.Length; i++)
                {
                    filtered[i] -= above[i];
                }

                break;
            case Average:
                for (int i = first; i < row.Length; i++)
                {
                    filtered[i] -= (byte)((row[i - bytesPerPixel] + above[i]) >> 1);
                }

                break;
            case Paeth:
                for (int i = first; i < row.Length; i++)
                {
                    filtered[i] -= Nearest(row[i - bytesPerPixel], above[i], above[i - bytesPerPixel]);
                }

                break;
        }
    }

    private static byte First(int filter, byte above) => filter switch
    {
        Up or Paeth => above,
        Average => (byte)(above >> 1),
        _ => 0,
    };

    /// <summary>Whichever of a, b and c is nearest to a + b − c; in doubt the earlier one.</summary>
    private static byte Nearest(int a, int b, int c)
    {
        int pa = Math.Abs(b - c), pb = Math.Abs(a - c), pc = Math.Abs(a + b - 2 * c);
        return (byte)(pa <= pb && pa <= pc ? a : pb <= pc ? b : c);
    }
}
