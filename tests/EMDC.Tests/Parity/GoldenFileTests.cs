using EMDC.Tests.Reference;

namespace EMDC.Tests.Parity;

public sealed class GoldenFileTests
{
    private static readonly GoldenFile Golden = GoldenFile.Read("nine-32x32");

    [Theory]
    [InlineData("nine-32x32")]
    [InlineData("nine-64x96")]
    [InlineData("nine-192x256")]
    [InlineData("six-32x32")]
    public void A_golden_file_names_every_stage(string name)
    {
        var stages = GoldenFile.Read(name).Stages;
        string[] needed =
        [
            "input", "enc.features.1", "enc.features.3", "enc.features.6", "enc.features.10", "enc.features.17",
            "dec5", "dec4", "dec3", "dec2", "dec1", "global", "local", "confidence", "fused",
            .. Enumerable.Range(1, name.StartsWith("nine", StringComparison.Ordinal) ? 9 : 6).Select(i => $"fcspn{i}"),
            "output.dense", "output.local", "output.global",
        ];
        Assert.Equal(needed, stages);
    }

    [Theory]
    [InlineData("frame-desk", 192, 256)]
    [InlineData("frame-livingroom", 192, 256)]
    [InlineData("frame-corridor", 384, 512)]
    public void The_golden_of_a_sample_frame_holds_its_outputs(string name, int height, int width)
    {
        var golden = GoldenFile.Read(name);
        Assert.Equal(["output.dense", "output.local", "output.global", "confidence"], golden.Stages);
        Assert.All(golden.Stages, s => Assert.Equal((1, height, width), golden.Shape(s)));
    }

    [Fact]
    public void A_difference_is_reported_with_its_place()
    {
        float[] actual = Reference("fused");
        Golden.Compare("fused", actual);
        actual[5 * 32 + 7] += (float)(1e-4 * Golden.Largest("fused"));
        var failure = Assert.Throws<Xunit.Sdk.XunitException>(() => Golden.Compare("fused", actual));
        Assert.StartsWith("nine-32x32 fused on Simd, channel 0, row 5, column 7: expected ", failure.Message, StringComparison.Ordinal);
        Assert.Matches("error ÷ bound (5|4\\.99.|5\\.00.)\\.$", failure.Message);
    }

    [Fact]
    public void A_value_that_is_not_finite_fails_wherever_it_stands()
    {
        float[] actual = Reference("fused");
        actual[9] = float.NaN;
        Assert.Equal(
            "nine-32x32 fused on Simd, index 9: actual NaN, not finite.",
            Assert.Throws<Xunit.Sdk.XunitException>(() => Golden.Compare("fused", actual)).Message);
    }

    [Fact]
    public void A_wrong_size_is_named()
    {
        Assert.Equal(
            "nine-32x32 fused on Simd: 3 values, but 1×32×32 needs 1024.",
            Assert.Throws<Xunit.Sdk.XunitException>(() => Golden.Compare("fused", new float[3])).Message);
    }

    private static float[] Reference(string stage) =>
        Array.ConvertAll(
            new ReferenceNetwork(GoldenParameters.StateDict(9), FunnelPlan.Nine)
                .Run(GoldenInputs.Rgb(32, 32), GoldenInputs.Sparse(32, 32), 32, 32)[stage].Values,
            x => (float)x);
}
