using System.Numerics;
using EMDC.Network;
using EMDC.Weights;

namespace EMDC.Training.Optimiser;

/// <summary>
/// The checkpoint's own parameters: folded before every step as inference folds them, their gradients handed back through the
/// folding. So the optimiser sees what PyTorch sees with frozen batch norms; folded weights differ in size by orders of magnitude from
/// channel to channel and would learn at as different rates. Running statistics are kept as they are.
/// <code>
/// folded     W = w·g     B = (b − μ)·g + β     g = γ·r     r = 1/√(σ² + ε)
/// gradients  dw = dW·g   db = dB·g             dβ = dB     dγ = r·(Σ dW·w + dB·(b − μ))
/// </code>
/// </summary>
internal sealed class Parameters
{
    private readonly Dictionary<string, Parameter> _byName;

    public Parameters(StateDict state)
    {
        State = state;
        Weights = new EmdcWeights(state);
        All = [.. state.Manifest.Parameters.Where(p => !IsStatistic(p.Name)).Select(p => new Parameter(p.Name, p.Shape, state[p.Name]))];
        _byName = All.ToDictionary(parameter => parameter.Name);
    }

    public StateDict State { get; }

    /// <summary>What the network computes with.</summary>
    public EmdcWeights Weights { get; }

    /// <summary>In the order of the manifest.</summary>
    public IReadOnlyList<Parameter> All { get; }

    public Parameter this[string name] => _byName[name];

    public static bool IsStatistic(string name) =>
        name.EndsWith(".running_mean", StringComparison.Ordinal) || name.EndsWith(".running_var", StringComparison.Ordinal);

    /// <summary>Takes the values over into <see cref="Weights"/>.</summary>
    public void Fold() => Weights.Refold(State);

    /// <summary>
    /// Sums the gradients of the lanes, in their order, into the first of them, and hands <paramref name="scale"/> times the sum back to the
    /// parameters.
    /// </summary>
    public void Collect(ReadOnlySpan<EmdcGradients> lanes, float scale, ParallelOptions threads)
    {
        EmdcGradients[] all = [.. lanes];
        EmdcGradients sum = all[0];
        Parallel.ForEach(Weights.Convs, threads, conv =>
        {
            (float[] weight, float[] bias) = sum.Of(conv.Conv);
            foreach (EmdcGradients lane in all.AsSpan(1))
            {
                (float[] w, float[] b) = lane.Of(conv.Conv);
                Add(weight, w);
                Add(bias, b);
            }

            HandBack(conv, weight, bias, scale);
        });
        foreach (Upsample block in Weights.Decoder)
        {
            float[] slope = sum.OfSlope(block.Slope);
            foreach (EmdcGradients lane in all.AsSpan(1))
            {
                Add(slope, lane.OfSlope(block.Slope));
            }

            Parameter parameter = All.Single(p => ReferenceEquals(p.Values, block.Slope));
            Scaled(slope, scale, parameter.Gradient);
        }

        float rezero = sum.Rezero;
        foreach (EmdcGradients lane in all.AsSpan(1))
        {
            rezero += lane.Rezero;
        }

        this["rezero"].Gradient[0] = rezero * scale;
    }

    private void HandBack(FoldedConv conv, float[] weight, float[] bias, float scale)
    {
        int atWeight = 0, atBias = 0;
        foreach (string layer in conv.Layers)
        {
            Parameter w = this[$"{layer}.weight"];
            float[]? db = conv.HasBias ? this[$"{layer}.bias"].Gradient : null;
            ReadOnlySpan<float> dW = weight.AsSpan(atWeight, w.Values.Length), dB = bias.AsSpan(atBias, w.Shape[0]);
            (atWeight, atBias) = (atWeight + dW.Length, atBias + dB.Length);
            if (conv.BatchNorm is { } norm)
            {
                Unfold(w, norm, conv.HasBias ? this[$"{layer}.bias"] : null, dW, dB, scale);
            }
            else
            {
                Scaled(dW, scale, w.Gradient);
                if (db is not null)
                {
                    Scaled(dB, scale, db);
                }
            }
        }
    }

    private void Unfold(Parameter w, string norm, Parameter? b, ReadOnlySpan<float> dW, ReadOnlySpan<float> dB, float scale)
    {
        Parameter gamma = this[$"{norm}.weight"], beta = this[$"{norm}.bias"];
        float[] mean = State[$"{norm}.running_mean"], variance = State[$"{norm}.running_var"];
        int taps = w.Values.Length / w.Shape[0];
        for (int o = 0; o < w.Shape[0]; o++)
        {
            double r = 1 / Math.Sqrt(variance[o] + FoldedConv.Epsilon), shift = (b?.Values[o] ?? 0) - (double)mean[o];
            float g = (float)(gamma.Values[o] * r * scale);
            ReadOnlySpan<float> d = dW.Slice(o * taps, taps);
            gamma.Gradient[o] = (float)(scale * r * (Dot(d, w.Values.AsSpan(o * taps, taps)) + dB[o] * shift));
            beta.Gradient[o] = scale * dB[o];
            Scaled(d, g, w.Gradient.AsSpan(o * taps, taps));
            if (b is not null)
            {
                b.Gradient[o] = g * dB[o];
            }
        }
    }

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += (double)a[i] * b[i];
        }

        return sum;
    }

    private static void Scaled(ReadOnlySpan<float> from, float scale, Span<float> to)
    {
        int i = 0;
        for (; i <= from.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            (new Vector<float>(from[i..]) * scale).CopyTo(to[i..]);
        }

        for (; i < from.Length; i++)
        {
            to[i] = from[i] * scale;
        }
    }

    private static void Add(Span<float> to, ReadOnlySpan<float> from)
    {
        int i = 0;
        for (; i <= to.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            (new Vector<float>(to[i..]) + new Vector<float>(from[i..])).CopyTo(to[i..]);
        }

        for (; i < to.Length; i++)
        {
            to[i] += from[i];
        }
    }
}
