namespace EMDC.Operators;

/// <summary>
/// The first half of an upsampling block: 3×3 convolution (batch norm folded in), pixel shuffle by 2, PReLU.
/// <code>
/// t[o, i, j] = b[o] + Σ_c Σ_u Σ_v w[o, c, u, v] · x[c, i + u − 1, j + v − 1]
/// y[c, 2i + m, 2j + n] = prelu(t[4c + 2m + n, i, j], a[c])   with m, n in {0, 1} and prelu(t, a) = t &gt; 0 ? t : a·t
/// </code>
/// x: I×H×W, w: 4O×I×3×3, a: O, y: O×2H×2W.
/// Gradients, with o = 4c + 2m + n:
/// <code>
/// ∂t[o, i, j] = ∂y[c, 2i + m, 2j + n] · (t[o, i, j] &gt; 0 ? 1 : a[c])
/// ∂a[c]       = Σ_m Σ_n Σ_i Σ_j ∂y[c, 2i + m, 2j + n] · min(t[o, i, j], 0)
/// </code>
/// and from ∂t to x, w and b as in <see cref="Conv2d"/> without a clamp.
/// </summary>
public static class Conv2dPixelShuffle
{
    /// <summary>Throws one sentence unless the shapes fit together.</summary>
    public static void Check(ConvWeights w, float[] slope, Tensor x, Tensor y)
    {
        string op = $"Conv2dPixelShuffle {w.Name}";
        Operators.Check.Weights(op, w);
        Operators.Check.Channels(op, x, w.InChannels, $"a weight of {w.Shape}");
        if (w.OutChannels % 4 != 0 || slope.Length != w.OutChannels / 4)
        {
            throw new EmdcException(
                $"{op}: a weight of {w.Shape} and {slope.Length} PReLU slopes don't fit; 4 output channels make one after the shuffle.");
        }

        Operators.Check.Channels(op, y, slope.Length, $"a weight of {w.Shape}");
        Operators.Check.Size(op, y, 2 * x.Height, 2 * x.Width, $"the shuffle of {x}");
        Operators.Check.Reach(op, x, w.Kernel / 2);
    }

    /// <summary>Multiply-adds of the direct form.</summary>
    public static long Macs(ConvWeights w, Tensor x) => (long)x.Height * x.Width * w.Weight.Length;
}
