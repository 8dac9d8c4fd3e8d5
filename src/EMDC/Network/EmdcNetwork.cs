using EMDC.Operators;
using EMDC.Weights;

namespace EMDC.Network;

/// <summary>
/// EMDC as figure 1 of the paper draws it: "Learning an Efficient Multimodal Depth Completion Model" (Hou, Du, Zhao, Zhao, 2022).
/// <code>
///                       ┌ taps ½ ¼ ⅛ ¹⁄₁₆ ┐
/// rgb ─┬─ MobileNetV2 ──┴─ ¹⁄₃₂ ─ dec5…dec1 ─ fd1 ─┬─ global ──┬───────────────┐
/// depth┘                                           ├───────────┼─ confidence ─ fusion ─ FCSPN ─ dense
///      └──────────────────────── concat ─ local ───┼───────────┴───────────────┘        │
///                                                  └─ guidance and fuse logits ─────────┘
/// </code>
/// Written against <see cref="IOperators"/> and no device. Where a concatenation stands in the figure, its parts are written
/// into channel slices of one tensor.
/// </summary>
internal static class EmdcNetwork
{
    /// <summary>Height and width must be multiples of this: the encoder halves five times.</summary>
    public const int Multiple = 32;

    // The 7×7 window of the confidence and dilation 3 of the funnel look three pixels out.
    private const int Reach = 3;

    /// <summary>Records the network for frames of height × width.</summary>
    /// <param name="op">What records it.</param>
    /// <param name="w">The weights.</param>
    /// <param name="height">Rows, a multiple of 32.</param>
    /// <param name="width">Columns, a multiple of 32.</param>
    /// <returns>The tensors that parity with PyTorch is checked at.</returns>
    public static EmdcStages Record(IOperators op, EmdcWeights w, int height, int width)
    {
        int n = w.Funnel[0].Dilations;

        // [r g b depth global | guidance 9n | fuse n]: rgb and depth are the encoder's input, depth and global the local
        // branch's, and everything from global on comes out of one convolution over fd1.
        Tensor planes = op.Tensor("planes", 5 + (10 * n), height, width, Reach);
        Tensor rgbd = planes.Slice(0, 4), depth = planes.Slice(3, 1), depthAndGlobal = planes.Slice(3, 2);
        Tensor heads = planes.Slice(4, 1 + (10 * n)), global = planes.Slice(4, 1);
        Tensor guidance = planes.Slice(5, 9 * n), fuse = planes.Slice(5 + (9 * n), n);

        // [local feature 32 | fd1 24]: what the confidence looks at.
        Tensor features = op.Tensor("features", Topology.LocalChannels + 24, height, width, Reach);
        Tensor localFeature = features.Slice(0, Topology.LocalChannels), fd1 = features.Slice(Topology.LocalChannels, 24);

        op.InputPreparation(rgbd);
        (Tensor[] taps, Tensor[] decoded) = EncodeAndDecode(op, w, rgbd, fd1);

        op.Conv2d(w.Heads, fd1, heads, Activation.None);

        Tensor local = op.Tensor("local", 1, height, width, Reach);
        Tensor hidden = op.Tensor("ls_conv0", Topology.LocalChannels, height, width, Reach);
        op.Conv2d(w.Local0, depthAndGlobal, hidden, Activation.ReLU);
        op.Conv2d(w.Local1, hidden, localFeature, Activation.ReLU);
        op.Conv2d(w.Local2, localFeature, local, Activation.None);
        op.Release(hidden);

        Tensor confidence = op.Tensor("confidence", 1, height, width, Reach);
        Tensor fused = op.Tensor("fused", 1, height, width, Reach);
        op.ConfidenceFusion(w.Alpha, w.Rezero, features, local, global, confidence, fused);

        Tensor[] funnel = Propagate(op, w.Funnel, depth, new FunnelState(guidance, fuse, fused));

        op.OutputScaling(funnel[^1], OutputMap.Dense);
        op.OutputScaling(global, OutputMap.Global);
        op.OutputScaling(local, OutputMap.Local);
        op.OutputScaling(confidence, OutputMap.Confidence);
        return new EmdcStages(rgbd, taps, decoded, global, local, confidence, fused, funnel);
    }

