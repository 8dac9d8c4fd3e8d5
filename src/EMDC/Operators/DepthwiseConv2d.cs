namespace EMDC.Operators;

/// <summary>
/// Depthwise 3×3 convolution, bias and clamp:
/// <code>
/// y[c, i, j] = clamp(b[c] + Σ_u Σ_v w[c, 0, u, v] · x[c, s·i + u − 1, s·j + v − 1], low, high)
/// </code>
/// x: C×H×W, w: C×1×3×3, y: C×⌈H/s⌉×⌈W/s⌉, stride s 1 or 2; x is 0 outside the image.
/// Gradients, ∂z = ∂y where low &lt; y &lt; high and 0 elsewhere, outside the image, too:
/// <code>
/// ∂x[c, i, j]    = Σ_u Σ_v w[c, 0, u, v] · ∂z[c, (i − u + 1)/s, (j − v + 1)/s]                  where both quotients are whole
/// ∂w[c, 0, u, v] = Σ_i Σ_j ∂z[c, i, j] · x[c, s·i + u − 1, s·j + v − 1]
/// ∂b[c]          = Σ_i Σ_j ∂z[c, i, j]
/// </code>
/// </summary>
public static class DepthwiseConv2d
{
    /// <summary>Throws one sentence unless the shapes fit together.</summary>
    public static void Check(ConvWeights w, Tensor x, Tensor y, int stride)
    {
        string op = $"DepthwiseConv2d {w.Name}";
        Operators.Check.Weights(op, w);
        if (stride is not (1 or 2))
        {
            throw new EmdcException($"{op}: the stride is {stride}, but only 1 and 2 are defined.");
        }

        if (w.InChannels != 1 || w.Kernel != 3 || w.OutChannels != x.Channels)
        {
            throw new EmdcException($"{op}: weight is {w.Shape}, but an input of {x.Shape} needs {x.Channels}×1×3×3.");
        }

        Operators.Check.Channels(op, y, w.OutChannels, $"a weight of {w.Shape}");
        Operators.Check.Size(op, y, (x.Height + stride - 1) / stride, (x.Width + stride - 1) / stride, $"stride {stride} over {x}");
        Operators.Check.Reach(op, x, 1);
    }

    /// <summary>Multiply-adds of the direct form.</summary>
    public static long Macs(ConvWeights w, Tensor y) => (long)y.Height * y.Width * w.Weight.Length;
}
