namespace EMDC.Evaluation;

/// <summary>The two 5×5 smoothing filters of <see cref="IpBasic"/>; the border's values are repeated outside.</summary>
internal static class Smoothing
{
    private const int Radius = 2, Window = 5, Middle = Window * Window / 2;

    /// <summary>The median of 5×5 pixels.</summary>
    public static float[] Median(float[] map, int height, int width)
    {
        float[] padded = Padded(map, height, width);
        int stride = width + 2 * Radius;
        var result = new float[map.Length];
        // The median of 25 is still among the values after the smallest and the largest of any 14 are dropped (14 = 25 / 2 + 2), and
        // so on with one value more and two less each time.
        Span<float> kept = stackalloc float[Middle + 2];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int corner = y * stride + x, count = kept.Length;
                for (int i = 0; i < count; i++)
                {
                    kept[i] = padded[corner + i / Window * stride + i % Window];
                }

                for (int next = kept.Length; next < Window * Window; next++)
                {
                    ToEnds(kept[..count]);
                    kept[0] = padded[corner + next / Window * stride + next % Window];
                    count--;
                }

                ToEnds(kept[..3]);
                result[y * width + x] = kept[1];
            }
        }

        return result;
    }

    /// <summary>
    /// The Gaussian of 5×5 pixels that OpenCV takes where no σ is named, as the published code does: (1, 4, 6, 4, 1) / 16 along rows and
    /// columns.
    /// </summary>
    public static float[] Gaussian(float[] map, int height, int width)
    {
        float[] padded = Padded(map, height, width);
        int stride = width + 2 * Radius;
        var rows = new double[(height + 2 * Radius) * width];
        for (int y = 0; y < height + 2 * Radius; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int at = y * stride + x;
                rows[y * width + x] = Binomial(padded[at], padded[at + 1], padded[at + 2], padded[at + 3], padded[at + 4]);
            }
        }

        var result = new float[map.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = (float)Binomial(rows[i], rows[i + width], rows[i + 2 * width], rows[i + 3 * width], rows[i + 4 * width]);
        }

        return result;
    }

    private static double Binomial(double a, double b, double c, double d, double e) => (a + e + 4 * (b + d) + 6 * c) / 16;

    /// <summary>Moves the smallest value to the front and the largest to the end.</summary>
    private static void ToEnds(Span<float> values)
    {
        int last = values.Length - 1;
        for (int i = 1; i <= last; i++)
        {
            (values[0], values[i]) = values[i] < values[0] ? (values[i], values[0]) : (values[0], values[i]);
        }

        for (int i = 1; i < last; i++)
        {
            (values[i], values[last]) = values[i] > values[last] ? (values[last], values[i]) : (values[i], values[last]);
        }
    }

    private static float[] Padded(float[] map, int height, int width)
    {
        int stride = width + 2 * Radius;
        var padded = new float[(height + 2 * Radius) * stride];
        for (int y = 0; y < height + 2 * Radius; y++)
        {
            int row = Math.Clamp(y - Radius, 0, height - 1) * width;
            for (int x = 0; x < stride; x++)
            {
                padded[y * stride + x] = map[row + Math.Clamp(x - Radius, 0, width - 1)];
            }
        }

        return padded;
    }
}
