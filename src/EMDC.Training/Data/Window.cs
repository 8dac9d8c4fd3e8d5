namespace EMDC.Training.Data;

/// <summary>
/// The part of a frame that a sample shows: pixel (y, x) of the sample covers the rectangle from (Top + y·StepY, Left + x·StepX) to the
/// next pixel's. Steps above 1 shrink the frame, those below 1 enlarge it.
/// </summary>
internal readonly record struct Window(float Top, float Left, float StepY, float StepX, int Height, int Width, bool FlipY = false, bool FlipX = false)
{
    /// <summary>A rectangle pixel for pixel.</summary>
    public static Window At(int top, int left, int height, int width) => new(top, left, 1, 1, height, width);

    /// <summary>
    /// Colours 0…1, 3×H×W: the mean over the rectangle that a pixel covers, or between pixel centres where it covers less than one.
    /// </summary>
    /// <param name="frame">Where from.</param>
    /// <param name="rgb">3×H×W.</param>
    /// <param name="row">Scratch of 3 × the frame's width.</param>
    public void Colours(StoredFrame frame, Span<float> rgb, Span<float> row)
    {
        int pixels = Height * Width, first = 3 * Math.Max((int)Left - 1, 0), end = 3 * Math.Min((int)(Left + Width * StepX) + 2, frame.Width);
        for (int y = 0; y < Height; y++)
        {
            row.Clear();
            var (y0, y1) = Reach(Top, StepY, y, frame.Height);
            float whole = 0;
            for (int j = y0; j <= y1; j++)
            {
                float weight = Share(Top, StepY, y, j, frame.Height);
                whole += weight;
                ReadOnlySpan<byte> source = frame.Rgb.Slice(3 * j * frame.Width, 3 * frame.Width);
                for (int i = first; i < end; i++)
                {
                    row[i] += weight * source[i];
                }
            }

            int to = (FlipY ? Height - 1 - y : y) * Width;
            for (int x = 0; x < Width; x++)
            {
                var (x0, x1) = Reach(Left, StepX, x, frame.Width);
                float r = 0, g = 0, b = 0, sum = 0;
                for (int i = x0; i <= x1; i++)
                {
                    float weight = Share(Left, StepX, x, i, frame.Width);
                    sum += weight;
                    r += weight * row[3 * i];
                    g += weight * row[3 * i + 1];
                    b += weight * row[3 * i + 2];
                }

                float scale = 1 / (255 * sum * whole);
                int at = to + (FlipX ? Width - 1 - x : x);
                (rgb[at], rgb[pixels + at], rgb[2 * pixels + at]) = (r * scale, g * scale, b * scale);
            }
        }
    }

    /// <summary>Depths in metres: the one at the pixel's middle, because a mean over a depth edge is a depth that is nowhere.</summary>
    /// <returns>How many are known.</returns>
    public int Depths(StoredFrame frame, Span<float> depth)
    {
        int known = 0;
        for (int y = 0; y < Height; y++)
        {
            int from = Math.Clamp((int)(Top + (y + 0.5f) * StepY), 0, frame.Height - 1) * frame.Width, to = (FlipY ? Height - 1 - y : y) * Width;
            for (int x = 0; x < Width; x++)
            {
                ushort units = frame.Depth[from + Math.Clamp((int)(Left + (x + 0.5f) * StepX), 0, frame.Width - 1)];
                depth[to + (FlipX ? Width - 1 - x : x)] = units * frame.Unit;
                known += units > 0 ? 1 : 0;
            }
        }

        return known;
    }

    /// <summary>The frame's own spots in metres, each in the pixel that covers it; of several in one pixel the last.</summary>
    public void Spots(StoredFrame frame, Span<float> spots)
    {
        spots.Clear();
        if (frame.Spots.IsEmpty)
        {
            return;
        }

        int bottom = Math.Min(frame.Height, (int)MathF.Ceiling(Top + Height * StepY)), right = Math.Min(frame.Width, (int)MathF.Ceiling(Left + Width * StepX));
        for (int j = (int)Top; j < bottom; j++)
        {
            for (int i = (int)Left; i < right; i++)
            {
                ushort units = frame.Spots[j * frame.Width + i];
                if (units > 0)
                {
                    int y = Math.Clamp((int)((j + 0.5f - Top) / StepY), 0, Height - 1), x = Math.Clamp((int)((i + 0.5f - Left) / StepX), 0, Width - 1);
                    spots[(FlipY ? Height - 1 - y : y) * Width + (FlipX ? Width - 1 - x : x)] = units * frame.Unit;
                }
            }
        }
    }

    /// <summary>The first and the last pixel of the frame that a pixel of the sample reads along one axis.</summary>
    private static (int First, int Last) Reach(float start, float step, int at, int side)
    {
        float low = start + at * step, high = low + step;
        if (step < 1)
        {
            int first = (int)MathF.Floor((low + high) / 2 - 0.5f);
            return (Math.Clamp(first, 0, side - 1), Math.Clamp(first + 1, 0, side - 1));
        }

        int begin = Math.Clamp((int)low, 0, side - 1);
        // An end that rounding moved past a border of pixels adds none.
        return (begin, Math.Clamp((int)MathF.Ceiling(high - 1e-4f) - 1, begin, side - 1));
    }

    /// <summary>How much of pixel <paramref name="i"/> counts; at least a little, so that sums never vanish at the border.</summary>
    private static float Share(float start, float step, int at, int i, int side)
    {
        float low = start + at * step, high = low + step;
        float share = step < 1 ? 1 - MathF.Abs(i + 0.5f - (low + high) / 2) : MathF.Min(high, i + 1) - MathF.Max(low, i);
        return MathF.Max(share, 1e-6f);
    }
}
