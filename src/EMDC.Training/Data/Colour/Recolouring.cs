namespace EMDC.Training.Data.Colour;

/// <summary>
/// Another camera's colours: a 3×3 matrix (white balance, saturation, channels mixed or in another order), then one curve for all channels
/// (gamma, contrast, brightness).
/// </summary>
internal static class Recolouring
{
    private const int Steps = 1024;

    public static void Apply(AugmentationOptions options, Rng rng, int pixels, Span<float> rgb)
    {
        Span<float> matrix = [1, 0, 0, 0, 1, 0, 0, 0, 1];
        bool recolour = rng.Chance(options.RecolourChance);
        if (recolour)
        {
            Saturate(matrix, rng.Range(0.3f, 1.5f));
            for (int c = 0; c < 3; c++)
            {
                Scale(matrix.Slice(3 * c, 3), rng.Range(0.8f, 1.2f));
            }
        }

        if (rng.Chance(options.MixChance))
        {
            Mix(rng, matrix);
        }

        if (rng.Chance(options.GreyChance))
        {
            Saturate(matrix, 0);
        }

        Span<float> curve = stackalloc float[Steps];
        float gamma = recolour ? rng.LogRange(0.6f, 1.6f) : 1, contrast = recolour ? rng.Range(0.6f, 1.4f) : 1, brightness = recolour ? rng.Range(-0.2f, 0.2f) : 0;
        for (int i = 0; i < Steps; i++)
        {
            curve[i] = (MathF.Pow(i / (Steps - 1f), gamma) - 0.5f) * contrast + 0.5f + brightness;
        }

        Span<float> red = rgb[..pixels], green = rgb.Slice(pixels, pixels), blue = rgb.Slice(2 * pixels, pixels);
        for (int i = 0; i < pixels; i++)
        {
            float r = red[i], g = green[i], b = blue[i];
            red[i] = At(curve, matrix[0] * r + matrix[1] * g + matrix[2] * b);
            green[i] = At(curve, matrix[3] * r + matrix[4] * g + matrix[5] * b);
            blue[i] = At(curve, matrix[6] * r + matrix[7] * g + matrix[8] * b);
        }
    }

    private static float At(ReadOnlySpan<float> curve, float x) => curve[(int)(Math.Clamp(x, 0, 1) * (Steps - 1) + 0.5f)];

    /// <summary>Moves every colour towards its grey (or away from it): rows become a·row + (1 − a)·mean of the rows.</summary>
    private static void Saturate(Span<float> matrix, float amount)
    {
        for (int k = 0; k < 3; k++)
        {
            float grey = (1 - amount) * (matrix[k] + matrix[3 + k] + matrix[6 + k]) / 3;
            for (int c = 0; c < 3; c++)
            {
                matrix[3 * c + k] = amount * matrix[3 * c + k] + grey;
            }
        }
    }

    /// <summary>Channels in another order, or each a random mean of all.</summary>
    private static void Mix(Rng rng, Span<float> matrix)
    {
        if (rng.Chance(0.5f))
        {
            int one = rng.Int(0, 2), two = (one + rng.Int(1, 2)) % 3;
            for (int k = 0; k < 3; k++)
            {
                (matrix[3 * one + k], matrix[3 * two + k]) = (matrix[3 * two + k], matrix[3 * one + k]);
            }

            return;
        }

        for (int c = 0; c < 3; c++)
        {
            Span<float> row = matrix.Slice(3 * c, 3);
            float sum = 0;
            foreach (ref float share in row)
            {
                share = rng.Unit() + 0.01f;
                sum += share;
            }

            Scale(row, 1 / sum);
        }
    }

    private static void Scale(Span<float> row, float factor)
    {
        foreach (ref float x in row)
        {
            x *= factor;
        }
    }
}
