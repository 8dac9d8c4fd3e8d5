namespace EMDC.Scenes.Sensor;

/// <summary>How spots lie in the picture.</summary>
internal enum SpotPattern
{
    /// <summary>A staggered grid under pincushion distortion, as a ToF sensor projects it.</summary>
    Grid,

    /// <summary>Uniformly at random.</summary>
    Random,
}

/// <summary>The sensor of one frame: which pattern, how many spots, and which of a sensor's faults it has.</summary>
internal sealed record SpotOptions
{
    public SpotPattern Pattern { get; init; }

    /// <summary>Spots in a full field of view, before anything is lost.</summary>
    public int Count { get; init; } = 800;

    /// <summary>Standard deviation as a share of the depth: 1 % · N(1, 1/3), the factor drawn once per scene.</summary>
    public float Noise { get; init; } = 0.01f;

    /// <summary>Standard deviation of the grid's spots, in pixels.</summary>
    public float Jitter { get; init; }

    /// <summary>Share of spots that are lost anywhere.</summary>
    public float Dropout { get; init; }

    /// <summary>Whether dark, slanted and mirroring surfaces lose spots.</summary>
    public bool IsLostInTheDark { get; init; }

    /// <summary>Share of the spots near depth edges that report a depth between or beyond the two surfaces.</summary>
    public float Multipath { get; init; }

    /// <summary>The part of the picture that the sensor sees; shares of width and height.</summary>
    public (float Left, float Top, float Right, float Bottom)? View { get; init; }

    /// <summary>A rectangle in which nothing comes back.</summary>
    public (float Left, float Top, float Right, float Bottom)? Hole { get; init; }

    /// <summary>The mix for training: mostly as in the challenge, 600 to 1500 spots, and everything else now and then.</summary>
    public static SpotOptions Draw(Rng rng)
    {
        int count = rng.Weighted(0.72f, 0.18f, 0.1f) switch
        {
            0 => rng.Int(600, 1500),
            1 => (int)rng.LogRange(100, 600),
            _ => rng.Int(1500, 2000),
        };
        return new SpotOptions
        {
            Pattern = rng.Chance(0.85f) ? SpotPattern.Grid : SpotPattern.Random,
            Count = count,
            Noise = 0.01f * Math.Clamp(rng.Normal(1, 1 / 3f), 0.05f, 2.5f),
            Jitter = rng.Range(0, 0.3f),
            Dropout = rng.Chance(0.35f) ? rng.Range(0, 0.4f) : 0,
            IsLostInTheDark = rng.Chance(0.7f),
            Multipath = rng.Chance(0.5f) ? rng.Range(0.02f, 0.3f) : 0,
            View = rng.Chance(0.5f) ? Rectangle(rng, 0.55f, 1) : null,
            Hole = rng.Chance(0.12f) ? Rectangle(rng, 0.15f, 0.5f) : null,
        };
    }

    /// <summary>A rectangle of which each side is a share of the picture's.</summary>
    public static (float Left, float Top, float Right, float Bottom) Rectangle(Rng rng, float low, float high)
    {
        float w = rng.Range(low, high), h = rng.Range(low, high), x = rng.Range(0, 1 - w), y = rng.Range(0, 1 - h);
        return (x, y, x + w, y + h);
    }
}
