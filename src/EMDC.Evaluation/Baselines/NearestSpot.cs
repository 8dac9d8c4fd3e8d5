namespace EMDC.Evaluation;

/// <summary>
/// <c>nearest</c>: every pixel takes the depth of the spot that is nearest in the image (Euclidean, exact; between equally near ones the
/// choice is fixed but arbitrary).
/// <para>
/// The distance transform by lower envelopes of parabolas (Felzenszwalb, Huttenlocher, "Distance Transforms of Sampled Functions",
/// 2012), with whole numbers as in Meijster, Roerdink and Hesselink (2000), so that no rounding decides: first the nearest spot within
/// each column, then along each row the column x that minimises (x − i)² + g(i)², g(i) being the distance found in column i.
/// Linear in the number of pixels.
/// </para>
/// </summary>
public sealed class NearestSpot : IBaseline
{
    /// <inheritdoc/>
    public string Name => "nearest";

    /// <inheritdoc/>
    public void Complete(ReadOnlySpan<byte> rgb, ReadOnlySpan<float> sparse, Span<float> dense, int height, int width)
    {
        Fill(Spots.Find(rgb, sparse, dense, height, width), sparse, dense, height, width);
    }

    /// <summary>Fills with the nearest spots' depths.</summary>
    internal static void Fill(ReadOnlySpan<int> spots, ReadOnlySpan<float> sparse, Span<float> dense, int height, int width)
    {
        int[] nearest = Indices(spots, height, width);
        for (int i = 0; i < dense.Length; i++)
        {
            dense[i] = sparse[nearest[i]];
        }
    }

    /// <summary>The index of the nearest spot for every pixel.</summary>
    internal static int[] Indices(ReadOnlySpan<int> spots, int height, int width)
    {
        int[] rows = NearestRowInColumn(spots, height, width);
        var nearest = new int[rows.Length];
        // The envelope of a row: the columns on it, and from which x on each of them is the lowest.
        var column = new int[width];
        var from = new int[width];
        var g2 = new long[width];
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<int> row = rows.AsSpan(y * width, width);
            int last = -1;
            for (int u = 0; u < width; u++)
            {
                if (row[u] < 0)
                {
                    continue;
                }

                g2[u] = (long)(row[u] - y) * (row[u] - y);
                // A parabola that is beaten where it begins is nowhere the lowest.
                while (last >= 0 && At(from[last], column[last]) > At(from[last], u))
                {
                    last--;
                }

                int begin = last < 0 ? 0 : 1 + Meeting(column[last], u);
                if (begin < width)
                {
                    last++;
                    (column[last], from[last]) = (u, begin);
                }
            }

            for (int x = width - 1; x >= 0; x--)
            {
                int u = column[last];
                nearest[y * width + x] = row[u] * width + u;
                if (x == from[last])
                {
                    last--;
                }
            }
        }

        return nearest;

        long At(int x, int i) => (long)(x - i) * (x - i) + g2[i];

        // The last x, at least 0, up to which column i is not farther than column u > i.
        int Meeting(int i, int u) => (int)Math.Min(width, ((long)u * u - (long)i * i + g2[u] - g2[i]) / (2L * (u - i)));
    }

    /// <summary>For every pixel the row of the spot that is nearest in its column; −1 in columns without spots.</summary>
    private static int[] NearestRowInColumn(ReadOnlySpan<int> spots, int height, int width)
    {
        var rows = new int[height * width];
        Array.Fill(rows, -1);
        foreach (int spot in spots)
        {
            rows[spot] = spot / width;
        }

        for (int i = width; i < rows.Length; i++)
        {
            rows[i] = rows[i] < 0 ? rows[i - width] : rows[i];
        }

        for (int i = rows.Length - width - 1; i >= 0; i--)
        {
            int y = i / width, above = rows[i], below = rows[i + width];
            if (below >= 0 && (above < 0 || below - y < y - above))
            {
                rows[i] = below;
            }
        }

        return rows;
    }
}
