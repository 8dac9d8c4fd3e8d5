using EMDC.Imaging;

namespace EMDC.Geometry.Tests;

public sealed class SpotProjectionTests
{
    private const int Height = 60, Width = 80;
    private static readonly Camera Pinhole = new(70, 70, 39.5, 29.5);

    [Fact]
    public void Two_cameras_at_one_place_lose_nothing()
    {
        // Depth edges everywhere and spots at random distances of each other: nothing hides anything.
        var random = new Random(1);
        DepthMap map = Map((x, y) => random.NextDouble() < 0.3 ? (float)(1 + 5 * random.NextDouble()) : 0);
        ProjectedSpots spots = SpotProjection.Project(map, Pinhole, RigidTransform.Identity, Pinhole, Height, Width);
        Assert.Equal((0, 0), (spots.Outside, spots.Hidden));
        Assert.All(map.Metres.Zip(spots.Map.Metres), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    [Fact]
    public void A_spot_lands_where_the_hand_says()
    {
        // Pixel (50, 20) at 2 m is the point (2·10.5/70, −2·9.5/70, 2); moved by (0.1, 0, 0.5): u = 39.5 + 70·0.4/2.5 = 50.7,
        // v = 29.5 − 70·0.2714/2.5 = 21.9.
        DepthMap map = Map((x, y) => (x, y) == (50, 20) ? 2 : 0);
        ProjectedSpots spots = SpotProjection.Project(
            map, Pinhole, new RigidTransform([1, 0, 0, 0, 1, 0, 0, 0, 1], [0.1, 0, 0.5]), Pinhole, Height, Width);
        int at = Assert.Single(Enumerable.Range(0, Height * Width), i => spots.Map.Metres[i] > 0);
        Assert.Equal((51, 22), (at % Width, at / Width));
        Assert.Equal(2.5f, spots.Map.Metres[at], 1e-6f);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void What_a_nearer_surface_hides_is_dropped(int stride)
    {
        // A board at 1 m before a wall at 4 m, the colour camera 0.2 m to the right: the board moves 14.4 pixels to the left, the wall 3.6.
        // Behind the board's right edge the sensor saw no wall, and the wall that it saw left of the board is now behind it.
        DepthMap map = Map((x, y) => x % stride == 0 && y % stride == 0 ? x is >= 40 and < 60 && y is >= 16 and < 44 ? 1 : 4 : 0);
        var camera = new Camera(72, 72, 39.5, 29.5);
        ProjectedSpots spots = SpotProjection.Project(
            map, camera, new RigidTransform([1, 0, 0, 0, 1, 0, 0, 0, 1], [-0.2, 0, 0]), camera, Height, Width);

        // The board's pixels now: from 40 − 14 to its last spot − 14, and half a stride around them.
        int last = 59 / stride * stride;
        for (int y = 16; y < 44; y++)
        {
            for (int x = 26; x <= last - 14; x++)
            {
                Assert.NotEqual(4, spots.Map.Metres[y * Width + x], 0.1f);
            }
        }

        // And no more than those are dropped: each spot of the wall outside of it is there.
        int seen = 0, expected = 0;
        for (int i = 0; i < map.Metres.Length; i++)
        {
            int x = i % Width, y = i / Width;
            double u = x - 72 * 0.2 / 4;
            bool isBehind = u > 26 - stride && u < last - 14 + stride && y > 16 - stride && y < 44 + stride;
            expected += map.Metres[i] == 4 && u >= -0.5 && !isBehind ? 1 : 0;
            seen += Math.Abs(spots.Map.Metres[i] - 4) < 0.1f && !(x > 26 - stride && x < last - 14 + stride && y > 16 - stride && y < 44 + stride) ? 1 : 0;
        }

        Assert.InRange(seen, expected - Height / stride, expected + Height / stride);
        Assert.True(spots.Hidden > 0);
    }

    [Fact]
    public void Spots_outside_of_the_frame_are_counted()
    {
        DepthMap map = Map((x, y) => y == 0 ? 1 : 0);
        ProjectedSpots spots = SpotProjection.Project(
            map, Pinhole, new RigidTransform([1, 0, 0, 0, 1, 0, 0, 0, 1], [0.5, 0, 0]), Pinhole, Height, Width);

        // 35 pixels to the right.
        Assert.Equal((Width, 35, 0), (spots.Count, spots.Outside, spots.Hidden));
    }

    [Fact]
    public void A_sensor_may_have_other_axes()
    {
        // A laser's x is forward. Its spot at 8 m lies one pixel beside those at 2 m, which stand 2 pixels apart, and it saw it 11° away.
        var toRgb = new RigidTransform([0, -1, 0, 0, 0, -1, 1, 0, 0], [0, 0.5, 0]);
        Point3[] points = [new(2, 0, 0.5), new(8, 0.1, 0.5), new(2.0001, 0.06, 0.5), new(2.0001, -0.06, 0.5), new(2.0001, 0, 0.56)];
        ProjectedSpots spots = SpotProjection.Project(points, toRgb, Pinhole, Height, Width);
        Assert.Equal((0, 1), (spots.Outside, spots.Hidden));
        Assert.DoesNotContain(spots.Map.Metres, metres => metres > 3);
    }

    [Fact]
    public void Points_of_other_axes_at_one_place_lose_nothing()
    {
        // As in Two_cameras_at_one_place_lose_nothing, with a laser's axes: half of the spots lie above its horizon.
        var random = new Random(2);
        DepthMap map = Map((x, y) => random.NextDouble() < 0.3 ? (float)(1 + 5 * random.NextDouble()) : 0);
        IEnumerable<Point3> points = SpotProjection.Points(map, Pinhole).Select(p => new Point3(p.Z, -p.X, -p.Y));
        ProjectedSpots spots = SpotProjection.Project(
            points, new RigidTransform([0, -1, 0, 0, 0, -1, 1, 0, 0], [0, 0, 0]), Pinhole, Height, Width);
        Assert.Equal((0, 0), (spots.Outside, spots.Hidden));
    }

    private static DepthMap Map(Func<int, int, float> metres) =>
        new(Width, Height, [.. Enumerable.Range(0, Height * Width).Select(i => metres(i % Width, i / Width))]);
}
