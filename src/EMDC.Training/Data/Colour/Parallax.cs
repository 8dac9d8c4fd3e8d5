namespace EMDC.Training.Data.Colour;

/// <summary>
/// Colours seen by a camera that stands beside the depth sensor, as if the registration had the distance between both wrong: pixel p of the
/// depth has its colour at p + s(p) along one axis, s(p) = amount · (v(p) − mean v), v(p) = nearest depth / depth(p), 0 where it is unknown.
/// So the nearest surface and the farthest move apart by <c>amount</c> pixels at most, and surfaces of one depth keep together. What is nearer
/// covers what is farther; what comes in sight beside it shows the farther surface's colours once more, mirrored.
/// </summary>
internal static class Parallax
{
    /// <summary>Neighbours that move apart by more pixels than this are two surfaces, between which no colour is mixed.</summary>
    private const float Tear = 0.5f;

    /// <summary>Moves the colours.</summary>
    /// <param name="amount">Pixels, of either sign.</param>
    /// <param name="isDown">Along columns; along rows without it.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="depth">H×W metres, 0 = unknown.</param>
    /// <param name="rgb">3×H×W.</param>
    /// <param name="scratch">What a line of pixels needs meanwhile.</param>
    public static void Move(float amount, bool isDown, int height, int width, ReadOnlySpan<float> depth, Span<float> rgb, Scratch scratch)
    {
        int pixels = height * width, length = isDown ? height : width, lines = isDown ? width : height;
        Span<float> nearness = scratch.Measured, line = scratch.Row.AsSpan(0, length), shift = scratch.Row.AsSpan(length, length);
        float mean = Nearness(depth, nearness);
        Span<int> source = stackalloc int[length];
        for (int i = 0; i < lines; i++)
        {
            int first = isDown ? i : i * width, step = isDown ? width : 1;
            for (int k = 0; k < length; k++)
            {
                shift[k] = amount * (nearness[first + k * step] - mean);
            }

            Seen(shift, amount > 0, source);
            for (int c = 0; c < 3; c++)
            {
                Span<float> plane = rgb.Slice(c * pixels, pixels);
                for (int k = 0; k < length; k++)
                {
                    line[k] = plane[first + k * step];
                }

                for (int k = 0; k < length; k++)
                {
                    plane[first + k * step] = Colour(line, shift, source[k], k);
                }
            }
        }
    }

    /// <summary>v of every pixel, and its mean.</summary>
    private static float Nearness(ReadOnlySpan<float> depth, Span<float> nearness)
    {
        float nearest = float.PositiveInfinity;
        foreach (float metres in depth)
        {
            nearest = metres > 0 ? MathF.Min(nearest, metres) : nearest;
        }

        double sum = 0;
        for (int i = 0; i < depth.Length; i++)
        {
            sum += nearness[i] = depth[i] > 0 ? nearest / depth[i] : 0;
        }

        return (float)(sum / depth.Length);
    }

    /// <summary>
    /// Which pixel of a line is seen at each place: the nearest one that falls on it. Where none does, the complement (~) of the one that lies
    /// as far on the other side of the farther border.
    /// </summary>
    /// <param name="shift">How far each pixel moves.</param>
    /// <param name="isNearAhead">Whether near pixels have the larger shifts.</param>
    /// <param name="source">A pixel, or its complement where no colours are mixed.</param>
    private static void Seen(ReadOnlySpan<float> shift, bool isNearAhead, Span<int> source)
    {
        int length = shift.Length, last = -1;
        const int None = int.MinValue;
        source.Fill(None);
        for (int k = 0; k < length; k++)
        {
            int to = (int)MathF.Round(k + shift[k]);
            if (to >= 0 && to < length && (source[to] == None || IsNearer(shift[k], shift[source[to]], isNearAhead)))
            {
                source[to] = k;
            }
        }

        for (int k = 0; k <= length; k++)
        {
            if (k < length && source[k] == None)
            {
                continue;
            }

            bool isLeft = last >= 0 && (k == length || IsNearer(shift[source[k]], shift[source[last]], isNearAhead));
            for (int hole = last + 1; hole < k; hole++)
            {
                int mirrored = isLeft ? source[last] - (hole - last) : k < length ? source[k] + (k - hole) : hole;
                source[hole] = ~Math.Clamp(mirrored, 0, length - 1);
            }

            last = k;
        }
    }

    private static bool IsNearer(float shift, float other, bool isNearAhead) => isNearAhead ? shift > other : shift < other;

    /// <summary>The colour at a place between two pixels of one surface.</summary>
    private static float Colour(ReadOnlySpan<float> line, ReadOnlySpan<float> shift, int source, int place)
    {
        if (source < 0)
        {
            return line[~source];
        }

        float beside = place - source - shift[source];
        int next = Math.Clamp(source + MathF.Sign(beside), 0, line.Length - 1);
        return MathF.Abs(shift[next] - shift[source]) > Tear ? line[source] : line[source] + MathF.Abs(beside) * (line[next] - line[source]);
    }
}
