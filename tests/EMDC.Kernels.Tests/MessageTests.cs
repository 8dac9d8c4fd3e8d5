using EMDC.Operators;

namespace EMDC.Kernels.Tests;

/// <summary>What this backend refuses beyond the operators' own checks.</summary>
[Collection("device")]
public sealed class MessageTests
{
    [Fact]
    public void A_reach_beyond_the_border()
    {
        Assert.Equal("A tensor of 4×5 pixels has a reach of 5, but 1 to 4 are defined.",
            Message(op => op.Tensor("x", 1, 4, 5, reach: 5)));
        Assert.Equal("y is 1×4×5 with a reach of 2, but tensors of that size here have 1.", Message(op =>
        {
            op.Tensor("x", 1, 4, 5);
            op.Tensor("y", 1, 4, 5, reach: 2);
        }));
    }

    [Fact]
    public void Channels_that_are_not_there() => Assert.Equal(
        "x: channels 2 to 3 were asked for, but it has 3.", Message(op => op.Tensor("x", 3, 4, 5).Slice(2, 2)));

    [Fact]
    public void A_tensor_beyond_32_bit_addresses() => Assert.Equal(
        "A tensor of 60×8192×8192 is too large for the kernels, which address 2^31 values.", Message(op => op.Tensor("x", 60, 8192, 8192)));

    [Fact]
    public void Output_without_input() => Assert.Equal(
        "OutputScaling: there is no InputPreparation before it, whose largest depth it needs.",
        Message(op => op.OutputScaling(op.Tensor("y", 1, 4, 5), OutputMap.Dense)));

    [Fact]
    public void A_map_twice() => Assert.Equal("OutputScaling: the map Dense must follow the other maps, each once.", Message(op =>
    {
        op.InputPreparation(op.Tensor("x", 4, 4, 5));
        op.OutputScaling(op.Tensor("y", 1, 4, 5), OutputMap.Dense);
        op.OutputScaling(op.Tensor("z", 1, 4, 5), OutputMap.Dense);
    }));

    [Fact]
    public void More_iterations_than_a_tile_holds() => Assert.Equal(
        "FunnelStage long: 9 iterations over 2 dilations look 18 pixels out, but tiles of 32 pixels hold less.", Message(op =>
        {
            Tensor y = op.Tensor("y", 1, 4, 5, 3), to = op.Tensor("to", 1, 4, 5, 3), depth = op.Tensor("depth", 1, 4, 5, 3);
            Tensor guidance = op.Tensor("g", 18, 4, 5, 3), fuse = op.Tensor("f", 2, 4, 5, 3);
            op.FunnelStage(new FunnelStageWeights("long", 2, 9, [], null), new(guidance, fuse, y), new(guidance, fuse, to), depth);
        }));

    private static string Message(Action<IOperators> record)
    {
        using IBackend op = KernelDevice.Backend(KernelDevice.Simulator).Open();
        return Assert.Throws<EmdcException>(() => record(op)).Message;
    }
}
