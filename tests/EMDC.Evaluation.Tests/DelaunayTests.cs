using FsCheck.Xunit;

namespace EMDC.Evaluation.Tests;

public sealed class DelaunayTests
{
    [Property(Arbitrary = [typeof(SparseFrames)])]
    public void No_circle_holds_a_point_and_the_triangles_fill_the_hull(SparseFrame frame)
    {
        int[] spots = frame.Spots;
        int[] x = [.. spots.Select(spot => spot % frame.Width)], y = [.. spots.Select(spot => spot / frame.Width)];
        var triangles = new Delaunay(x, y).Triangles().ToList();
        long area = 0;
        foreach (var (a, b, c) in triangles)
        {
            long twice = Delaunay.Orient(x[a], y[a], x[b], y[b], x[c], y[c]);
            Assert.True(twice > 0);
            area += twice;
            for (int p = 0; p < x.Length; p++)
            {
                Assert.False(IsInside(a, b, c, p), $"{p} lies in the circle of {a}, {b}, {c}");
            }
        }

        Assert.Equal(HullArea(x, y), area);

        // The determinant by the book, in decimals, which hold it exactly.
        bool IsInside(int a, int b, int c, int p)
        {
            decimal ax = x[a] - x[p], ay = y[a] - y[p], bx = x[b] - x[p], by = y[b] - y[p], cx = x[c] - x[p], cy = y[c] - y[p];
            decimal aa = ax * ax + ay * ay, bb = bx * bx + by * by, cc = cx * cx + cy * cy;
            return ax * (by * cc - bb * cy) - ay * (bx * cc - bb * cx) + aa * (bx * cy - by * cx) > 0;
        }
    }

    [Fact]
    public void A_full_grid_is_halved_squares()
    {
        int[] x = [.. Enumerable.Range(0, 400).Select(i => i % 20 * 7)], y = [.. Enumerable.Range(0, 400).Select(i => i / 20 * 7)];
        var triangles = new Delaunay(x, y).Triangles().ToList();
        Assert.Equal(2 * 19 * 19, triangles.Count);
        Assert.All(triangles, t => Assert.Equal(49, Delaunay.Orient(x[t.A], y[t.A], x[t.B], y[t.B], x[t.C], y[t.C])));
    }

    [Fact]
    public void The_largest_coordinates_are_exact()
    {
        const int far = 16383;
        int[] x = [0, far, far, 0, far - 1, 1, far, 8000], y = [0, 0, far, far, 1, far - 1, far - 1, 8191];
        var triangles = new Delaunay(x, y).Triangles().ToList();
        Assert.Equal(2L * far * far, triangles.Sum(t => Delaunay.Orient(x[t.A], y[t.A], x[t.B], y[t.B], x[t.C], y[t.C])));
        Assert.Equal(Enumerable.Range(0, 8), triangles.SelectMany(t => new[] { t.A, t.B, t.C }).Distinct().Order());
    }

    [Fact]
    public void Points_on_a_line_make_no_triangle()
    {
        Assert.Empty(new Delaunay([5], [5]).Triangles());
        Assert.Empty(new Delaunay([5, 6], [5, 9]).Triangles());
        Assert.Empty(new Delaunay([0, 2, 4, 6, 8], [1, 2, 3, 4, 5]).Triangles());
    }

    /// <summary>Twice the hull's area, by a march around it.</summary>
    private static long HullArea(int[] x, int[] y)
    {
        int[] order = [.. Enumerable.Range(0, x.Length).OrderBy(i => x[i]).ThenBy(i => y[i])];
        var hull = new List<int>();
        foreach (int[] half in new[] { order, [.. order.Reverse()] })
        {
            int first = hull.Count;
            foreach (int p in half)
            {
                while (hull.Count >= first + 2 && Delaunay.Orient(x[hull[^2]], y[hull[^2]], x[hull[^1]], y[hull[^1]], x[p], y[p]) <= 0)
                {
                    hull.RemoveAt(hull.Count - 1);
                }

                hull.Add(p);
            }

            hull.RemoveAt(hull.Count - 1);
        }

        long area = 0;
        for (int i = 0; i < hull.Count; i++)
        {
            int j = (i + 1) % hull.Count;
            area += (long)x[hull[i]] * y[hull[j]] - (long)x[hull[j]] * y[hull[i]];
        }

        return area;
    }
}
