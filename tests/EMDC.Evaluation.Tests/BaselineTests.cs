using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace EMDC.Evaluation.Tests;

/// <summary>What holds for every baseline.</summary>
public sealed class BaselineTests
{
    public static TheoryData<string> Names => [.. BaselineMethods.All.Select(baseline => baseline.Name)];

    [Fact]
    public void There_are_four() => Assert.Equal(["nearest", "linear", "ip-basic", "bilateral"], BaselineMethods.All.Select(baseline => baseline.Name));

    [Property(Arbitrary = [typeof(SparseFrames)])]
    public void Results_cover_the_frame_within_the_range_of_the_spots(SparseFrame frame)
    {
        foreach (IBaseline baseline in BaselineMethods.All)
        {
            float[] dense = frame.Complete(baseline);
            Assert.All(dense, depth => Assert.InRange(depth, frame.Near, frame.Far));
        }
    }

    [Property(Arbitrary = [typeof(SparseFrames)])]
    public void A_constant_stays_that_constant(SparseFrame frame)
    {
        SparseFrame constant = frame with { Sparse = [.. frame.Sparse.Select(depth => depth > 0 ? 1.7f : 0)] };
        foreach (IBaseline baseline in BaselineMethods.All)
        {
            Assert.All(constant.Complete(baseline), depth => Assert.Equal(1.7f, depth));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void One_spot_fills_the_frame(string name)
    {
        SparseFrame frame = SparseFrame.Empty(40, 100).With(17, 30, 2.5f);
        Assert.All(frame.Complete(Named(name)), depth => Assert.Equal(2.5f, depth));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Two_spots_and_spots_on_a_line_leave_nothing_empty(string name)
    {
        SparseFrame two = SparseFrame.Empty(20, 30).With(3, 4, 1).With(25, 15, 2);
        Assert.All(two.Complete(Named(name)), depth => Assert.InRange(depth, 1, 2));
        SparseFrame line = SparseFrame.Empty(20, 30);
        for (int i = 0; i < 10; i++)
        {
            line = line.With(2 * i, i, 1 + i / 8f);
        }

        Assert.All(line.Complete(Named(name)), depth => Assert.InRange(depth, 1, 2.125f));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_frame_of_one_pixel_and_a_full_frame_are_frames(string name)
    {
        Assert.Equal([3f], SparseFrame.Empty(1, 1).With(0, 0, 3).Complete(Named(name)));
        SparseFrame full = SparseFrame.Empty(6, 5) with { Sparse = [.. Enumerable.Repeat(2f, 30)] };
        Assert.All(full.Complete(Named(name)), depth => Assert.Equal(2, depth));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_not_a_finite_positive_depth_is_no_spot(string name)
    {
        SparseFrame frame = SparseFrame.Empty(4, 4).With(0, 0, float.NaN).With(1, 1, float.PositiveInfinity).With(2, 2, -1).With(3, 3, 2);
        Assert.All(frame.Complete(Named(name)), depth => Assert.Equal(2, depth));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Frames_that_do_not_serve_are_refused(string name)
    {
        IBaseline baseline = Named(name);
        Assert.Equal(
            "The sparse depth has no value above 0; at least one measured pixel is needed.",
            Assert.Throws<InvalidDataException>(() => SparseFrame.Empty(8, 9).Complete(baseline)).Message);
        Refuses("rgb has 5 values, but 1×2 (height × width) needs 6.", 5, 2, 2, 1, 2);
        Refuses("sparse has 3 values, but 1×2 (height × width) needs 2.", 6, 3, 2, 1, 2);
        Refuses("dense has 1 values, but 1×2 (height × width) needs 2.", 6, 2, 1, 1, 2);
        Refuses("sparse has 0 values, but 0×2 (height × width) needs 0.", 0, 0, 0, 0, 2);
        Refuses("A frame of 1×16385 (height × width) is out of range: sides are at most 16384.", 3, 1, 1, 1, 16385);

        void Refuses(string message, int rgb, int sparse, int dense, int height, int width) => Assert.Equal(
            message,
            Assert.Throws<ArgumentException>(() => baseline.Complete(new byte[rgb], new float[sparse], new float[dense], height, width)).Message);
    }

    private static IBaseline Named(string name) => BaselineMethods.All.Single(baseline => baseline.Name == name);
}

/// <summary>Frames of a few pixels with a few spots, some on grids.</summary>
public static class SparseFrames
{
    public static Arbitrary<SparseFrame> Arbitrary() => Gen.Choose(0, int.MaxValue).Select(Make).ToArbitrary();

    private static SparseFrame Make(int seed)
    {
        var random = new Random(seed);
        int height = random.Next(1, 40), width = random.Next(1, 40);
        var frame = SparseFrame.Empty(height, width);
        random.NextBytes(frame.Rgb);
        int step = random.Next(2) == 0 ? 1 : random.Next(2, 6), share = random.Next(1, 30);
        for (int i = 0; i < frame.Sparse.Length; i++)
        {
            if (i % width % step == 0 && i / width % step == 0 && random.Next(share) == 0)
            {
                frame.Sparse[i] = 0.5f + random.Next(4096) / 1024f;
            }
        }

        int last = random.Next(frame.Sparse.Length);
        return frame.Sparse.Any(depth => depth > 0) ? frame : frame.With(last % width, last / width, 3);
    }
}
