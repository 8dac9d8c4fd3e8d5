using EMDC.Tests.Operators;

namespace EMDC.Tests.Engine;

/// <summary>What the engine says, word for word, about options and frames that don't serve.</summary>
public sealed class MessageTests
{
    private static readonly TestFrame Frame = TestFrame.Of(8, 9);

    [Theory]
    [InlineData("rgb", 215, 72, 72, 72, 72, 72, "rgb has 215 values, but a frame of 8×9 needs 216.")]
    [InlineData("rgb", 0, 72, 72, 72, 72, 72, "rgb has 0 values, but a frame of 8×9 needs 216.")]
    [InlineData("sparse", 216, 73, 72, 72, 72, 72, "sparse has 73 values, but a frame of 8×9 needs 72.")]
    [InlineData("sparse", 216, 0, 72, 72, 72, 72, "sparse has 0 values, but a frame of 8×9 needs 72.")]
    [InlineData("dense", 216, 72, 71, 72, 72, 72, "dense has 71 values, but a frame of 8×9 needs 72.")]
    [InlineData("global", 216, 72, 0, 1, 72, 72, "global has 1 values, but a frame of 8×9 needs 72.")]
    [InlineData("local", 216, 72, 0, 0, 144, 72, "local has 144 values, but a frame of 8×9 needs 72.")]
    [InlineData("confidence", 216, 72, 0, 0, 0, 8, "confidence has 8 values, but a frame of 8×9 needs 72.")]
    public void Lengths_must_fit_the_size(string name, int rgb, int sparse, int dense, int global, int local, int confidence, string message)
    {
        using Emdc emdc = TestFrame.Engine(threads: 1);
        Assert.StartsWith(name, message, StringComparison.Ordinal);
        Assert.Equal(message, Says(() => emdc.Complete(
            new byte[rgb], new float[sparse],
            new DepthMaps
            {
                Dense = new float[dense],
                Global = new float[global],
                Local = new float[local],
                Confidence = new float[confidence],
            },
            8, 9)));
        Assert.NotEmpty(Frame.Dense(emdc));
    }

    [Theory]
    [InlineData(7, 8)]
    [InlineData(8, 7)]
    [InlineData(0, 8)]
    [InlineData(8, -1)]
    [InlineData(16385, 8)]
    [InlineData(8, int.MaxValue)]
    [InlineData(int.MinValue, int.MinValue)]
    public void Both_sides_have_a_range(int height, int width)
    {
        string message = $"A frame of {height}×{width} is out of range: both sides must be 8 to 16384 pixels.";
        using Emdc emdc = TestFrame.Engine(threads: 1);
        Assert.Equal(message, Says(() => emdc.Complete(Frame.Rgb, Frame.Sparse, new float[72], height, width)));
        Assert.Equal(message, Says(() => emdc.Profile(Frame.Rgb, Frame.Sparse, new float[72], height, width)));
        Assert.Equal(message, Says(() => emdc.WarmUp(height, width)));
        Assert.Equal(message, Says(() => TestFrame.Engine(options: new EmdcOptions { Height = height, Width = width })));
    }

    [Fact]
    public void The_largest_frame_needs_more_than_nothing() =>
        Assert.Equal(
            "rgb has 216 values, but a frame of 16384×16384 needs 805306368.",
            Says(() =>
            {
                using Emdc emdc = TestFrame.Engine(threads: 1);
                emdc.Complete(Frame.Rgb, Frame.Sparse, new float[72], 16384, 16384);
            }));

    [Fact]
    public void Something_must_have_been_measured()
    {
        using Emdc emdc = TestFrame.Engine(threads: 1), near = TestFrame.Engine(threads: 1, options: new EmdcOptions { MaxDepth = 0.25f });
        float[] nothing = new float[72];
        nothing[5] = float.NaN;
        nothing[6] = -1;
        Assert.Equal(
            "The sparse depth has no value above 0 and up to 20 m; at least one measured pixel is needed.",
            Says(() => emdc.Complete(Frame.Rgb, nothing, new float[72], 8, 9)));
        nothing[7] = 0.375f;
        Assert.Equal(
            "The sparse depth has no value above 0 and up to 0.25 m; at least one measured pixel is needed.",
            Says(() => near.Complete(Frame.Rgb, nothing, new float[72], 8, 9)));
        Assert.Equal(
            "The sparse depth has no value above 0 and up to 20 m; at least one measured pixel is needed.",
            Says(() => emdc.Profile(Frame.Rgb, new float[72], new float[72], 8, 9)));

        // Refused before anything is recorded or run.
        Assert.Empty(near.Plan);
        Assert.Empty(emdc.Plan);
        Assert.Equal(1, emdc.Complete(Frame.Rgb, nothing, new float[72], 8, 9));
    }

    [Theory]
    [InlineData(0, "The largest depth is 0 m, but must be above 0.")]
    [InlineData(-2.5f, "The largest depth is -2.5 m, but must be above 0.")]
    [InlineData(float.NaN, "The largest depth is NaN m, but must be above 0.")]
    public void The_largest_depth_is_above_0(float maxDepth, string message) =>
        Assert.Equal(message, Says(() => TestFrame.Engine(options: new EmdcOptions { MaxDepth = maxDepth })));

    [Theory]
    [InlineData("cuda:0")]
    [InlineData("CPU")]
    [InlineData("")]
    public void A_device_that_is_not_there_is_named_beside_those_that_are(string device) =>
        Assert.Equal(
            $"There is no device '{device}' here; present: cpu.",
            Says(() => Emdc.Load(TestFrame.Weights, new EmdcOptions { Device = device })));

    [Theory]
    [InlineData(-1)]
    [InlineData(1025)]
    [InlineData(int.MinValue)]
    public void Threads_have_a_range(int threads) =>
        Assert.Equal(
            $"{threads} threads were asked for, but 1 to 1024 can be used (0 for all processors).",
            Says(() => TestFrame.Engine(threads: threads)));

    [Theory]
    [InlineData("1024")]
    [InlineData("AVX2")]
    [InlineData("")]
    public void Vectors_that_do_not_run_here_are_named_beside_those_that_do(string simd) =>
        Assert.Equal(
            $"Vectors of '{simd}' do not run in hardware here; present: {string.Join(", ", Backends.Widths)}.",
            Says(() => TestFrame.Engine(simd)));

    [Fact]
    public void The_device_says_what_it_is()
    {
        using Emdc one = TestFrame.Engine("scalar", 1), three = TestFrame.Engine("scalar", 3), all = TestFrame.Engine("auto", 0);
        Assert.Equal(new DeviceInfo("cpu", "scalar, 1 thread"), one.Device);
        Assert.Equal(new DeviceInfo("cpu", "scalar, 3 threads"), three.Device);
        int processors = Environment.ProcessorCount;
        Assert.Equal($"{Devices.WidestSimd}, {processors} thread{(processors == 1 ? "" : "s")}", all.Device.Description);
        Assert.Equal([new DeviceInfo("cpu", $"{Devices.WidestSimd}, {processors} processors")], Devices.All);
    }

    private static string Says(Action action) => Assert.Throws<EmdcException>(action).Message;
}
