using FsCheck.Xunit;

namespace EMDC.Evaluation.Tests;

public sealed class JointBilateralTests
{
    [Fact]
    public void Depth_follows_the_colour_edge()
    {
        // Left black and 1 m, right white and 3 m; the edge is nearer to the spots of the left.
        SparseFrame frame = SparseFrame.Empty(24, 24);
        for (int i = 0; i < 24 * 24; i++)
        {
            frame.Rgb.AsSpan(3 * i, 3).Fill((byte)(i % 24 >= 10 ? 255 : 0));
            if (i % 24 is 8 or 20 && i / 24 % 6 == 3)
            {
                frame.Sparse[i] = i % 24 == 8 ? 1 : 3;
            }
        }

        float[] dense = frame.Complete(new JointBilateral());
        for (int i = 0; i < dense.Length; i++)
        {
            // The guide is averaged over three columns: 9 and 10 are of neither colour.
            if (i % 24 is not (9 or 10))
            {
                Assert.Equal(i % 24 < 10 ? 1 : 3, dense[i], 1e-3);
            }
        }
    }

    [Fact]
    public void One_spot_colour_and_distance_weigh_as_the_formula_says()
    {
        // Two spots of distance 1 and 2 from the pixel between them, in a frame of one colour.
        SparseFrame frame = SparseFrame.Empty(1, 4).With(0, 0, 1).With(3, 0, 2);
        var method = new JointBilateral { SpaceSigma = 0.5 };
        double variance = 2 * (0.5 * 2) * (0.5 * 2), near = Math.Exp(-1 / variance), far = Math.Exp(-4 / variance);
        float[] dense = frame.Complete(method);
        Assert.Equal((near * 1 + far * 2) / (near + far), dense[1], 1e-6);
        Assert.Equal((near * 2 + far * 1) / (near + far), dense[2], 1e-6);
    }

    [Property(Arbitrary = [typeof(SparseFrames)])]
    public void The_nearest_spots_are_those_by_definition(SparseFrame frame)
    {
        int[] spots = frame.Spots;
        var grid = new SpotGrid(spots, frame.Height, frame.Width);
        var found = new (long Distance, int Spot)[12];
        for (int i = 0; i < frame.Sparse.Length; i++)
        {
            int x = i % frame.Width, y = i / frame.Width, count = grid.Nearest(x, y, found);
            Assert.Equal(spots.Select(spot => Distance(spot, x, y)).Order().Take(12), found[..count].Select(near => near.Distance));
            Assert.All(found[..count], near => Assert.Equal(Distance(near.Spot, x, y), near.Distance));
            Assert.Equal(count, found[..count].Select(near => near.Spot).Distinct().Count());
        }

        long Distance(int spot, int x, int y)
        {
            long dx = spot % frame.Width - x, dy = spot / frame.Width - y;
            return dx * dx + dy * dy;
        }
    }
}
