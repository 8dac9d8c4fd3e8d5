namespace EMDC.Training.Data.Spots;

/// <summary>Why a measurement is not the depth of its pixel.</summary>
internal readonly ref struct DepthErrors(AugmentationOptions options, Rng rng, int height, int width)
{
    private const float Nearest = 0.01f;

    /// <summary>
    /// Errors of the whole map, before places are chosen: enlarged from a smaller map, averaged while the camera moves.
    /// </summary>
    /// <param name="measured">H×W metres, in place.</param>
    /// <param name="other">Scratch, H×W.</param>
    /// <param name="kind">Only maps are enlarged and trail.</param>
    public void Blur(Span<float> measured, Span<float> other, SensorKind kind)
    {
        if (kind is SensorKind.Map && rng.Chance(options.EnlargedChance))
        {
            Enlarged(measured, other, rng.Int(2, 4));
            other.CopyTo(measured);
        }

        if (kind is SensorKind.Map && rng.Chance(options.TrailChance))
        {
            float turn = rng.Range(0, 2 * MathF.PI), far = rng.Range(1, 4), share = rng.Range(0.2f, 0.7f);
            Shift(measured, other, (int)MathF.Round(far * MathF.Sin(turn)), (int)MathF.Round(far * MathF.Cos(turn)));
            for (int i = 0; i < measured.Length; i++)
            {
                measured[i] = other[i] > 0 && measured[i] > 0 ? measured[i] + share * (other[i] - measured[i]) : measured[i];
            }
        }
    }

    /// <summary>
    /// Errors of single measurements: mixtures at depth edges, a slowly varying share, noise, rounding, outliers, and one spot beyond all
    /// others.
    /// </summary>
    /// <param name="kind">Maps are quiet.</param>
    /// <param name="measured">H×W metres.</param>
    /// <param name="depth">H×W metres, the truth, whose edges count.</param>
    /// <param name="places">H×W, where the sensor measures.</param>
    /// <param name="spots">H×W metres, 0 where nothing is measured.</param>
    public void Apply(SensorKind kind, ReadOnlySpan<float> measured, ReadOnlySpan<float> depth, ReadOnlySpan<bool> places, Span<float> spots)
    {
        float multipath = rng.Chance(options.MultipathChance) && kind is not SensorKind.Zones ? rng.Range(options.Multipath.Low, options.Multipath.High) : 0;
        float outliers = rng.Chance(options.OutliersChance) ? rng.LogRange(options.Outliers.Low, options.Outliers.High) : 0;
        float bias = rng.Chance(options.BiasChance) ? options.Bias : 0;
        var cloud = new Cloud(rng, height, width, rng.LogRange(12, 90));
        bool isQuiet = kind is SensorKind.Map || rng.Chance(options.QuietChance);
        float noise = isQuiet ? rng.Range(0, options.Quiet) : Math.Clamp(rng.Normal(options.Noise.Mean, options.Noise.Deviation), 0, 3 * options.Noise.Mean);
        Func<float, float>? rounded = rng.Chance(options.QuantisedChance) ? Quantiser(Typical(measured)) : null;
        var normal = new Gaussian(rng);
        float farthest = 0;
        int count = 0;
        for (int i = 0; i < spots.Length; i++)
        {
            spots[i] = 0;
            float d = measured[i];
            if (!places[i] || d <= 0)
            {
                continue;
            }

            if (multipath > 0 && depth[i] > 0 && rng.Unit() < multipath)
            {
                // Between both surfaces, or somewhat beyond the farther one for light that took a detour.
                float other = DepthEdges.OtherSide(height, width, depth, i / width, i % width), mix = rng.Unit();
                d = other == depth[i] ? d : mix < 0.75f ? d + (other - d) * mix / 0.75f : MathF.Max(d, other) * (1 + 0.6f * (mix - 0.75f));
            }

            d *= 1 + noise * normal.Next() + (bias > 0 ? bias * cloud.At(i / width, i % width) : 0);
            d = rounded is null ? d : rounded(d);
            d = outliers > 0 && rng.Unit() < outliers ? d * rng.Range(0.2f, 3) : d;
            spots[i] = MathF.Min(MathF.Max(d, Nearest), options.Farthest);
            farthest = MathF.Max(farthest, spots[i]);
            count++;
        }

        if (count > 1 && rng.Chance(options.FarSpotChance))
        {
            FarSpot(spots, rng.Int(0, count - 1), MathF.Min(farthest * rng.LogRange(options.FarSpot.Low, options.FarSpot.High), options.Farthest));
        }
    }

    /// <summary>Rounds to equal steps, or to steps that grow with the square of the depth: the disparity is what is rounded.</summary>
    private Func<float, float> Quantiser(float typical)
    {
        float step = typical * rng.LogRange(options.Quantum.Low, options.Quantum.High);
        if (rng.Chance(0.5f))
        {
            return d => MathF.Max(MathF.Round(d / step), 1) * step;
        }

        // At the typical depth neighbouring disparities are `step` apart: b/n − b/(n+1) ≈ typical²/b.
        float b = typical * typical / step;
        return d => b / MathF.Max(MathF.Round(b / d), 1);
    }

    /// <summary>The geometric mean of every 97th known depth.</summary>
    private static float Typical(ReadOnlySpan<float> measured)
    {
        double sum = 0;
        int count = 0;
        for (int i = 0; i < measured.Length; i += 97)
        {
            if (measured[i] > 0)
            {
                sum += Math.Log(measured[i]);
                count++;
            }
        }

        return count > 0 ? (float)Math.Exp(sum / count) : 1;
    }

    private static void FarSpot(Span<float> spots, int number, float metres)
    {
        for (int i = 0; i < spots.Length; i++)
        {
            if (spots[i] > 0 && number-- == 0)
            {
                spots[i] = metres;
            }
        }
    }

    /// <summary>shifted(p) = map(p + (dy, dx)), 0 outside.</summary>
    private void Shift(ReadOnlySpan<float> map, Span<float> shifted, int dy, int dx)
    {
        for (int y = 0; y < height; y++)
        {
            Span<float> row = shifted.Slice(y * width, width);
            row.Clear();
            if ((uint)(y + dy) < (uint)height)
            {
                int first = Math.Max(0, -dx), length = width - Math.Abs(dx);
                map.Slice((y + dy) * width + first + dx, length).CopyTo(row[first..]);
            }
        }
    }

    /// <summary>Means over cells of n×n known depths, bilinear between their middles.</summary>
    private void Enlarged(ReadOnlySpan<float> map, Span<float> enlarged, int n)
    {
        int rows = (height + n - 1) / n, columns = (width + n - 1) / n;
        float[] cells = new float[rows * columns], known = new float[rows * columns];
        for (int i = 0; i < map.Length; i++)
        {
            int cell = i / width / n * columns + i % width / n;
            cells[cell] += map[i];
            known[cell] += map[i] > 0 ? 1 : 0;
        }

        for (int i = 0; i < cells.Length; i++)
        {
            cells[i] = known[i] > 0 ? cells[i] / known[i] : 0;
        }

        for (int y = 0; y < height; y++)
        {
            float v = Math.Clamp((y + 0.5f) / n - 0.5f, 0, rows - 1);
            int j = Math.Min((int)v, Math.Max(rows - 2, 0)), below = rows > 1 ? columns : 0;
            for (int x = 0; x < width; x++)
            {
                float u = Math.Clamp((x + 0.5f) / n - 0.5f, 0, columns - 1);
                int i = Math.Min((int)u, Math.Max(columns - 2, 0)), at = j * columns + i, right = columns > 1 ? 1 : 0;
                float a = cells[at], b = cells[at + right], c = cells[at + below], d = cells[at + below + right], s = u - i, t = v - j;
                bool whole = a > 0 && b > 0 && c > 0 && d > 0;
                enlarged[y * width + x] = whole ? (a + s * (b - a)) * (1 - t) + (c + s * (d - c)) * t : cells[y / n * columns + x / n];
            }
        }
    }
}
