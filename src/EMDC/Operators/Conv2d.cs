namespace EMDC.Operators;

/// <summary>
/// Dense convolution, bias, clamp and residual:
/// <code>
/// y[o, i, j] = clamp(b[o] + Σ_c Σ_u Σ_v w[o, c, u, v] · x[c, s·i + u − K/2, s·j + v − K/2], low, high) + r[o, i, j]
/// </code>
/// x: I×H×W, w: O×I×K×K with K odd, y and r: O×⌈H/s⌉×⌈W/s⌉, stride s 1 or 2; x is 0 outside the image.
/// Gradients, with ∂ that of the loss and t = y − r the clamped sum; ∂z, like x, is 0 outside the image:
/// <code>
/// ∂z[o, i, j]       = ∂y[o, i, j] where low &lt; t[o, i, j] &lt; high, else 0
/// ∂x[c, i, j]       = Σ_o Σ_u Σ_v w[o, c, u, v] · ∂z[o, (i − u + K/2)/s, (j − v + K/2)/s]      where both quotients are whole
/// ∂w[o, c, u, v]    = Σ_i Σ_j ∂z[o, i, j] · x[c, s·i + u − K/2, s·j + v − K/2]
/// ∂b[o]             = Σ_i Σ_j ∂z[o, i, j]
/// ∂r[o, i, j]       = ∂y[o, i, j]
/// </code>
/// At stride 1, ∂x is the convolution of ∂z with the flipped weights w'[c, o, u, v] = w[o, c, K − 1 − u, K − 1 − v].
/// </summary>
public static class Conv2d
{
    /// <summary>Throws one sentence unless the shapes fit together.</summary>
    public static void Check(ConvWeights w, Tensor x, Tensor y, int stride, Tensor? residual)
    {
        string op = $"Conv2d {w.Name}";
        Operators.Check.Weights(op, w);
        if (stride is not (1 or 2))
        {
            throw new EmdcException($"{op}: the stride is {stride}, but only 1 and 2 are defined.");
        }

        Operators.Check.Channels(op, x, w.InChannels, $"a weight of {w.Shape}");
        Operators.Check.Channels(op, y, w.OutChannels, $"a weight of {w.Shape}");
        Operators.Check.Size(op, y, (x.Height + stride - 1) / stride, (x.Width + stride - 1) / stride, $"stride {stride} over {x}");
        Operators.Check.Reach(op, x, w.Kernel / 2);
        if (residual is not null)
        {
            Operators.Check.SameShape(op, residual, y);
        }
    }

    /// <summary>Multiply-adds of the direct form.</summary>
    public static long Macs(ConvWeights w, Tensor y) => (long)y.Height * y.Width * w.Weight.Length;
}
