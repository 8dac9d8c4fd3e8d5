namespace EMDC.Imaging;

/// <summary>
/// PNG's five row filters. With a the byte one pixel to the left, b the byte above, c the byte above a (all 0 outside the image):
/// filtered x = x − p, p = 0 (None), a (Sub), b (Up), ⌊(a + b) / 2⌋ (Average), Paeth(a, b, c) (Paeth), all modulo 256.
/// </summary>
internal static class PngFilter
{
    public const int Count = 5;

    /// <summary>Restores <paramref name="row"/> in place; <paramref name="above"/> is the restored row before it.</summary>
    public static void Restore(int filter, Span<byte> row, ReadOnlySpan<byte> above, int bytesPerPixel)
    {
        for (int i = 0; i < row.Length; i++)
        {
            row[i] += Prediction(filter, row, above, i, bytesPerPixel);
        }
    }

    /// <summary>Writes the filtered <paramref name="row"/> to <paramref name="filtered"/>.</summary>
    public static void Apply(int filter, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, Span<byte> filtered, int bytesPerPixel)
    {
        for (int i = 0; i < row.Length; i++)
        {
            filtered[i] = (byte)(row[i] - Prediction(filter, row, above, i, bytesPerPixel));
        }
    }

    private static byte Prediction(int filter, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, int i, int bytesPerPixel)
    {
        int a = i < bytesPerPixel ? 0 : row[i - bytesPerPixel];
        return filter switch
        {
            1 => (byte)a,
            2 => above[i],
            3 => (byte)((a + above[i]) >> 1),
            4 => Paeth(a, above[i], i < bytesPerPixel ? 0 : above[i - bytesPerPixel]),
            _ => 0,
        };
    }

    private static byte Paeth(int a, int b, int c)
    {
        int p = a + b - c, pa = Math.Abs(p - a), pb = Math.Abs(p - b), pc = Math.Abs(p - c);
        return (byte)(pa <= pb && pa <= pc ? a : pb <= pc ? b : c);
    }
}
