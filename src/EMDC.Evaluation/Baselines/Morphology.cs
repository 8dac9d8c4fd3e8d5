namespace EMDC.Evaluation;

/// <summary>Grey morphology on height × width maps; what lies outside of the image takes no part.</summary>
internal static class Morphology
{
    /// <summary>
    /// The largest value of the square window of 2·radius + 1, by running maxima (van Herk 1992, Gil and Werman 1993): three comparisons
    /// a pixel and direction for any radius.
    /// </summary>
    public static float[] Dilate(float[] map, int height, int width, int radius)
    {
        var rows = new float[map.Length];
        var result = new float[map.Length];
        var work = new Running(Math.Max(height, width), radius);
        for (int y = 0; y < height; y++)
        {
            work.Maxima(map, y * width, 1, width, rows);
        }

        for (int x = 0; x < width; x++)
        {
            work.Maxima(rows, x, width, height, result);
        }

        return result;
    }

    /// <summary>The smallest value of the window: −dilate(−map).</summary>
    public static float[] Erode(float[] map, int height, int width, int radius) =>
        Negated(Dilate(Negated(map), height, width, radius));

    /// <summary>The largest value among the pixels with |dx| + |dy| ≤ radius.</summary>
    public static float[] DilateDiamond(float[] map, int height, int width, int radius)
    {
        var result = new float[map.Length];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                float largest = float.NegativeInfinity;
                for (int v = Math.Max(0, y - radius); v <= Math.Min(height - 1, y + radius); v++)
                {
                    int reach = radius - Math.Abs(v - y);
                    for (int u = Math.Max(0, x - reach); u <= Math.Min(width - 1, x + reach); u++)
                    {
                        largest = Math.Max(largest, map[v * width + u]);
                    }
                }

                result[y * width + x] = largest;
            }
        }

        return result;
    }

    private static float[] Negated(float[] map)
    {
        var result = new float[map.Length];
        for (int i = 0; i < map.Length; i++)
        {
            result[i] = -map[i];
        }

        return result;
    }

    /// <summary>Running maxima along a line.</summary>
    private sealed class Running(int longest, int radius)
    {
        private readonly int _window = 2 * radius + 1;
        private readonly float[] _line = new float[longest + 2 * radius], _forward = new float[longest + 2 * radius], _backward = new float[longest + 2 * radius];

        public void Maxima(float[] from, int start, int step, int count, float[] to)
        {
            int padded = count + 2 * radius;
            _line.AsSpan(0, padded).Fill(float.NegativeInfinity);
            for (int i = 0; i < count; i++)
            {
                _line[radius + i] = from[start + i * step];
            }

            // Within blocks of the window's length: maxima from the block's beginning and to its end. A window covers the end of one
            // block and the beginning of the next.
            for (int i = 0; i < padded; i++)
            {
                _forward[i] = i % _window == 0 ? _line[i] : Math.Max(_forward[i - 1], _line[i]);
            }

            for (int i = padded - 1; i >= 0; i--)
            {
                _backward[i] = i == padded - 1 || i % _window == _window - 1 ? _line[i] : Math.Max(_backward[i + 1], _line[i]);
            }

            for (int i = 0; i < count; i++)
            {
                to[start + i * step] = Math.Max(_backward[i], _forward[i + _window - 1]);
            }
        }
    }
}
