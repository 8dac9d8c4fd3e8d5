using System.Text.Json;
using FsCheck.Xunit;

namespace EMDC.Evaluation.Tests;

public sealed class IpBasicTests
{
    public static TheoryData<int> Cases => Golden.Numbers("ip-basic.json");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Agrees_with_the_published_steps_in_OpenCV(int number)
    {
        JsonElement golden = Golden.Cases("ip-basic.json")[number];
        GoldenFrames.Agrees(golden, new IpBasic(), 2e-6f);
    }

    [Fact]
    public void The_nearer_of_two_depths_wins()
    {
        // A far spot between near ones: the diamond of a neighbour two pixels away covers it.
        SparseFrame frame = SparseFrame.Empty(15, 15);
        for (int x = 1; x < 15; x += 4)
        {
            for (int y = 1; y < 15; y += 4)
            {
                frame = frame.With(x, y, 1);
            }
        }

        float[] dense = frame.With(7, 5, 4).Complete(new IpBasic());
        Assert.Equal(1, dense[5 * 15 + 7], 1e-6);
    }

    [Property(Arbitrary = [typeof(SparseFrames)])]
    public void Running_maxima_and_medians_are_those_by_definition(SparseFrame frame)
    {
        float[] map = frame.Sparse;
        foreach (int radius in new[] { 1, 3, 50 })
        {
            Assert.Equal(Each((x, y) => Window(x, y, radius, int.MaxValue).Max()), Morphology.Dilate(map, frame.Height, frame.Width, radius));
            Assert.Equal(Each((x, y) => Window(x, y, radius, int.MaxValue).Min()), Morphology.Erode(map, frame.Height, frame.Width, radius));
        }

        Assert.Equal(Each((x, y) => Window(x, y, 2, 2).Max()), Morphology.DilateDiamond(map, frame.Height, frame.Width, 2));
        Assert.Equal(Each((x, y) => Repeated(x, y).Order().ElementAt(12)), Smoothing.Median(map, frame.Height, frame.Width));

        IEnumerable<float> Each(Func<int, int, float> value) => Enumerable.Range(0, map.Length).Select(i => value(i % frame.Width, i / frame.Width));

        IEnumerable<float> Window(int x, int y, int radius, int diamond) =>
            from v in Enumerable.Range(0, frame.Height)
            from u in Enumerable.Range(0, frame.Width)
            where Math.Abs(u - x) <= radius && Math.Abs(v - y) <= radius && Math.Abs(u - x) + Math.Abs(v - y) <= diamond
            select map[v * frame.Width + u];

        IEnumerable<float> Repeated(int x, int y) =>
            from v in Enumerable.Range(y - 2, 5)
            from u in Enumerable.Range(x - 2, 5)
            select map[Math.Clamp(v, 0, frame.Height - 1) * frame.Width + Math.Clamp(u, 0, frame.Width - 1)];
    }
}
