namespace EMDC.Operators;

/// <summary>
/// Dense convolution, bias, clamp and residual:
/// <code>
/// y[o, i, j] = clamp(b[o] + Σ_c Σ_u Σ_v w[o, c, u, v] · x[c, s·i + u − K/2, s·j + v − K/2], low, high) + r[o, i, j]
/// </code>
/// x: I×H×W, w: O×I×K×K with K odd, y and r: O×⌈H/s⌉×⌈W/s⌉, stride s 1 or 2; x is 0 outside the image.
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
