using EMDC.Operators;

namespace EMDC.Tests.Operators;

/// <summary>What an operator says, word for word, when shapes don't fit together.</summary>
public sealed class CheckTests
{
    private static readonly Dictionary<string, Action<IBackend>> Wrong = new()
    {
        ["Conv2d w: w is declared 2×3×3×3, but holds 53 weights and 2 biases."] =
            op => op.Conv2d(W(2, 3, 3) with { Weight = new float[53] }, T(op, 3), T(op, 2), Activation.None),
        ["Conv2d w: w is declared 2×3×3×3, but holds 54 weights and 3 biases."] =
            op => op.Conv2d(W(2, 3, 3) with { Bias = new float[3] }, T(op, 3), T(op, 2), Activation.None),
        ["Conv2d w: w is declared 2×3×2×2, but holds 24 weights and 2 biases."] =
            op => op.Conv2d(W(2, 3, 2), T(op, 3), T(op, 2), Activation.None),
        ["Conv2d w: the stride is 3, but only 1 and 2 are defined."] =
            op => op.Conv2d(W(2, 3, 3), T(op, 3), T(op, 2), Activation.None, stride: 3),
        ["Conv2d w: x is 4×8×9, but a weight of 2×3×3×3 needs 3 channels."] =
            op => op.Conv2d(W(2, 3, 3), T(op, 4), T(op, 2), Activation.None),
        ["Conv2d w: x is 3×8×9, but a weight of 2×3×3×3 needs 2 channels."] =
            op => op.Conv2d(W(2, 3, 3), T(op, 3), T(op, 3), Activation.None),
        ["Conv2d w: y is 2×4×4, but stride 2 over x 3×8×9 needs 4×5 pixels."] =
            op => op.Conv2d(W(2, 3, 3), T(op, 3), op.Tensor("y", 2, 4, 4), Activation.None, stride: 2),
        ["Conv2d w: y is 2×4×5, but stride 1 over x 3×8×9 needs 8×9 pixels."] =
            op => op.Conv2d(W(2, 3, 3), T(op, 3), op.Tensor("y", 2, 4, 5), Activation.None),
        ["Conv2d w: x has a reach of 1, but a stencil that looks 3 pixels out reads it."] =
            op => op.Conv2d(W(2, 3, 7), T(op, 3), T(op, 2), Activation.None),
        ["Conv2d w: x phases has a reach of 1, but a stencil that looks 2 pixels out reads it."] =
            op => op.Conv2d(W(2, 3, 7), T(op, 3, reach: 3), op.Tensor("y", 2, 4, 5), Activation.None, stride: 2),
        ["Conv2d w: r is 1×8×9, but must match x, which is 2×8×9."] =
            op => op.Conv2d(W(2, 3, 3), T(op, 3), T(op, 2), Activation.None, residual: op.Tensor("r", 1, 8, 9)),
        ["Conv2d w: r is 2×4×5, but must match x, which is 2×8×9."] =
            op => op.Conv2d(W(2, 3, 3), T(op, 3), T(op, 2), Activation.None, residual: op.Tensor("r", 2, 4, 5)),

        ["Conv2dPixelShuffle w: w is declared 8×3×3×3, but holds 216 weights and 7 biases."] =
            op => op.Conv2dPixelShuffle(W(8, 3, 3) with { Bias = new float[7] }, new float[2], T(op, 3), Doubled(op, 2)),
        ["Conv2dPixelShuffle w: x is 2×8×9, but a weight of 8×3×3×3 needs 3 channels."] =
            op => op.Conv2dPixelShuffle(W(8, 3, 3), new float[2], T(op, 2), Doubled(op, 2)),
        ["Conv2dPixelShuffle w: a weight of 6×3×3×3 and 1 PReLU slopes don't fit; 4 output channels make one after the shuffle."] =
            op => op.Conv2dPixelShuffle(W(6, 3, 3), new float[1], T(op, 3), Doubled(op, 1)),
        ["Conv2dPixelShuffle w: a weight of 8×3×3×3 and 8 PReLU slopes don't fit; 4 output channels make one after the shuffle."] =
            op => op.Conv2dPixelShuffle(W(8, 3, 3), new float[8], T(op, 3), Doubled(op, 2)),
        ["Conv2dPixelShuffle w: y is 8×16×18, but a weight of 8×3×3×3 needs 2 channels."] =
            op => op.Conv2dPixelShuffle(W(8, 3, 3), new float[2], T(op, 3), Doubled(op, 8)),
        ["Conv2dPixelShuffle w: x is 2×8×9, but the shuffle of x 3×8×9 needs 16×18 pixels."] =
            op => op.Conv2dPixelShuffle(W(8, 3, 3), new float[2], T(op, 3), T(op, 2)),
        ["Conv2dPixelShuffle w: x has a reach of 1, but a stencil that looks 2 pixels out reads it."] =
            op => op.Conv2dPixelShuffle(W(8, 3, 5), new float[2], T(op, 3), Doubled(op, 2)),

        ["DepthwiseConv2d w: w is declared 3×1×3×3, but holds 27 weights and 2 biases."] =
            op => op.DepthwiseConv2d(W(3, 1, 3) with { Bias = new float[2] }, T(op, 3), T(op, 3), Activation.None),
        ["DepthwiseConv2d w: the stride is 0, but only 1 and 2 are defined."] =
            op => op.DepthwiseConv2d(W(3, 1, 3), T(op, 3), T(op, 3), Activation.None, stride: 0),
        ["DepthwiseConv2d w: weight is 12×1×1×1, but an input of 12×8×9 needs 12×1×3×3."] =
            op => op.DepthwiseConv2d(W(12, 1, 1), T(op, 12), T(op, 12), Activation.None),
        ["DepthwiseConv2d w: weight is 3×1×3×3, but an input of 4×8×9 needs 4×1×3×3."] =
            op => op.DepthwiseConv2d(W(3, 1, 3), T(op, 4), T(op, 3), Activation.None),
        ["DepthwiseConv2d w: x is 4×8×9, but a weight of 3×1×3×3 needs 3 channels."] =
            op => op.DepthwiseConv2d(W(3, 1, 3), T(op, 3), T(op, 4), Activation.None),
        ["DepthwiseConv2d w: x is 3×8×9, but stride 2 over x 3×8×9 needs 4×5 pixels."] =
            op => op.DepthwiseConv2d(W(3, 1, 3), T(op, 3), T(op, 3), Activation.None, stride: 2),
        ["DepthwiseConv2d w: x has a reach of 0, but a stencil that looks 1 pixels out reads it."] =
            op => op.DepthwiseConv2d(W(3, 1, 3), T(op, 3, reach: 0), T(op, 3, reach: 0), Activation.None),

        ["InputPreparation: x is 3×8×9, but RGB and depth needs 4 channels."] = op => op.InputPreparation(T(op, 3)),
        ["OutputScaling: x is 2×8×9, but a map for the caller needs 1 channel."] = op => op.OutputScaling(T(op, 2), OutputMap.Dense),

        ["ConfidenceFusion w: w is declared 1×5×7×7, but holds 245 weights and 0 biases."] = op => Fuse(op, W(1, 5, 7) with { Bias = [] }),
        ["ConfidenceFusion w: x is 5×8×9, but a weight of 1×6×7×7 needs 6 channels."] = op => Fuse(op, W(1, 6, 7)),
        ["ConfidenceFusion w: weight is 1×5×3×3, but an input of 5×8×9 needs 1×5×7×7."] = op => Fuse(op, W(1, 5, 3)),
        ["ConfidenceFusion w: weight is 2×5×7×7, but an input of 5×8×9 needs 1×5×7×7."] = op => Fuse(op, W(2, 5, 7)),
        ["ConfidenceFusion w: x has a reach of 2, but a stencil that looks 3 pixels out reads it."] = op => Fuse(op, W(1, 5, 7), reach: 2),
        ["ConfidenceFusion w: x is 2×8×9, but a depth plane needs 1 channel."] = op => Fuse(op, W(1, 5, 7), localChannels: 2),
        ["ConfidenceFusion w: global is 1×8×8, but x 5×8×9 needs 8×9 pixels."] = op => Fuse(op, W(1, 5, 7), globalWidth: 8),

        ["FunnelStage s: 4 dilations and 1 iterations, but 1 to 3 and at least 1 are defined."] = op => Stage(op, First(4, 1)),
        ["FunnelStage s: 3 dilations and 0 iterations, but 1 to 3 and at least 1 are defined."] = op => Stage(op, First(3, 0)),
        ["FunnelStage s: x is 2×8×9, but a depth plane needs 1 channel."] = op => Stage(op, First(3, 1), y: T(op, 2, 3)),
        ["FunnelStage s: guidance is 27×8×8, but x 1×8×9 needs 8×9 pixels."] =
            op => Stage(op, First(3, 1), guidance: op.Tensor("guidance", 27, 8, 8, 3)),
        ["FunnelStage s: fuse is 3×7×9, but x 1×8×9 needs 8×9 pixels."] = op => Stage(op, First(3, 1), fuse: op.Tensor("fuse", 3, 7, 9, 3)),
        ["FunnelStage s: result is 2×8×9, but must match x, which is 1×8×9."] =
            op => Stage(op, First(3, 1), result: op.Tensor("result", 2, 8, 9, 3)),
        ["FunnelStage s: depth is 1×4×4, but must match x, which is 1×8×9."] = op => Stage(op, First(3, 1), depth: op.Tensor("depth", 1, 4, 4, 3)),
        ["FunnelStage s: x has a reach of 1, but a stencil that looks 3 pixels out reads it."] = op => Stage(op, First(3, 1), reach: 1),
        ["FunnelStage s: x is both input and output, but the stage reads its input to the end."] = op =>
        {
            Tensor y = T(op, 1, 3);
            Stage(op, First(3, 1), y: y, result: y);
        },
        ["FunnelStage s: x is 18×8×9, but 3 dilations needs 27 channels."] = op => Stage(op, First(3, 1), guidance: T(op, 18, 3)),
        ["FunnelStage s: x is 2×8×9, but 3 dilations needs 3 channels."] = op => Stage(op, First(3, 1), fuse: T(op, 2, 3)),
        ["FunnelStage s: 1 guidance convolutions from x 27×8×9 to x 27×8×9, but 2 dilations need 2 and 18 channels."] =
            op => Stage(op, Later(2) with { Guidance = [W(9, 10, 3)] }),
        ["FunnelStage s: 2 guidance convolutions from x 9×8×9 to x 27×8×9, but 2 dilations need 2 and 18 channels."] =
            op => Stage(op, Later(2), guidance: T(op, 9, 3)),
        ["FunnelStage s: its logits are both input and output, but the stage reads its input to the end."] = op =>
        {
            Tensor guidance = T(op, 27, 3);
            Stage(op, Later(2), guidance: guidance, newGuidance: guidance);
        },
        ["FunnelStage s: w is 9×9×3×3, but 9 logits and the depth need 9×10×3×3."] =
            op => Stage(op, Later(1) with { Guidance = [W(9, 9, 3)] }),
        ["FunnelStage s: w is declared 9×10×3×3, but holds 1 weights and 9 biases."] =
            op => Stage(op, Later(1) with { Guidance = [W(9, 10, 3) with { Weight = [0] }] }),
        ["FunnelStage s: no fuse convolution, but 2 dilations need one."] = op => Stage(op, Later(2) with { Fuse = null }),
        ["FunnelStage s: a fuse convolution, but 1 dilations need none."] = op => Stage(op, Later(1) with { Fuse = W(1, 2, 3) }),
        ["FunnelStage s: w is 3×4×3×3 from x 3×8×9 to x 3×8×9, but 2 dilations and the depth need 2 outputs."] =
            op => Stage(op, Later(2) with { Fuse = W(3, 4, 3) }),
        ["FunnelStage s: w is 2×5×3×3 from x 3×8×9 to x 3×8×9, but 2 dilations and the depth need 2 outputs."] =
            op => Stage(op, Later(2) with { Fuse = W(2, 5, 3) }),
        ["FunnelStage s: w is declared 2×4×3×3, but holds 72 weights and 0 biases."] =
            op => Stage(op, Later(2) with { Fuse = W(2, 4, 3) with { Bias = [] } }),

        ["t is 2×8×9 with a reach of 3, but tensors of that size here have 1."] = op => (T(op, 1), op.Tensor("t", 2, 8, 9, 3)).ToString(),
        ["x: channels 2 to 4 were asked for, but it has 4."] = op => T(op, 4).Slice(2, 3),
        ["x: channels -1 to 0 were asked for, but it has 4."] = op => T(op, 4).Slice(-1, 2),
        ["x: channels 1 to 0 were asked for, but it has 4."] = op => T(op, 4).Slice(1, 0),

    };

