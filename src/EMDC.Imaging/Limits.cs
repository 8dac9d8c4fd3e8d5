namespace EMDC.Imaging;

/// <summary>
/// What a header may claim. Sizes are checked before anything is allocated, so that a file of a few bytes cannot ask for gigabytes.
/// </summary>
internal static class Limits
{
    /// <summary>Largest width and height; 16384 × 16384 pixels are 2²⁸, which a byte array of RGB and a float array still hold.</summary>
    public const int MaxSide = 16384;

    /// <summary>Deflate's best ratio: a match of 258 bytes can be coded in 2 bits.</summary>
    private const long MaxDeflateRatio = 1032;

    /// <summary>Refuses an image that is empty or larger than <see cref="MaxSide"/>.</summary>
    public static void CheckSize(string name, long width, long height)
    {
        if (width is < 1 or > MaxSide || height is < 1 or > MaxSide)
        {
            throw new InvalidDataException(
                $"{name}: the image is {height}×{width} pixels (height × width), but 1×1 to {MaxSide}×{MaxSide} can be read.");
        }
    }

    /// <summary>
    /// Refuses a large picture of so few bytes that it can't be a photograph. WebP and GIF can store one colour in almost nothing, so there is
    /// no exact limit; four megapixels pass in any case.
    /// </summary>
    public static void CheckPhotograph(string name, int width, int height, long stored)
    {
        if ((long)width * height > 4 << 20)
        {
            CheckExpansion(name, width, height, 3L * width * height, stored);
        }
    }

    /// <summary>Refuses a claim of more decoded bytes than <paramref name="stored"/> compressed ones can expand to.</summary>
    public static void CheckExpansion(string name, long width, long height, long decoded, long stored)
    {
        if (decoded > MaxDeflateRatio * stored)
        {
            throw new InvalidDataException(
                $"{name}: the header claims {height}×{width} pixels (height × width), but {stored} bytes of data cannot hold them.");
        }
    }
}
