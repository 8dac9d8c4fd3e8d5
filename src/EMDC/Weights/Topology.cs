namespace EMDC.Weights;

/// <summary>A row of MobileNetV2's table: <paramref name="N"/> inverted residual blocks of <paramref name="C"/> output channels
/// and <paramref name="T"/> × as many hidden channels as inputs; the first block has stride <paramref name="S"/>, the rest 1.
/// </summary>
public readonly record struct InvertedResidualRow(int T, int C, int N, int S);

/// <summary>
/// A block of the decoder: <c>conv</c> 3×3 (<paramref name="Decoder"/> + <paramref name="Tap"/>) → 4·<paramref name="Out"/>,
/// batch norm, pixel shuffle ×2, PReLU, <c>conv2</c> 3×3 <paramref name="Out"/> → <paramref name="Out"/>.
/// </summary>
/// <param name="Name">Name in the checkpoint.</param>
/// <param name="Decoder">Channels from the block before it, concatenated first.</param>
/// <param name="Tap">Channels of the encoder's tap, concatenated second; 0 for the deepest block.</param>
/// <param name="Out">Output channels.</param>
public readonly record struct UpsampleRow(string Name, int Decoder, int Tap, int Out);

/// <summary>A stage of the funnel: it propagates with the dilations 1 … <paramref name="Dilations"/>.</summary>
/// <param name="Dilations">Number of dilations of the stage.</param>
/// <param name="Iterations">Number of propagation steps with the stage's kernels.</param>
public readonly record struct FunnelRow(int Dilations, int Iterations);

/// <summary>The network's repetition as data (paper, figure 1); names and shapes of all parameters follow from it.</summary>
public static class Topology
{
    /// <summary>Channels of the input: R, G, B and depth.</summary>
    public const int InputChannels = 4;

    /// <summary>Output channels of <c>enc.features.0</c>.</summary>
    public const int StemChannels = 32;

    /// <summary>Channels of the local branch.</summary>
    public const int LocalChannels = 32;

    /// <summary>Width of the window of <c>alpha</c>, the relative confidence.</summary>
    public const int ConfidenceWindow = 7;

    /// <summary>Taps of one 3×3 propagation kernel.</summary>
    public const int Taps = 9;

    /// <summary>The encoder behind its first convolution: <c>enc.features.1</c> … <c>enc.features.17</c>.</summary>
    public static IReadOnlyList<InvertedResidualRow> Encoder { get; } =
    [
        new(1, 16, 1, 1), new(6, 24, 2, 2), new(6, 32, 3, 2), new(6, 64, 4, 2), new(6, 96, 3, 1), new(6, 160, 3, 2),
        new(6, 320, 1, 1),
    ];

    /// <summary>The decoder, deepest block first.</summary>
    public static IReadOnlyList<UpsampleRow> Decoder { get; } =
    [
        new("dec5", 320, 0, 160), new("dec4", 160, 64, 96), new("dec3", 96, 32, 64), new("dec2", 64, 24, 32),
        new("dec1", 32, 16, 24),
    ];

    /// <summary>The funnel of the published network: nine stages, 21 iterations.</summary>
    public static IReadOnlyList<FunnelRow> NineStages { get; } =
        [new(3, 3), new(3, 2), new(3, 2), new(2, 3), new(2, 2), new(2, 2), new(1, 3), new(1, 2), new(1, 2)];

    /// <summary>The paper's six-stage variant: two stages per set of dilations, 15 iterations.</summary>
    public static IReadOnlyList<FunnelRow> SixStages { get; } =
        [new(3, 3), new(3, 2), new(2, 3), new(2, 2), new(1, 3), new(1, 2)];
}
