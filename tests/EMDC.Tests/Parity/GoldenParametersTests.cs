using EMDC.Weights;

namespace EMDC.Tests.Parity;

public sealed class GoldenParametersTests
{
    [Theory]
    [InlineData(9)]
    [InlineData(6)]
    public void Every_parameter_equals_that_of_Python_bit_for_bit(int stages)
    {
        var made = GoldenParameters.StateDict(stages).Select(p => $"{p.Name} {GoldenParameters.Checksum(p.Values)}");
        var listed = GoldenParameters.Listed(stages).Select(p => $"{p.Name} {p.Checksum}");
        Assert.Equal(listed, made);
    }

    [Theory]
    [InlineData(9, 6_962_446 - 1_693_160)]
    [InlineData(6, 5_264_205)]
    public void Names_and_shapes_are_those_of_the_state_dict(int stages, int learned)
    {
        var parameters = GoldenParameters.StateDict(stages).ToList();
        Assert.Equal(stages, new StateDict(parameters).Stages);
        Assert.Equal(learned, parameters.Where(p => !p.Name.Contains(".running_")).Sum(p => p.Values.Length));
    }

    [Fact]
    public void The_golden_frames_are_sparse_and_reach_20_metres()
    {
        foreach (var (height, width, most) in new[] { (32, 32, 0.3125f), (64, 96, 5f), (192, 256, 20f) })
        {
            float[] sparse = GoldenInputs.Sparse(height, width);
            Assert.InRange(sparse.Count(d => d > 0) / (double)sparse.Length, 0.015, 0.025);
            Assert.InRange(sparse.Max(), 0.95f * most, most);
            Assert.InRange(GoldenInputs.Rgb(height, width).Distinct().Count(), 200, 256);
        }
    }
}
