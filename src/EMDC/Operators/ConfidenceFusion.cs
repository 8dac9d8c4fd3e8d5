namespace EMDC.Operators;

/// <summary>
/// Relative-confidence fusion of the two depth estimates:
/// <code>
/// c[i, j] = sigmoid(Σ_k Σ_u Σ_v w[0, k, u, v] · f[k, i + u − 3, j + v − 3]) · rezero
/// y[i, j] = local[i, j] · c[i, j] + global[i, j] · (1 − c[i, j])
/// </code>
/// f: C×H×W (local feature, then decoder feature), w: 1×C×7×7 without bias, local, global, c, y: 1×H×W; f is 0 outside.
/// Gradients, with σ the sigmoid (so c = σ · rezero) and that of c itself left out, which no loss reads:
/// <code>
/// ∂local  = ∂y · c          ∂global = ∂y · (1 − c)          ∂c = ∂y · (local − global)
/// ∂rezero = Σ_i Σ_j ∂c · σ  ∂z      = ∂c · rezero · σ · (1 − σ)
/// ∂f[k, i, j]    = Σ_u Σ_v w[0, k, u, v] · ∂z[i − u + 3, j − v + 3]
/// ∂w[0, k, u, v] = Σ_i Σ_j ∂z[i, j] · f[k, i + u − 3, j + v − 3]
/// </code>
/// </summary>
public static class ConfidenceFusion
{
    /// <summary>Throws one sentence unless the shapes fit together.</summary>
    public static void Check(ConvWeights w, Tensor features, Tensor local, Tensor global, Tensor confidence, Tensor y)
    {
        string op = $"ConfidenceFusion {w.Name}";
        Operators.Check.Weights(op, w);
        Operators.Check.Channels(op, features, w.InChannels, $"a weight of {w.Shape}");
        if (w.OutChannels != 1 || w.Kernel != 7)
        {
            throw new EmdcException($"{op}: weight is {w.Shape}, but an input of {features.Shape} needs 1×{features.Channels}×7×7.");
        }

        Operators.Check.Reach(op, features, 3);
        foreach (Tensor plane in (ReadOnlySpan<Tensor>)[local, global, confidence, y])
        {
            Operators.Check.Channels(op, plane, 1, "a depth plane");
            Operators.Check.Size(op, plane, features.Height, features.Width, features.ToString());
        }
    }

    /// <summary>Multiply-adds of the direct form.</summary>
    public static long Macs(ConvWeights w, Tensor y) => (long)y.Height * y.Width * w.Weight.Length;
}