    public static TheoryData<string> Sentences => [.. Wrong.Keys];

    [Theory]
    [MemberData(nameof(Sentences))]
    public void Wrong_shapes_are_named_in_one_sentence(string sentence)
    {
        using IBackend op = Backends.OneThread[0].Open();
        Assert.Equal(sentence, Assert.Throws<EmdcException>(() => Wrong[sentence](op)).Message);
        Assert.Empty(op.Plan);
    }

    [Fact]
    public void Tensors_of_devices_with_another_reach_are_named()
    {
        using IBackend op = Backends.OneThread[0].Open(), other = Backends.OneThread[0].Open();
        Tensor x = T(op, 1, reach: 3), y = other.Tensor("y", 1, 8, 9);
        string Says(Action record) => Assert.Throws<EmdcException>(record).Message;
        Assert.Equal(
            "Conv2d w: x has a reach of 3 and y of 1, but the CPU's kernels need them equal.",
            Says(() => op.Conv2d(W(1, 1, 3), x, y, Activation.None)));
        Assert.Equal(
            "DepthwiseConv2d w: x has a reach of 3 and y of 1, but the CPU's kernels need them equal.",
            Says(() => op.DepthwiseConv2d(W(1, 1, 3), x, y, Activation.None)));
        Assert.Equal(
            "FunnelStage s: y has a reach of 1 and x of 3, but the CPU's kernels need them equal.",
            Says(() => Stage(op, First(1, 1), guidance: T(op, 9, 3), depth: y)));
    }

