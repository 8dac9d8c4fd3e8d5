namespace EMDC.Weights;

/// <summary>Name and shape of a parameter, as in the checkpoint.</summary>
public readonly record struct ParameterShape(string Name, int[] Shape)
{
    /// <summary>Name and shape as in <c>weights/manifest.txt</c>: <c>dec5.conv.weight 640x320x3x3</c>.</summary>
    public override string ToString() => $"{Name} {string.Join('x', Shape)}";
}

/// <summary>
/// Names and shapes of every parameter the network uses, derived from <see cref="Topology"/>, the running statistics of the batch
/// norms among them. Convolution weights are out × in × height × width (depthwise ones channels × 1 × 3 × 3).
/// </summary>
public sealed class ParameterManifest
{
    private readonly List<ParameterShape> _parameters = [];

    private ParameterManifest(IReadOnlyList<FunnelStage> funnel)
    {
        Funnel = funnel;
        Encoder();
        Decoder();
        Heads();
        Propagation();
    }

    /// <summary>The network with the funnel of nine stages.</summary>
    public static ParameterManifest NineStages { get; } = new(Topology.NineStages);

    /// <summary>The network with the funnel of six stages.</summary>
    public static ParameterManifest SixStages { get; } = new(Topology.SixStages);

    /// <summary>The funnel that the manifest describes.</summary>
    public IReadOnlyList<FunnelStage> Funnel { get; }

    /// <summary>All parameters in the order in which the network meets them.</summary>
    public IReadOnlyList<ParameterShape> Parameters => _parameters;

    /// <summary>
    /// Whether real checkpoints carry this name though the network never reads it: the last layers of MobileNetV2 and the
    /// counters of the batch norms.
    /// </summary>
    public static bool IsIgnorable(string name) =>
        name.StartsWith("enc.features.18.", StringComparison.Ordinal)
        || name.StartsWith("enc.classifier.", StringComparison.Ordinal)
        || name.EndsWith(".num_batches_tracked", StringComparison.Ordinal);

    private void Encoder()
    {
        Add("enc.features.0.0.weight", Topology.StemChannels, Topology.InputChannels, 3, 3);
        BatchNorm("enc.features.0.1", Topology.StemChannels);
        int channels = Topology.StemChannels;
        int feature = 1;
        foreach (var (t, c, n, _) in Topology.Encoder)
        {
            for (int i = 0; i < n; i++, feature++, channels = c)
            {
                InvertedResidual($"enc.features.{feature}.conv", channels, t * channels, c);
            }
        }
    }

    // A Sequential counts its activations too: 0 conv, 1 batch norm, 2 ReLU6 for each of the first two convolutions.
    private void InvertedResidual(string name, int channels, int hidden, int output)
    {
        int layer = 0;
        if (hidden != channels)
        {
            Add($"{name}.0.weight", hidden, channels, 1, 1);
            BatchNorm($"{name}.1", hidden);
            layer = 3;
        }

        Add($"{name}.{layer}.weight", hidden, 1, 3, 3);
        BatchNorm($"{name}.{layer + 1}", hidden);
        Add($"{name}.{layer + 3}.weight", output, hidden, 1, 1);
        BatchNorm($"{name}.{layer + 4}", output);
    }

    private void Decoder()
    {
        foreach (var (name, decoder, tap, output) in Topology.Decoder)
        {
            Convolution($"{name}.conv", 4 * output, decoder + tap);
            BatchNorm($"{name}.bn", 4 * output);
            Add($"{name}.act.weight", output);
            Convolution($"{name}.conv2", output, output);
        }
    }

    private void Heads()
    {
        int features = Topology.Decoder[^1].Out;
        int local = Topology.LocalChannels;
        Convolution("dep_conv.0", 1, features);
        Convolution("ls_conv0.0", local, 2);
        Convolution("ls_conv1.0", local, local);
        Convolution("ls_conv2.0", 1, local);
        Add("alpha.weight", 1, local + features, Topology.ConfidenceWindow, Topology.ConfidenceWindow);
        Add("rezero", 1);
    }

    // The first stage reads the decoder's features, every later one the logits of the stage before and the current depth.
    private void Propagation()
    {
        int features = Topology.Decoder[^1].Out;
        for (int stage = 1; stage <= Funnel.Count; stage++)
        {
            int n = Funnel[stage - 1].Dilations;
            for (int k = 1; k <= n; k++)
            {
                Convolution($"guid_conv{stage}_{k}.0", Topology.Taps, stage == 1 ? features : Topology.Taps + 1);
            }

            if (n > 1)
            {
                Convolution($"fuse_conv{stage}.0", n, stage == 1 ? features : Funnel[stage - 2].Dilations + 1);
            }
        }
    }

    private void Convolution(string name, int output, int input)
    {
        Add($"{name}.weight", output, input, 3, 3);
        Add($"{name}.bias", output);
    }

    private void BatchNorm(string name, int channels)
    {
        Add($"{name}.weight", channels);
        Add($"{name}.bias", channels);
        Add($"{name}.running_mean", channels);
        Add($"{name}.running_var", channels);
    }

    private void Add(string name, params int[] shape) => _parameters.Add(new(name, shape));
}
