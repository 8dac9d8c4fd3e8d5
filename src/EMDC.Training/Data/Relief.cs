namespace EMDC.Training.Data;

/// <summary>
/// Another size and another flatness of what a sample shows: 1/d' = ((1 − t)/d + t·m)/s with m the mean of 1/d, a projection that keeps
/// planes plane and the order of depths.
/// </summary>
internal readonly record struct Relief(float Flatness, float Mean, float Scale)
{
    public static Relief Draw(AugmentationOptions options, Rng rng, ReadOnlySpan<float> depth)
    {
        float scale = rng.Chance(options.ScaleChance) ? rng.LogRange(options.Scale.Low, options.Scale.High) : 1;
        float flatness = rng.Chance(options.FlattenChance) ? rng.Range(options.Flatten.Low, options.Flatten.High) : 0;
        double sum = 0;
        int count = 0;
        float farthest = 0;
        foreach (float metres in depth)
        {
            if (metres > 0)
            {
                sum += 1 / metres;
                count++;
                farthest = MathF.Max(farthest, metres);
            }
        }

        var relief = new Relief(flatness, (float)(sum / Math.Max(count, 1)), 1);
        return relief with { Scale = MathF.Min(scale, options.Farthest / relief.At(farthest)) };
    }

    public void Apply(Span<float> depth)
    {
        foreach (ref float metres in depth)
        {
            metres = metres > 0 ? At(metres) : 0;
        }
    }

    // Without flatness exactly d · s: what nothing is done to stays what it was.
    private float At(float metres) => Flatness > 0 ? Scale / ((1 - Flatness) / metres + Flatness * Mean) : metres * Scale;
}
