namespace EMDC.Scenes.Sensor;

/// <summary>How spots lie in the picture.</summary>
internal enum SpotPattern
{
    /// <summary>A staggered grid under pincushion distortion, as a ToF sensor projects it.</summary>
    Grid,

    /// <summary>Uniformly at random.</summary>
    Random,
}

/// <summary>What can go wrong with spots; each can be switched on by itself.</summary>
[Flags]
internal enum SpotEffects
{
    None = 0,

    /// <summary>Depths vary by 1 % · N(1, 1/3), the factor drawn once per scene.</summary>
    Noise = 1,

    /// <summary>Spots leave their grid by up to 0.3 pixels (standard deviation).</summary>
    Jitter = 2,

    /// <summary>The sensor sees a rectangle of the picture only.</summary>
    Cut = 4,

    /// <summary>Spots are lost anywhere.</summary>
    Dropout = 8,

    /// <summary>Dark, slanted and mirroring surfaces lose spots.</summary>
    Dark = 16,

    /// <summary>Spots near depth edges report a depth between or beyond the two surfaces.</summary>
    Multipath = 32,

    /// <summary>Nothing comes back from a rectangle.</summary>
    Window = 64,
}

/// <summary>A part of the picture; shares of its width and height.</summary>
internal readonly record struct Part(float Left, float Top, float Right, float Bottom)
{
    public static Part Whole => new(0, 0, 1, 1);

    public float Area => (Right - Left) * (Bottom - Top);

    public bool Holds(int x, int y, int width, int height) =>
        x >= (int)(Left * width) && x < (int)(Right * width) && y >= (int)(Top * height) && y < (int)(Bottom * height);

    /// <summary>A rectangle of which each side is a share of the picture's.</summary>
    public static Part Draw(Rng rng, float low, float high)
    {
        float w = rng.Range(low, high), h = rng.Range(low, high), x = rng.Range(0, 1 - w), y = rng.Range(0, 1 - h);
        return new(x, y, x + w, y + h);
    }
}

/// <summary>The sensor of one scene: which pattern, how many spots, and how large its faults are.</summary>
internal sealed record SpotOptions
{
    public SpotPattern Pattern { get; init; }

    /// <summary>Spots within the field of view, before any is lost.</summary>
    public int Count { get; init; } = 800;

    /// <summary>Standard deviation as a share of the depth.</summary>
    public float Noise { get; init; }

    /// <summary>Standard deviation of a grid's spots, in pixels.</summary>
    public float Jitter { get; init; }

    /// <summary>Share of spots that are lost anywhere.</summary>
    public float Dropout { get; init; }

    /// <summary>Whether dark, slanted and mirroring surfaces lose spots.</summary>
    public bool IsLostInTheDark { get; init; }

    /// <summary>Share of the spots near depth edges that mix the two surfaces.</summary>
    public float Multipath { get; init; }

    /// <summary>The part of the picture that the sensor sees.</summary>
    public Part? View { get; init; }

    /// <summary>A part of the picture in which nothing comes back.</summary>
    public Part? Window { get; init; }

    /// <summary>The mix for training: mostly as in the challenge, 600 to 1500 spots, and everything else now and then.</summary>
    public static SpotOptions Draw(Rng rng)
    {
        int count = rng.Weighted(0.72f, 0.18f, 0.1f) switch
        {
            0 => rng.Int(600, 1500),
            1 => (int)rng.LogRange(100, 600),
            _ => rng.Int(1500, 2000),
        };
        var effects = SpotEffects.Noise | SpotEffects.Jitter;
        effects |= rng.Chance(0.5f) ? SpotEffects.Cut : 0;
        effects |= rng.Chance(0.3f) ? SpotEffects.Dropout : 0;
        effects |= rng.Chance(0.7f) ? SpotEffects.Dark : 0;
        effects |= rng.Chance(0.5f) ? SpotEffects.Multipath : 0;
        effects |= rng.Chance(0.12f) ? SpotEffects.Window : 0;
        return Draw(rng, rng.Chance(0.85f) ? SpotPattern.Grid : SpotPattern.Random, count, effects);
    }

    /// <summary>Draws how large the chosen effects are. What is drawn for one does not depend on the others or on the count.</summary>
    public static SpotOptions Draw(Rng rng, SpotPattern pattern, int count, SpotEffects effects)
    {
        float noise = 0.01f * Math.Clamp(rng.Normal(1, 1 / 3f), 0.05f, 2.5f), jitter = rng.Range(0, 0.3f), dropout = rng.LogRange(0.02f, 0.4f);
        float multipath = rng.Range(0.02f, 0.25f);
        Part view = Part.Draw(rng, 0.6f, 1), window = Part.Draw(rng, 0.2f, 0.5f);
        return new SpotOptions
        {
            Pattern = pattern,
            Count = count,
            Noise = effects.HasFlag(SpotEffects.Noise) ? noise : 0,
            Jitter = effects.HasFlag(SpotEffects.Jitter) ? jitter : 0,
            Dropout = effects.HasFlag(SpotEffects.Dropout) ? dropout : 0,
            IsLostInTheDark = effects.HasFlag(SpotEffects.Dark),
            Multipath = effects.HasFlag(SpotEffects.Multipath) ? multipath : 0,
            View = effects.HasFlag(SpotEffects.Cut) ? view : null,
            Window = effects.HasFlag(SpotEffects.Window) ? window : null,
        };
    }
}