    private static ConvWeights W(int outputs, int inputs, int kernel) =>
        new("w", outputs, inputs, kernel, new float[outputs * inputs * kernel * kernel], new float[outputs]);

    private static Tensor T(IBackend op, int channels, int reach = 1) => op.Tensor("x", channels, 8, 9, reach);

    private static Tensor Doubled(IBackend op, int channels) => op.Tensor("y", channels, 16, 18);

    private static void Fuse(IBackend op, ConvWeights w, int reach = 3, int localChannels = 1, int globalWidth = 9) =>
        op.ConfidenceFusion(
            w, 1, T(op, 5, reach), T(op, localChannels, reach), op.Tensor("global", 1, 8, globalWidth, reach), T(op, 1, reach), T(op, 1, reach));

    private static FunnelStageWeights First(int dilations, int iterations) => new("s", dilations, iterations, [], null);

    private static FunnelStageWeights Later(int dilations) => new(
        "s", dilations, 2, [.. Enumerable.Repeat(W(9, 10, 3), dilations)], dilations == 1 ? null : W(dilations, 4, 3));

    private static void Stage(
        IBackend op, FunnelStageWeights w, int reach = 3, Tensor? guidance = null, Tensor? newGuidance = null, Tensor? fuse = null,
        Tensor? y = null, Tensor? result = null, Tensor? depth = null)
    {
        var from = new FunnelState(guidance ?? T(op, 27, reach), fuse ?? T(op, 3, reach), y ?? T(op, 1, reach));
        var to = new FunnelState(newGuidance ?? T(op, 27, reach), T(op, 3, reach), result ?? T(op, 1, reach));
        op.FunnelStage(w, from, to, depth ?? T(op, 1, reach));
    }
}
