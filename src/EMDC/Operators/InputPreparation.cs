namespace EMDC.Operators;

/// <summary>
/// From the caller's frame to the network's input:
/// <code>
/// d[i, j]  = sparse[i, j] if 0 &lt; sparse[i, j] ≤ maxDepth, else 0        (so NaN, infinities and negatives are "not measured")
/// m        = max d
/// x[c, i, j] = (rgb[i, j, c] / 255 − mean[c]) / std[c]                    c = 0, 1, 2
/// x[3, i, j] = d[i, j] / (m + 1e-4)
/// </code>
/// rgb: h×w×3 bytes, sparse: h×w metres, x: 4×H×W with H ≥ h and W ≥ w. To the right and below the frame RGB repeats the last
/// column and row and depth stays empty. m is kept for <see cref="OutputScaling"/>. x takes no gradient: the frame is given.
/// </summary>
public static class InputPreparation
{
    /// <summary>ImageNet's mean of R, G, B.</summary>
    public static ReadOnlySpan<float> Mean => [0.485f, 0.456f, 0.406f];

    /// <summary>ImageNet's standard deviation of R, G, B.</summary>
    public static ReadOnlySpan<float> Deviation => [0.229f, 0.224f, 0.225f];

    /// <summary>Keeps an all-but-empty depth map from dividing by 0.</summary>
    public const float Epsilon = 1e-4f;

    /// <summary>Throws one sentence unless the shapes fit together.</summary>
    public static void Check(Tensor x) => Operators.Check.Channels("InputPreparation", x, 4, "RGB and depth");
}
