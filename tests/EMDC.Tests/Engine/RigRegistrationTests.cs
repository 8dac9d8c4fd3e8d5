using EMDC.Imaging;

namespace EMDC.Tests.Engine;

/// <summary>A rig's shift, found with the shipped weights from frames without truth.</summary>
public sealed class RigRegistrationTests
{
    private const int Height = 96, Width = 128;

    private static readonly string Weights = Path.Combine(AppContext.BaseDirectory, "weights", "emdc.safetensors");

    [Fact]
    public void The_best_shift_is_the_rigs()
    {
        using RigRegistration rig = Load();
        foreach (string name in (string[])["desk", "livingroom", "corridor"])
        {
            rig.Add(Seen(name, 2, -3), Depth(name, "sparse"), Height, Width);
        }

        int told = 0;
        RegistrationEvidence found = rig.Find(tried => told = tried);
        Assert.Equal(new PixelShift(2, -3), found.Best);
        Assert.True(found.IsInside && found.StandardErrors > 2, $"{found}");
        Assert.Equal(found.Tried, told);
        Assert.InRange(found.Tried, 49 + 3, 49 + 24);
    }

    [Fact]
    public void Colours_that_lie_where_they_belong_stay()
    {
        using RigRegistration rig = Load();
        rig.Add(Seen("desk", 0, 0), Depth("desk", "sparse"), Height, Width);
        RegistrationEvidence found = rig.Find();
        Assert.Equal((false, PixelShift.None), (found.IsEvident, found.Shift));
    }

    [Fact]
    public void Dense_maps_tell_it_too()
    {
        using RigRegistration rig = Load();
        rig.Add(Seen("desk", 1, 2), Depth("desk", "depth"), Height, Width);
        RegistrationEvidence found = rig.Find();
        Assert.Equal((true, new PixelShift(1, 2)), (found.IsEvident, found.Shift));
    }

    [Fact]
    public void A_shift_as_large_as_the_largest_that_is_tried_does_not_count()
    {
        using RigRegistration rig = Load();
        rig.Add(Seen("desk", 0, 9), Depth("desk", "depth"), Height, Width);
        RegistrationEvidence found = rig.Find();
        Assert.Equal(RigRegistration.Reach, found.Best.Right);
        Assert.False(found.IsInside || found.IsEvident);
        Assert.Equal(PixelShift.None, found.Shift);
    }

    [Fact]
    public void Evidence_is_that_of_pairs()
    {
        var random = new Random(4);
        float[] before = [.. Enumerable.Range(0, 500).Select(_ => 0.3f * random.NextSingle())], after = [.. before.Select(error => error * random.NextSingle())];
        double[] gains = [.. before.Zip(after, (a, b) => (double)a - b)];
        double mean = gains.Average(), error = Math.Sqrt(gains.Average(gain => (gain - mean) * (gain - mean)) / gains.Length);
        var found = RegistrationEvidence.Of(before, after, new PixelShift(1, 0), isInside: true, tried: 7);
        Assert.Equal(before.Average(value => (double)value), found.ErrorAsTheyAre, 1e-12);
        Assert.Equal(after.Average(value => (double)value), found.Error, 1e-12);
        Assert.Equal(mean / error, found.StandardErrors, 1e-9);
        Assert.Equal((500, 7), (found.Spots, found.Tried));
    }

    [Theory]
    [InlineData(3, 3.9, true, false)]
    [InlineData(3, 4.1, true, true)]
    [InlineData(3, 4.1, false, false)]
    [InlineData(0, 4.1, true, false)]
    public void A_shift_counts_if_it_is_evident_and_inside(int down, double standardErrors, bool isInside, bool isEvident)
    {
        var found = new RegistrationEvidence(new PixelShift(down, 0), isInside, 0.02, 0.01, standardErrors, 100, 41);
        Assert.Equal((isEvident, new PixelShift(isEvident ? down : 0, 0)), (found.IsEvident, found.Shift));
    }

    [Fact]
    public void What_does_not_serve_is_one_sentence()
    {
        using RigRegistration rig = Load();
        float[] spots = Depth("desk", "sparse");
        Throws("There is no frame to register the rig with.", () => rig.Find());
        Throws(
            "The colours have 9 bytes and the depth 12288 values, but 96×128 pixels have 36864 and 12288.",
            () => rig.Add(new byte[9], spots, Height, Width));
        float[] few = new float[spots.Length];
        few.AsSpan(0, 99).Fill(1);
        few.AsSpan(99, 50).Fill(21);
        few[200] = float.NaN;
        Throws("The frame has 99 spots, but a rig is registered with 100 or more in each.", () => rig.Add(Seen("desk", 0, 0), few, Height, Width));
        rig.Add(Seen("desk", 0, 0), spots, Height, Width);
        Throws(
            "The frame is 128×96, but the first was 96×128 (height × width); frames of a rig are of one size.",
            () => rig.Add(Seen("desk", 0, 0), spots, Width, Height));
        Throws("The bare network moves no colours, so a rig is registered without Raw.", () => RigRegistration.Load(Weights, new EmdcOptions { Raw = true }));

        static void Throws(string message, Action action) => Assert.Equal(message, Assert.Throws<EmdcException>(action).Message);
    }

    [Fact]
    public void It_ends_when_it_is_cancelled()
    {
        using RigRegistration rig = Load();
        rig.Add(Seen("desk", 0, 0), Depth("desk", "sparse"), Height, Width);
        using var cancellation = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => rig.Find(_ => cancellation.Cancel(), cancellation.Token));
    }

    private static RigRegistration Load() => RigRegistration.Load(Weights, new EmdcOptions { Device = "cpu" });

    /// <summary>The middle of a frame's colours, where those of the depth's pixel (y, x) are at (y + down, x + right).</summary>
    private static byte[] Seen(string name, int down, int right)
    {
        RgbImage rgb = RgbFile.Read(Beside($"{name}_rgb.png"));
        var seen = new byte[3 * Height * Width];
        for (int y = 0; y < Height; y++)
        {
            rgb.Pixels.AsSpan(3 * ((y + (rgb.Height - Height) / 2 - down) * rgb.Width + (rgb.Width - Width) / 2 - right), 3 * Width).CopyTo(seen.AsSpan(3 * y * Width));
        }

        return seen;
    }

    /// <summary>The middle of a frame's depth.</summary>
    private static float[] Depth(string name, string kind)
    {
        DepthMap map = DepthFile.Read(Beside($"{name}_{kind}.exr"));
        var depth = new float[Height * Width];
        for (int y = 0; y < Height; y++)
        {
            map.Metres.AsSpan((y + (map.Height - Height) / 2) * map.Width + (map.Width - Width) / 2, Width).CopyTo(depth.AsSpan(y * Width));
        }

        return depth;
    }

    private static string Beside(string file) => Path.Combine(AppContext.BaseDirectory, "frames", file);
}
