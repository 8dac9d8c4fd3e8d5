namespace EMDC.Evaluation;

/// <summary>
/// <c>linear</c>: on every triangle of the spots' <see cref="Delaunay"/> triangulation the plane through its three depths; the nearest
/// spot's depth outside of the hull, and everywhere where all spots lie on a line.
/// <code>d(p) = (|pbc|·d(a) + |apc|·d(b) + |abp|·d(c)) / |abc|, |·| being areas</code>
/// Same as SciPy's LinearNDInterpolator with NearestNDInterpolator outside, up to the choice of diagonals where four spots or more lie
/// on a circle.
/// </summary>
public sealed class LinearInterpolation : IBaseline
{
    /// <inheritdoc/>
    public string Name => "linear";

    /// <inheritdoc/>
    public void Complete(ReadOnlySpan<byte> rgb, ReadOnlySpan<float> sparse, Span<float> dense, int height, int width)
    {
        int[] spots = Spots.Find(rgb, sparse, dense, height, width);
        NearestSpot.Fill(spots, sparse, dense, height, width);
        int[] xs = [.. spots.Select(spot => spot % width)], ys = [.. spots.Select(spot => spot / width)];
        foreach (var (a, b, c) in new Delaunay(xs, ys).Triangles())
        {
            Fill(
                (xs[a], ys[a], sparse[spots[a]]), (xs[b], ys[b], sparse[spots[b]]), (xs[c], ys[c], sparse[spots[c]]), dense, width);
        }
    }

    /// <summary>Fills the pixels of a counterclockwise triangle, its edges included.</summary>
    private static void Fill((int X, int Y, float Depth) a, (int X, int Y, float Depth) b, (int X, int Y, float Depth) c, Span<float> dense, int width)
    {
        float near = Math.Min(a.Depth, Math.Min(b.Depth, c.Depth)), far = Math.Max(a.Depth, Math.Max(b.Depth, c.Depth));
        double area = Delaunay.Orient(a.X, a.Y, b.X, b.Y, c.X, c.Y);
        int top = Math.Min(a.Y, Math.Min(b.Y, c.Y)), bottom = Math.Max(a.Y, Math.Max(b.Y, c.Y));
        int left = Math.Min(a.X, Math.Min(b.X, c.X)), right = Math.Max(a.X, Math.Max(b.X, c.X));
        for (int y = top; y <= bottom; y++)
        {
            int first = left, last = right;
            Cut(b, c);
            Cut(c, a);
            Cut(a, b);
            for (int x = first; x <= last; x++)
            {
                double depth = (Delaunay.Orient(x, y, b.X, b.Y, c.X, c.Y) * (double)a.Depth
                    + Delaunay.Orient(a.X, a.Y, x, y, c.X, c.Y) * (double)b.Depth
                    + Delaunay.Orient(a.X, a.Y, b.X, b.Y, x, y) * (double)c.Depth) / area;
                // Rounding may step out of the corners' range by the last bit.
                dense[y * width + x] = Math.Clamp((float)depth, near, far);
            }

            // Leaves the part of the row that is not to the right of u → v: (v.X − u.X)·(y − u.Y) − (v.Y − u.Y)·(x − u.X) ≥ 0.
            void Cut((int X, int Y, float Depth) u, (int X, int Y, float Depth) v)
            {
                long up = v.Y - u.Y, along = (long)(v.X - u.X) * (y - u.Y);
                if (up > 0)
                {
                    last = (int)Math.Min(last, u.X + FloorDivide(along, up));
                }
                else if (up < 0)
                {
                    first = (int)Math.Max(first, u.X - FloorDivide(along, -up));
                }
                else if (along < 0)
                {
                    last = first - 1;
                }
            }
        }
    }

    private static long FloorDivide(long a, long b) => a >= 0 ? a / b : -((b - 1 - a) / b);
}
