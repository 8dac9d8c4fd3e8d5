using EMDC.Operators;
using EMDC.Weights;

namespace EMDC.Network;

/// <summary>The network's layers with batch norm folded in, named as in the checkpoint.</summary>
internal sealed class EmdcWeights
{
    public EmdcWeights(StateDict state)
    {
        var fold = new Folding(state);
        Stem = fold.Conv("enc.features.0.0", "enc.features.0.1", bias: false);
        Encoder = [.. Blocks(fold)];
        Decoder = [.. Topology.Decoder.Select(row => new Upsample(
            fold.Conv($"{row.Name}.conv", $"{row.Name}.bn", bias: true), fold.Values($"{row.Name}.act.weight"), fold.Conv($"{row.Name}.conv2")))];

        IReadOnlyList<FunnelRow> funnel = state.Manifest.Funnel;
        IEnumerable<string> guidance = Enumerable.Range(1, funnel[0].Dilations).Select(k => $"guid_conv1_{k}.0");
        Heads = fold.Stack("dep_conv.0, guid_conv1, fuse_conv1", ["dep_conv.0", .. guidance, "fuse_conv1.0"]);
        Local0 = fold.Conv("ls_conv0.0");
        Local1 = fold.Conv("ls_conv1.0");
        Local2 = fold.Conv("ls_conv2.0");
        Alpha = fold.Conv("alpha", bias: false);
        Rezero = fold.Values("rezero")[0];
        Funnel = [.. funnel.Select((row, i) => Stage(fold, row, i + 1))];
        Convs = fold.Convs;
    }

    /// <summary>Every convolution below with the parameters that it was made of.</summary>
    public IReadOnlyList<FoldedConv> Convs { get; }

    public ConvWeights Stem { get; }

    /// <summary><c>enc.features.1</c> … <c>17</c>.</summary>
    public InvertedResidual[] Encoder { get; }

    /// <summary><c>dec5</c> … <c>dec1</c>.</summary>
    public Upsample[] Decoder { get; }

    /// <summary>All convolutions that read <c>fd1</c>: global depth (1), guidance of the first stage (9 a dilation), its fusion.</summary>
    public ConvWeights Heads { get; }

    public ConvWeights Local0 { get; }

    public ConvWeights Local1 { get; }

    public ConvWeights Local2 { get; }

    public ConvWeights Alpha { get; }

    public float Rezero { get; private set; }

    public FunnelStageWeights[] Funnel { get; }

    /// <summary>Takes over parameters that were changed in <paramref name="state"/>, which these weights were made of.</summary>
    public void Refold(StateDict state)
    {
        foreach (FoldedConv conv in Convs)
        {
            conv.Fold(state);
        }

        Rezero = state["rezero"][0];
    }

    private static IEnumerable<InvertedResidual> Blocks(Folding fold)
    {
        int channels = Topology.StemChannels, feature = 1;
        foreach (var (t, c, n, s) in Topology.Encoder)
        {
            for (int i = 0; i < n; i++, feature++, channels = c)
            {
                string name = $"enc.features.{feature}.conv";
                int layer = t > 1 ? 3 : 0;
                yield return new InvertedResidual(
                    t > 1 ? fold.Conv($"{name}.0", $"{name}.1", bias: false) : null,
                    fold.Conv($"{name}.{layer}", $"{name}.{layer + 1}", bias: false),
                    fold.Conv($"{name}.{layer + 3}", $"{name}.{layer + 4}", bias: false),
                    i == 0 ? s : 1,
                    (i == 0 ? s : 1) == 1 && channels == c);
            }
        }
    }

    private static FunnelStageWeights Stage(Folding fold, FunnelRow row, int stage) => new(
        $"stage {stage}", row.Dilations, row.Iterations,
        stage == 1 ? [] : [.. Enumerable.Range(1, row.Dilations).Select(k => fold.Conv($"guid_conv{stage}_{k}.0"))],
        stage == 1 || row.Dilations == 1 ? null : fold.Conv($"fuse_conv{stage}.0"));
}

/// <summary>MobileNetV2's block: 1×1 expand (none where the factor is 1), 3×3 depthwise, 1×1 project.</summary>
internal sealed record InvertedResidual(ConvWeights? Expand, ConvWeights Depthwise, ConvWeights Project, int Stride, bool AddsInput);

/// <summary>The decoder's block: 3×3 convolution, pixel shuffle, PReLU, 3×3 convolution.</summary>
internal sealed record Upsample(ConvWeights Conv, float[] Slope, ConvWeights Conv2);
