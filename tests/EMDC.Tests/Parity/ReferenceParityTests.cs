using EMDC.Tests.Reference;

namespace EMDC.Tests.Parity;

public sealed class ReferenceParityTests
{
    // Both compute in float64 and differ in the order of their sums only; the network multiplies such differences by a few hundred.
    private const double Bound = 1e-12;

    [Theory]
    [InlineData("nine", 32, 32)]
    [InlineData("nine", 64, 96)]
    [InlineData("nine", 192, 256)]
    [InlineData("six", 32, 32)]
    public void The_reference_agrees_with_PyTorch_at_every_stage(string funnel, int height, int width)
    {
        int stages = funnel == "nine" ? 9 : 6;
        var golden = GoldenFile.Read($"{funnel}-{height}x{width}");
        var network = new ReferenceNetwork(GoldenParameters.StateDict(stages), FunnelPlan.Of(stages));
        var actual = network.Run(GoldenInputs.Rgb(height, width), GoldenInputs.Sparse(height, width), height, width);
        Assert.Equal(golden.Stages, actual.Keys);
        foreach (var (stage, tensor) in actual)
        {
            Assert.Equal(golden.Shape(stage), (tensor.Channels, tensor.Height, tensor.Width));
            golden.Compare(stage, tensor.Values, Bound, "reference");
        }
    }
}
