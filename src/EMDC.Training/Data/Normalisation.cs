namespace EMDC.Training.Data;

/// <summary>Colours 0…1 to what <c>enc</c> reads: (x − mean) / deviation with ImageNet's numbers.</summary>
internal static class Normalisation
{
    public static ReadOnlySpan<float> Mean => [0.485f, 0.456f, 0.406f];

    public static ReadOnlySpan<float> Deviation => [0.229f, 0.224f, 0.225f];

    /// <param name="rgb">3×pixels, in place.</param>
    /// <param name="pixels">Elements of a channel.</param>
    public static void Apply(Span<float> rgb, int pixels)
    {
        for (int c = 0; c < 3; c++)
        {
            float scale = 1 / Deviation[c], offset = -Mean[c] * scale;
            foreach (ref float x in rgb.Slice(c * pixels, pixels))
            {
                x = x * scale + offset;
            }
        }
    }
}
