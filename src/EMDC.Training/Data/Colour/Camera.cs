namespace EMDC.Training.Data.Colour;

/// <summary>A random camera: shadows, blur, other colours, noise, JPEG. Colours are 0…1, 3×H×W, changed in place.</summary>
internal static class Camera
{
    /// <param name="options">Chances and sizes.</param>
    /// <param name="rng">Draws.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="rgb">3×H×W.</param>
    /// <param name="scratch">H×W at least.</param>
    public static void Apply(AugmentationOptions options, Rng rng, int height, int width, Span<float> rgb, Span<float> scratch)
    {
        if (rng.Chance(options.ShadowChance))
        {
            Shadow.Cast(rng, height, width, rgb);
        }

        if (rng.Chance(options.BlurChance))
        {
            Blur.Apply(rng, height, width, rgb, scratch);
        }

        Recolouring.Apply(options, rng, height * width, rgb);
        if (rng.Chance(options.GrainChance))
        {
            float deviation = rng.LogRange(options.Grain.Low, options.Grain.High);
            var noise = new Gaussian(rng);
            foreach (ref float x in rgb)
            {
                x += deviation * noise.Next();
            }
        }

        if (rng.Chance(options.JpegChance))
        {
            BlockLoss.Apply(rgb, height, width, rng.LogRange(options.JpegStep.Low, options.JpegStep.High) / 255);
        }

        foreach (ref float x in rgb)
        {
            x = Math.Clamp(x, 0, 1);
        }
    }
}
