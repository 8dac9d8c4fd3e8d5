using System.Text.Json;
using FsCheck.Xunit;

namespace EMDC.Evaluation.Tests;

public sealed class LinearInterpolationTests
{
    public static TheoryData<int> Cases => Golden.Numbers("linear.json");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Agrees_with_SciPy(int number)
    {
        JsonElement golden = Golden.Cases("linear.json")[number];
        GoldenFrames.Agrees(golden, new LinearInterpolation(), 2e-6f);
    }

    [Property(Arbitrary = [typeof(SparseFrames)])]
    public void An_affine_depth_is_reproduced_inside_the_hull_and_spots_everywhere(SparseFrame frame)
    {
        float Plane(int i) => 1 + i % frame.Width / 64f + i / frame.Width / 32f;
        SparseFrame plane = frame with { Sparse = [.. frame.Sparse.Select((depth, i) => depth > 0 ? Plane(i) : 0)] };
        float[] dense = plane.Complete(new LinearInterpolation()), nearest = plane.Complete(new NearestSpot());
        bool[] inside = Inside(plane);
        for (int i = 0; i < dense.Length; i++)
        {
            if (inside[i])
            {
                // Depths, weights and areas are small multiples of powers of two; only the last division rounds.
                Assert.Equal(Plane(i), dense[i], 2.4e-7);
            }
            else
            {
                Assert.Equal(nearest[i], dense[i]);
            }
        }

        float[] own = frame.Complete(new LinearInterpolation());
        Assert.All(frame.Spots, spot => Assert.Equal(frame.Sparse[spot], own[spot]));
    }

    /// <summary>The convex hull by its definition: a pixel is outside where some line through it has all spots on one side.</summary>
    private static bool[] Inside(SparseFrame frame)
    {
        (int X, int Y)[] spots = [.. frame.Spots.Select(spot => (spot % frame.Width, spot / frame.Width))];
        var edges = new List<((int X, int Y) A, (int X, int Y) B)>();
        foreach (var a in spots)
        {
            foreach (var b in spots)
            {
                long[] sides = [.. spots.Select(c => Delaunay.Orient(a.X, a.Y, b.X, b.Y, c.X, c.Y))];
                if (sides.All(side => side >= 0) && sides.Any(side => side > 0))
                {
                    edges.Add((a, b));
                }
            }
        }

        // Spots on one line have no such edge: their hull has no area, and nothing is inside.
        return [.. Enumerable.Range(0, frame.Sparse.Length).Select(i => edges.Count > 0 && edges.TrueForAll(
            edge => Delaunay.Orient(edge.A.X, edge.A.Y, edge.B.X, edge.B.Y, i % frame.Width, i / frame.Width) >= 0))];
    }
}
