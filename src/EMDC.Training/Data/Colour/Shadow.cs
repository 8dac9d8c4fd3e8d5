namespace EMDC.Training.Data.Colour;

/// <summary>A band of shadow across the picture: an edge of colour where depth has none.</summary>
internal static class Shadow
{
    public static void Cast(Rng rng, int height, int width, Span<float> rgb)
    {
        float turn = rng.Range(0, MathF.PI), cos = MathF.Cos(turn), sin = MathF.Sin(turn), size = MathF.Sqrt(height * height + width * width);
        float middle = rng.Range(0, width) * cos + rng.Range(0, height) * sin, half = rng.LogRange(0.03f, 0.5f) * size;
        // From an edge as sharp as a pixel to a wide penumbra.
        float slope = 1 / rng.LogRange(0.7f, 20), dark = rng.Range(0.25f, 0.85f);
        int pixels = height * width;
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                float inside = Math.Clamp((half - MathF.Abs(x * cos + y * sin - middle)) * slope + 0.5f, 0, 1);
                float light = 1 - inside * (1 - dark);
                int at = y * width + x;
                rgb[at] *= light;
                rgb[pixels + at] *= light;
                rgb[2 * pixels + at] *= light;
            }
        }
    }
}
