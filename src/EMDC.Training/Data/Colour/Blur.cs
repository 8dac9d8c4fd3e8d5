namespace EMDC.Training.Data.Colour;

/// <summary>One to three passes of the kernel (b, 1 − 2b, b) along rows and columns: a lens out of focus, or sharpening where b is negative.</summary>
internal static class Blur
{
    public static void Apply(Rng rng, int height, int width, Span<float> rgb, Span<float> scratch)
    {
        bool sharpen = rng.Chance(0.25f);
        float b = sharpen ? rng.Range(-0.15f, -0.03f) : rng.Range(0.03f, 0.3f);
        for (int pass = sharpen ? 1 : rng.Int(1, 3); pass > 0; pass--)
        {
            for (int c = 0; c < 3; c++)
            {
                Pass(rgb.Slice(c * height * width, height * width), scratch, height, width, b);
            }
        }
    }

    private static void Pass(Span<float> plane, Span<float> rows, int height, int width, float b)
    {
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<float> from = plane.Slice(y * width, width);
            Span<float> to = rows.Slice(y * width, width);
            for (int x = 1; x < width - 1; x++)
            {
                to[x] = from[x] + b * (from[x - 1] + from[x + 1] - 2 * from[x]);
            }

            to[0] = from[0] + b * (from[1] - from[0]);
            to[^1] = from[^1] + b * (from[^2] - from[^1]);
        }

        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<float> above = rows.Slice(Math.Max(y - 1, 0) * width, width), here = rows.Slice(y * width, width), below = rows.Slice(Math.Min(y + 1, height - 1) * width, width);
            Span<float> to = plane.Slice(y * width, width);
            for (int x = 0; x < width; x++)
            {
                to[x] = here[x] + b * (above[x] + below[x] - 2 * here[x]);
            }
        }
    }
}
