namespace EMDC.Training.Data.Spots;

/// <summary>Where a sensor measures: marks about <c>count</c> of H×W pixels.</summary>
internal readonly ref struct Places(Rng rng, int height, int width, Span<bool> marks)
{
    /// <summary>A grid's spots leave it by up to so many pixels (standard deviation).</summary>
    private const float Jitter = 0.3f;

    private readonly Span<bool> _marks = marks;

    /// <summary>
    /// A staggered grid as a ToF sensor projects it: rows at a distance, every other one shifted by half of it, under pincushion distortion
    /// of 1e-5…5e-5 (at 192×256; the same shape at other sizes), its centre off the picture's by up to a tenth.
    /// </summary>
    public void Grid(int count)
    {
        float stride = MathF.Sqrt((float)height * width / Math.Max(count, 1)), jitter = rng.Range(0, Jitter), tilt = rng.Range(-0.03f, 0.03f);
        float pincushion = rng.Range(1e-5f, 5e-5f) * (192 * 192 + 256 * 256) / (height * height + width * width);
        float centreX = width * rng.Range(0.4f, 0.6f), centreY = height * rng.Range(0.4f, 0.6f);
        // Corners move outwards, so the middle must be denser for the same count.
        stride /= 1 + pincushion * (height * height + width * width) / 12;
        float startX = -rng.Unit() * stride, startY = -rng.Unit() * stride;
        var noise = new Gaussian(rng);
        int row = 0;
        for (float y = startY; y < height + stride; y += stride, row++)
        {
            for (float x = startX + row % 2 * 0.5f * stride; x < width + stride; x += stride)
            {
                float dx = x - centreX, dy = y - centreY + tilt * dx, grow = 1 + pincushion * (dx * dx + dy * dy);
                Mark(centreX + dx * grow + jitter * noise.Next(), centreY + dy * grow + jitter * noise.Next());
            }
        }
    }

    /// <summary>Every n-th pixel of every n-th row.</summary>
    public void Raster(int count)
    {
        int step = Math.Max(1, (int)MathF.Round(MathF.Sqrt((float)height * width / Math.Max(count, 1))));
        int left = rng.Int(0, step - 1);
        for (int y = rng.Int(0, step - 1); y < height; y += step)
        {
            for (int x = left; x < width; x += step)
            {
                _marks[y * width + x] = true;
            }
        }
    }

    /// <summary>Every pixel with the same chance.</summary>
    public void Random(int count)
    {
        float share = (float)count / (height * width);
        foreach (ref bool mark in _marks)
        {
            mark = rng.Unit() < share;
        }
    }

    /// <summary>Where the picture has contrast: the better of a few random pixels by the steepness of one channel.</summary>
    public void Corners(int count, ReadOnlySpan<float> channel)
    {
        int candidates = rng.Int(3, 12);
        for (int i = 0; i < count; i++)
        {
            int best = 0;
            float steepest = -1;
            for (int k = 0; k < candidates; k++)
            {
                int x = rng.Int(1, width - 2), y = rng.Int(1, height - 2), at = y * width + x;
                float steepness = MathF.Abs(channel[at + 1] - channel[at - 1]) + MathF.Abs(channel[at + width] - channel[at - width]);
                (best, steepest) = steepness > steepest ? (at, steepness) : (best, steepest);
            }

            _marks[best] = true;
        }
    }

    /// <summary>Two to nine heaps of spots about random middles.</summary>
    public void Clusters(int count)
    {
        int heaps = rng.Int(2, 9);
        Span<(float X, float Y, float Spread)> middles = stackalloc (float, float, float)[heaps];
        foreach (ref var middle in middles)
        {
            middle = (rng.Range(0, width), rng.Range(0, height), rng.LogRange(0.03f, 0.2f) * width);
        }

        var noise = new Gaussian(rng);
        for (int i = 0; i < count; i++)
        {
            var (x, y, spread) = middles[rng.Int(0, heaps - 1)];
            Mark(x + spread * noise.Next(), y + spread * noise.Next());
        }
    }

    /// <summary>Dense at one side, thinning out to nothing towards the other.</summary>
    public void OneSided(int count)
    {
        float turn = rng.Range(0, 2 * MathF.PI), fall = rng.Range(1, 4), cos = 0.7f * MathF.Cos(turn) / width, sin = 0.7f * MathF.Sin(turn) / height;
        int columns = width, rows = height;
        float Weight(int i) => MathF.Pow(Math.Clamp(0.5f + (i % columns + 0.5f - columns / 2f) * cos + (i / columns + 0.5f - rows / 2f) * sin, 0, 1), fall);
        float sum = 0;
        for (int i = 0; i < _marks.Length; i++)
        {
            sum += Weight(i);
        }

        for (int i = 0; i < _marks.Length; i++)
        {
            _marks[i] = rng.Unit() * sum < count * Weight(i);
        }
    }

    /// <summary>Rows of a turning LiDAR: 4 to 64 of them, slightly bent, with spots at equal distances along each.</summary>
    public void ScanLines(int count)
    {
        int lines = Math.Clamp((int)(MathF.Sqrt(count) * rng.LogRange(0.2f, 1.2f)), 4, Math.Min(64, height / 2));
        float bend = rng.Range(-0.06f, 0.06f) * height, gap = height / (float)lines, step = MathF.Max(1, width * lines / (float)Math.Max(count, 1));
        float first = rng.Range(0, gap);
        for (int line = 0; line < lines; line++)
        {
            for (float x = rng.Range(0, step); x < width; x += step)
            {
                float across = 2 * x / width - 1;
                Mark(x, first + line * gap + bend * across * across);
            }
        }
    }

    private void Mark(float x, float y)
    {
        int i = (int)MathF.Floor(x), j = (int)MathF.Floor(y);
        if ((uint)i < (uint)width && (uint)j < (uint)height)
        {
            _marks[j * width + i] = true;
        }
    }
}