    /// <summary>The U-Net: rgbd (4×H×W) → fd1 (24×H×W).</summary>
    private static (Tensor[] Taps, Tensor[] Decoded) EncodeAndDecode(IOperators op, EmdcWeights w, Tensor rgbd, Tensor fd1)
    {
        // concats[i] = [output of the decoder's block i | tap of the encoder]: the input of block i + 1.
        var concats = new Tensor[Topology.Decoder.Count - 1];
        for (int i = 0; i < concats.Length; i++)
        {
            UpsampleRow next = Topology.Decoder[i + 1];
            int scale = 16 >> i;
            concats[i] = op.Tensor($"{next.Name} input", next.Decoder + next.Tap, rgbd.Height / scale, rgbd.Width / scale);
        }

        Tensor[] taps = Encode(op, w, rgbd, concats);
        var decoded = new Tensor[Topology.Decoder.Count];
        Tensor x = taps[^1];
        for (int i = 0; i < decoded.Length; i++)
        {
            (string name, int channels) = (Topology.Decoder[i].Name, Topology.Decoder[i].Out);
            Upsample block = w.Decoder[i];
            decoded[i] = i < concats.Length ? concats[i].Slice(0, channels) : fd1;
            Tensor upsampled = op.Tensor($"{name}.conv", channels, 2 * x.Height, 2 * x.Width, fd1.Height == 2 * x.Height ? Reach : 1);
            op.Conv2dPixelShuffle(block.Conv, block.Slope, x, upsampled);
            op.Conv2d(block.Conv2, upsampled, decoded[i], Activation.None);
            op.Release(upsampled);
            op.Release(x);
            x = i < concats.Length ? concats[i] : fd1;
        }

        return (taps, decoded);
    }

    /// <summary>MobileNetV2 to features.17 (320×H/32×W/32); each tap goes where its decoder block reads it.</summary>
    private static Tensor[] Encode(IOperators op, EmdcWeights w, Tensor rgbd, Tensor[] concats)
    {
        var taps = new List<Tensor>();
        Tensor x = op.Tensor("features.0", w.Stem.OutChannels, rgbd.Height / 2, rgbd.Width / 2);
        op.Conv2d(w.Stem, rgbd, x, Activation.ReLU6, stride: 2);
        bool isTap = false;
        for (int i = 0; i < w.Encoder.Length; i++)
        {
            (ConvWeights? expand, ConvWeights depthwise, ConvWeights project, int stride, bool addsInput) = w.Encoder[i];
            Tensor hidden = x;
            if (expand is not null)
            {
                hidden = op.Tensor($"{expand.Name} out", expand.OutChannels, x.Height, x.Width);
                op.Conv2d(expand, x, hidden, Activation.ReLU6);
            }

            int height = hidden.Height / stride, width = hidden.Width / stride;
            Tensor filtered = op.Tensor($"{depthwise.Name} out", depthwise.OutChannels, height, width);
            op.DepthwiseConv2d(depthwise, hidden, filtered, Activation.ReLU6, stride);
            if (expand is not null)
            {
                op.Release(hidden);
            }

            Tensor y = Tap(i + 1) is { } concat
                ? concat.Slice(concat.Channels - project.OutChannels, project.OutChannels)
                : op.Tensor($"{project.Name} out", project.OutChannels, height, width);
            op.Conv2d(project, filtered, y, Activation.None, residual: addsInput ? x : null);
            op.Release(filtered);
            if (!isTap)
            {
                op.Release(x);
            }

            isTap = Tap(i + 1) is not null;
            if (isTap || i == w.Encoder.Length - 1)
            {
                taps.Add(y);
            }

            x = y;
        }

        return [.. taps];

        Tensor? Tap(int feature) => feature switch { 1 => concats[3], 3 => concats[2], 6 => concats[1], 10 => concats[0], _ => null };
    }

    /// <summary>FCSPN: the stages hand logits and depth on to each other. Two sets of tensors take turns.</summary>
    internal static Tensor[] Propagate(IOperators op, FunnelStageWeights[] stages, Tensor depth, FunnelState first)
    {
        (int height, int width) = (depth.Height, depth.Width);
        Tensor guidance = op.Tensor("guidance", first.Guidance.Channels, height, width, Reach);
        Tensor fuse = op.Tensor("fuse", first.Fuse.Channels, height, width, Reach);
        var results = new Tensor[stages.Length];
        FunnelState current = first, other = new(guidance, fuse, first.Y);
        for (int i = 0; i < stages.Length; i++)
        {
            results[i] = op.Tensor($"y of {stages[i].Name}", 1, height, width, Reach);
            FunnelState next = other with { Y = results[i] };
            op.FunnelStage(stages[i], current, next, depth);
            if (i > 0)
            {
                op.Release(results[i - 1]);
            }

            // The first stage takes the decoder's logits as they are and writes none.
            (current, other) = i == 0 ? (current with { Y = next.Y }, other) : (next, current);
        }

        return results;
    }
}

/// <summary>Where parity with PyTorch is checked.</summary>
/// <param name="Input">4×H×W.</param>
/// <param name="Taps">Outputs of features 1, 3, 6, 10, 17.</param>
/// <param name="Decoded">dec5 … dec1.</param>
/// <param name="Global">1×H×W.</param>
/// <param name="Local">1×H×W.</param>
/// <param name="Confidence">1×H×W.</param>
/// <param name="Fused">y before the funnel.</param>
/// <param name="Funnel">y after each stage.</param>
internal sealed record EmdcStages(
    Tensor Input, Tensor[] Taps, Tensor[] Decoded, Tensor Global, Tensor Local, Tensor Confidence, Tensor Fused, Tensor[] Funnel);
