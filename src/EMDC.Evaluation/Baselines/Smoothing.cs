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

    /// <summary>A Gaussian of 5×5 pixels with OpenCV's σ for that size, 0.3·((5 − 1)/2 − 1) + 0.8 = 1.1.</summary>
    public static float[] Gaussian(float[] map, int height, int width)
    {
        const double sigma = 1.1;
        var kernel = new double[Window];
        for (int i = 0; i < Window; i++)
        {
            kernel[i] = Math.Exp(-(i - Radius) * (i - Radius) / (2 * sigma * sigma));
        }

        double total = kernel.Sum();
        float[] padded = Padded(map, height, width);
        int stride = width + 2 * Radius;
        var rows = new double[(height + 2 * Radius) * width];
        for (int y = 0; y < height + 2 * Radius; y++)
        {
            for (int x = 0; x < width; x++)
            {
                double sum = 0;
                for (int i = 0; i < Window; i++)
                {
                    sum += kernel[i] * padded[y * stride + x + i];
                }

                rows[y * width + x] = sum;
            }
        }

        var result = new float[map.Length];
        for (int i = 0; i < result.Length; i++)
        {
            double sum = 0;
            for (int j = 0; j < Window; j++)
            {
                sum += kernel[j] * rows[i + j * width];
            }

            result[i] = (float)(sum / (total * total));
        }

        return result;
    }

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
