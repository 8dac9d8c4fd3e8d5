using FsCheck.Xunit;

namespace EMDC.Evaluation.Tests;

public sealed class NearestSpotTests
{
    [Property(Arbitrary = [typeof(SparseFrames)])]
    public void No_spot_is_nearer_than_the_one_found(SparseFrame frame)
    {
        int[] spots = frame.Spots, nearest = NearestSpot.Indices(spots, frame.Height, frame.Width);
        for (int i = 0; i < nearest.Length; i++)
        {
            Assert.True(frame.Sparse[nearest[i]] > 0);
            Assert.Equal(spots.Min(spot => Distance(spot, i)), Distance(nearest[i], i));
        }

        Assert.Equal(nearest.Select(spot => frame.Sparse[spot]), frame.Complete(new NearestSpot()));

        int Distance(int i, int j)
        {
            int dx = i % frame.Width - j % frame.Width, dy = i / frame.Width - j / frame.Width;
            return dx * dx + dy * dy;
        }
    }
}
