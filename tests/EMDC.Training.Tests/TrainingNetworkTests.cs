using EMDC.Network;
using EMDC.Tests.Parity;
using EMDC.Weights;

namespace EMDC.Training.Tests;

public sealed class TrainingNetworkTests
{
    [Theory]
    [InlineData(32, 32, 9)]
    [InlineData(96, 128, 9)]
    [InlineData(192, 256, 9)]
    [InlineData(384, 512, 9)]
    [InlineData(96, 128, 6)]
    public void The_memory_is_what_was_said_before(int height, int width, int stages)
    {
        using var network = new TrainingNetwork(new EmdcWeights(new StateDict(GoldenParameters.StateDict(stages))), height, width);
        Assert.InRange(TrainingNetwork.BytesFor(height, width, stages) / (double)network.Bytes, 0.95, 1.05);
    }

    [Fact]
    public void Changed_weights_are_read_at_the_next_frame()
    {
        var w = new EmdcWeights(new StateDict(GoldenParameters.StateDict(6)));
        using var network = new TrainingNetwork(w, 32, 32);
        float[] rgb = new float[3 * 32 * 32], sparse = GoldenInputs.Sparse(32, 32);
        network.Forward(rgb, sparse);
        float before = network.Dense[77];
        w.Heads.Bias[0] += 0.25f;
        network.Forward(rgb, sparse);
        Assert.NotEqual(before, network.Dense[77]);
    }

    [Fact]
    public void Nothing_is_allocated_by_a_step()
    {
        var w = new EmdcWeights(new StateDict(GoldenParameters.StateDict(6)));
        using var weights = new TrainingWeights(w);
        using var network = new TrainingNetwork(weights, 32, 32);
        var gradients = new EmdcGradients(w);
        float[] rgb = new float[3 * 32 * 32], sparse = GoldenInputs.Sparse(32, 32), ones = [.. Enumerable.Repeat(1f, 32 * 32)];
        long before = 0;
        for (int run = 0; run < 3; run++)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            network.Forward(rgb, sparse);
            network.Backward(ones, ones, ones, 1, gradients);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_frame_of_another_size_is_refused()
    {
        var w = new EmdcWeights(new StateDict(GoldenParameters.StateDict(6)));
        Assert.Equal(
            "A frame of 32×40 can't be trained on: both must be multiples of 32.",
            Assert.Throws<EmdcException>(() => new TrainingNetwork(w, 32, 40)).Message);
        using var network = new TrainingNetwork(w, 32, 32);
        Assert.Equal(
            "3071 values of RGB were given, but the frame needs 3072.",
            Assert.Throws<EmdcException>(() => network.Forward(new float[3071], new float[1024])).Message);
    }
}
