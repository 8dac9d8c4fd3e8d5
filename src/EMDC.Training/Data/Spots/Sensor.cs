namespace EMDC.Training.Data.Spots;

/// <summary>
/// A random depth sensor that looks at a sample: where it measures (<see cref="Places"/>, <see cref="Zones"/>), what it would measure
/// there (<see cref="DepthErrors"/>), and where nothing comes back (<see cref="Losses"/>).
/// </summary>
internal readonly ref struct Sensor(AugmentationOptions options, Rng rng, int height, int width, ReadOnlySpan<float> rgb, ReadOnlySpan<float> depth, Scratch scratch)
{
    private readonly ReadOnlySpan<float> _rgb = rgb, _depth = depth;

    /// <summary>Writes H×W metres, 0 where nothing is measured.</summary>
    /// <param name="usual">The challenge's sensor; any other without it.</param>
    /// <param name="spots">H×W.</param>
    public void Measure(bool usual, Span<float> spots)
    {
        SensorKind kind = usual ? SensorKind.Usual : Kind();
        Span<float> measured = scratch.Measured;
        _depth.CopyTo(measured);
        Errors().Blur(measured, scratch.Other, kind);
        Span<bool> places = scratch.Places;
        places.Clear();
        int pixels = height * width;
        float density = usual ? rng.Range(options.UsualDensity.Low, options.UsualDensity.High) : rng.LogRange(options.Density.Low, options.Density.High);
        int count = (int)(density * pixels);
        var draw = new Places(rng, height, width, places);
        switch (kind)
        {
            case SensorKind.Usual when rng.Chance(options.UsualRandomChance):
            case SensorKind.Random:
                draw.Random(count);
                break;
            case SensorKind.Usual:
            case SensorKind.Grid:
                draw.Grid(count);
                break;
            case SensorKind.Corners:
                draw.Corners(Math.Min(count, pixels / 12), _rgb.Slice(pixels, pixels));
                break;
            case SensorKind.Clusters:
                draw.Clusters(count);
                break;
            case SensorKind.OneSided:
                draw.OneSided(count);
                break;
            case SensorKind.ScanLines:
                draw.ScanLines(count);
                break;
            case SensorKind.Zones:
                Zones.Average(rng, height, width, measured, places);
                break;
            default:
                // Half of the maps are whole; the others are thinned out, as a team does that saves bandwidth.
                if (rng.Chance(0.5f))
                {
                    places.Fill(true);
                }
                else if (rng.Chance(0.5f))
                {
                    draw.Raster(count);
                }
                else
                {
                    draw.Random(count);
                }

                break;
        }

        new Losses(options, rng, height, width, _rgb, _depth, places, scratch.Edges).Apply(kind);
        Errors().Apply(kind, measured, _depth, places, spots);
    }

    private DepthErrors Errors() => new(options, rng, height, width);

    private SensorKind Kind() => SensorKind.Grid + rng.Weighted(
        options.GridWeight, options.RandomWeight, options.CornersWeight, options.ClustersWeight, options.OneSidedWeight, options.ScanLinesWeight,
        options.ZonesWeight, options.MapWeight);
}

/// <summary>Sensors by where they measure.</summary>
internal enum SensorKind
{
    Usual,
    Grid,
    Random,
    Corners,
    Clusters,
    OneSided,
    ScanLines,
    Zones,
    Map,
}
