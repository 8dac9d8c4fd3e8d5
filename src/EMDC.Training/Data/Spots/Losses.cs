namespace EMDC.Training.Data.Spots;

/// <summary>Why a place that a sensor looks at gives no measurement. Removes marks.</summary>
internal readonly ref struct Losses(AugmentationOptions options, Rng rng, int height, int width, ReadOnlySpan<float> rgb, ReadOnlySpan<float> depth, Span<bool> places, Span<bool> edges)
{
    private readonly ReadOnlySpan<float> _rgb = rgb, _depth = depth;
    private readonly Span<bool> _places = places, _edges = edges;

    public void Apply(SensorKind kind)
    {
        if (kind is not SensorKind.Zones && rng.Chance(options.CutChance))
        {
            Rectangle(options.CutSide, keepInside: true);
        }

        if (rng.Chance(options.WindowChance))
        {
            Rectangle(options.WindowSide, keepInside: false);
        }

        if (kind is not SensorKind.Map && rng.Chance(options.DropoutChance))
        {
            Dropout(rng.LogRange(options.Dropout.Low, options.Dropout.High));
        }

        if (kind is not SensorKind.Zones && rng.Chance(options.DarkChance))
        {
            Dark();
        }

        if (kind is SensorKind.Map && rng.Chance(options.HolesChance))
        {
            Holes();
        }

        if (kind is SensorKind.Map && rng.Chance(options.MissingEdgesChance))
        {
            MissingEdges(rng.Int(1, 3));
        }
    }

    /// <summary>A field of view smaller than the picture, or something in front of the sensor.</summary>
    private void Rectangle((float Low, float High) side, bool keepInside)
    {
        int h = (int)(rng.Range(side.Low, side.High) * height), w = (int)(rng.Range(side.Low, side.High) * width);
        int top = rng.Int(0, height - h), left = rng.Int(0, width - w);
        for (int y = 0; y < height; y++)
        {
            bool insideRow = y >= top && y < top + h;
            Span<bool> row = _places.Slice(y * width, width);
            if (keepInside)
            {
                row[..(insideRow ? left : width)].Clear();
                row[(insideRow ? left + w : width)..].Clear();
            }
            else if (insideRow)
            {
                row.Slice(left, w).Clear();
            }
        }
    }

    /// <summary>Spots that are lost anywhere.</summary>
    private void Dropout(float share)
    {
        foreach (ref bool place in _places)
        {
            place = place && rng.Unit() >= share;
        }
    }

    /// <summary>What looks darker than a threshold sends too little back, more seldom the darker it is.</summary>
    private void Dark()
    {
        float threshold = rng.Range(0.05f, 0.3f);
        int pixels = height * width;
        for (int i = 0; i < pixels; i++)
        {
            if (_places[i])
            {
                float brightest = MathF.Max(_rgb[i], MathF.Max(_rgb[pixels + i], _rgb[2 * pixels + i]));
                _places[i] = brightest >= threshold * rng.Unit();
            }
        }
    }

    /// <summary>One to four rectangles, and where a cloudy field is high: mirrors, glass, sunlight.</summary>
    private void Holes()
    {
        for (int i = rng.Int(0, 4); i > 0; i--)
        {
            Rectangle((0.05f, 0.55f), keepInside: false);
        }

        if (rng.Chance(0.6f))
        {
            var cloud = new Cloud(rng, height, width, rng.LogRange(6, 48));
            float threshold = rng.Range(0.5f, 2);
            for (int i = 0; i < _places.Length; i++)
            {
                _places[i] = _places[i] && cloud.At(i / width, i % width) < threshold;
            }
        }
    }

    /// <summary>Stereo and structured light see the far side of an edge with one eye only.</summary>
    private void MissingEdges(int margin)
    {
        DepthEdges.Mark(height, width, _depth, margin, _edges);
        for (int i = 0; i < _places.Length; i++)
        {
            _places[i] &= !_edges[i];
        }
    }
}
