namespace EMDC.Operators;

/// <summary>
/// One stage of FCSPN over n dilations and T iterations: reweighted kernels, their softmax, and all iterations.
/// <code>
/// g'_k    = guid_k(concat(g_k, y))            9 logits of dilation k = 1 … n;   in the first stage g'_k = g_k
/// f'      = fuse(concat(f, y))                n logits, none where n = 1;       in the first stage f' = f
/// a_{k,j} = softmax(f')_k · softmax(g'_k)_j   j = 0 … 8, row-major over the 3×3 window
/// y_{t+1}(p) = Σ_k Σ_j a_{k,j}(p) · y_t(p + k·offset_j)   where nothing was measured, y_0(p) where depth(p) &gt; 0
/// </code>
/// The logits, not the softmaxed kernels, go on to the next stage. y is 0 outside the image. A measured pixel keeps the value
/// that the network itself gave it, not the measurement. g, g': 9n×H×W (dilation by dilation), f, f': n×H×W (f has the number
/// of dilations of the stage before), depth, y: 1×H×W.
/// Gradients of the stage as one function, from the last of its T iterations to the first; at measured pixels a is 1 at the centre and
/// 0 elsewhere, so that what comes to such a pixel goes on to y_0 unchanged, and ∂a is 0:
/// <code>
/// ∂y_t(q)    = Σ_k Σ_j a_{k,j}(q − k·offset_j) · ∂y_{t+1}(q − k·offset_j)
/// ∂a_{k,j}   = Σ_t ∂y_{t+1}(p) · y_t(p + k·offset_j)
/// e_k        = Σ_j softmax(g'_k)_j · ∂a_{k,j}
/// ∂g'_{k,j} += softmax(f')_k · softmax(g'_k)_j · (∂a_{k,j} − e_k)
/// ∂f'_k     += softmax(f')_k · (e_k − Σ_l softmax(f')_l · e_l)
/// </code>
/// added to what the next stage's convolutions give back to g' and f'; from there to g, f, y_0 and the weights as in
/// <see cref="Conv2d"/>. y_0 takes part twice, in the convolutions and in the iterations.
/// </summary>
public static class FunnelStage
{
    /// <summary>Throws one sentence unless the shapes fit together.</summary>
    public static void Check(FunnelStageWeights w, in FunnelState from, in FunnelState to, Tensor depth)
    {
        string op = $"FunnelStage {w.Name}";
        if (w.Dilations is < 1 or > 3 || w.Iterations < 1)
        {
            throw new EmdcException($"{op}: {w.Dilations} dilations and {w.Iterations} iterations, but 1 to 3 and at least 1 are defined.");
        }

        int n = w.Dilations;
        Operators.Check.Channels(op, from.Y, 1, "a depth plane");
        foreach (Tensor logits in (ReadOnlySpan<Tensor>)[from.Guidance, from.Fuse, to.Guidance, to.Fuse])
        {
            Operators.Check.Size(op, logits, from.Y.Height, from.Y.Width, from.Y.ToString());
        }

        Operators.Check.SameShape(op, to.Y, from.Y);
        Operators.Check.SameShape(op, depth, from.Y);
        Operators.Check.Reach(op, from.Y, n);
        Operators.Check.Reach(op, to.Y, n);
        if (ReferenceEquals(from.Y, to.Y))
        {
            throw new EmdcException($"{op}: {to.Y.Name} is both input and output, but the stage reads its input to the end.");
        }

        if (w.IsFirst)
        {
            Operators.Check.Channels(op, from.Guidance, 9 * n, $"{n} dilations");
            if (n > 1)
            {
                Operators.Check.Channels(op, from.Fuse, n, $"{n} dilations");
            }

            return;
        }

        if (w.Guidance.Length != n || from.Guidance.Channels < 9 * n || to.Guidance.Channels < 9 * n)
        {
            throw new EmdcException(
                $"{op}: {w.Guidance.Length} guidance convolutions from {from.Guidance} to {to.Guidance}, but {n} dilations need {n} and {9 * n} channels.");
        }

        if (ReferenceEquals(from.Guidance, to.Guidance) || (n > 1 && ReferenceEquals(from.Fuse, to.Fuse)))
        {
            throw new EmdcException($"{op}: its logits are both input and output, but the stage reads its input to the end.");
        }

        foreach (ConvWeights guidance in w.Guidance)
        {
            Operators.Check.Weights(op, guidance);
            if (guidance is not { OutChannels: 9, InChannels: 10, Kernel: 3 })
            {
                throw new EmdcException($"{op}: {guidance.Name} is {guidance.Shape}, but 9 logits and the depth need 9×10×3×3.");
            }
        }

        if ((w.Fuse is not null) != (n > 1))
        {
            throw new EmdcException($"{op}: {(w.Fuse is null ? "no" : "a")} fuse convolution, but {n} dilations need {(n > 1 ? "one" : "none")}.");
        }

        if (w.Fuse is { } fuse)
        {
            Operators.Check.Weights(op, fuse);
            if (fuse.OutChannels != n || fuse.Kernel != 3 || from.Fuse.Channels < fuse.InChannels - 1 || to.Fuse.Channels < n)
            {
                throw new EmdcException(
                    $"{op}: {fuse.Name} is {fuse.Shape} from {from.Fuse} to {to.Fuse}, but {n} dilations and the depth need {n} outputs.");
            }
        }
    }

    /// <summary>Multiply-adds: the convolutions, and 1 + 8n taps an iteration (the n window centres are one).</summary>
    public static long Macs(FunnelStageWeights w, Tensor y)
    {
        long weights = w.Guidance.Sum(g => (long)g.Weight.Length) + (w.Fuse?.Weight.Length ?? 0);
        return (long)y.Height * y.Width * (weights + w.Iterations * (1 + (8 * w.Dilations)));
    }
}

/// <summary>What one funnel stage hands to the next: logits of the kernels (9n×H×W), logits of the fusion (n×H×W), depth (1×H×W).</summary>
public readonly record struct FunnelState(Tensor Guidance, Tensor Fuse, Tensor Y);

/// <summary>The weights of one funnel stage.</summary>
/// <param name="Name">For errors and profiles.</param>
/// <param name="Dilations">n: the stage propagates over dilations 1 … n.</param>
/// <param name="Iterations">How often.</param>
/// <param name="Guidance">n convolutions 10→9; empty in the first stage, which takes its logits as they are.</param>
/// <param name="Fuse">Convolution n₋₁+1→n, n₋₁ the dilations of the stage before; none where n = 1 and in the first stage.</param>
public sealed record FunnelStageWeights(string Name, int Dilations, int Iterations, ConvWeights[] Guidance, ConvWeights? Fuse)
{
    /// <summary>The first stage reads logits that come straight from the decoder.</summary>
    public bool IsFirst => Guidance.Length == 0;
}
