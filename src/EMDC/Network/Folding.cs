using EMDC.Operators;
using EMDC.Weights;

namespace EMDC.Network;

/// <summary>
/// Convolutions as the operators take them, out of a checkpoint's parameters. Batch norm behind a convolution is part of it:
/// <code>
/// bn(conv(x)) = γ·(w∗x + b − μ)/√(σ² + ε) + β = (w·g)∗x + (b − μ)·g + β     with g = γ/√(σ² + ε), ε = 1e-5
/// </code>
/// </summary>
internal sealed class Folding(StateDict state)
{
    private readonly List<FoldedConv> _convs = [];

    /// <summary>All convolutions made so far.</summary>
    public IReadOnlyList<FoldedConv> Convs => _convs;

    /// <summary>A convolution without batch norm; its arrays are the state dict's own.</summary>
    public ConvWeights Conv(string name, bool bias = true)
    {
        ConvWeights conv = Plain(name, bias);
        _convs.Add(new FoldedConv(conv, [name], null, bias));
        return conv;
    }

    /// <summary>A convolution and the batch norm behind it.</summary>
    public ConvWeights Conv(string name, string batchNorm, bool bias)
    {
        ConvWeights conv = Plain(name, bias);
        return Folded(conv with { Weight = new float[conv.Weight.Length], Bias = new float[conv.OutChannels] }, [name], batchNorm, bias);
    }

    /// <summary>Several convolutions of one input as one: their output channels in this order.</summary>
    public ConvWeights Stack(string name, IEnumerable<string> layers)
    {
        string[] names = [.. layers];
        int[] shape = state.Shape($"{names[0]}.weight");
        int channels = names.Sum(layer => state.Shape($"{layer}.weight")[0]);
        var weight = new float[channels * shape[1] * shape[2] * shape[3]];
        return Folded(new ConvWeights(name, channels, shape[1], shape[2], weight, new float[channels]), names, null, hasBias: true);
    }

    /// <summary>Values as they stand in the checkpoint.</summary>
    public float[] Values(string name) => state[name];

    private ConvWeights Plain(string name, bool bias)
    {
        int[] shape = state.Shape($"{name}.weight");
        float[] b = bias ? state[$"{name}.bias"] : new float[shape[0]];
        return new ConvWeights(name, shape[0], shape[1], shape[2], state[$"{name}.weight"], b);
    }

    private ConvWeights Folded(ConvWeights conv, string[] layers, string? batchNorm, bool hasBias)
    {
        var folded = new FoldedConv(conv, layers, batchNorm, hasBias);
        folded.Fold(state);
        _convs.Add(folded);
        return conv;
    }
}

/// <summary>A convolution and the parameters that it was made of.</summary>
/// <param name="Conv">What the operators take.</param>
/// <param name="Layers">The checkpoint's names of the convolutions in it: several where they are stacked.</param>
/// <param name="BatchNorm">The name of the batch norm behind it; null where there is none.</param>
/// <param name="HasBias">Whether the checkpoint has a bias for it.</param>
internal sealed record FoldedConv(ConvWeights Conv, string[] Layers, string? BatchNorm, bool HasBias)
{
    public const double Epsilon = 1e-5;

    /// <summary>Computes the arrays of <see cref="Conv"/> again, in place; nothing is to be done where they are the state dict's own.</summary>
    public void Fold(StateDict state)
    {
        if (BatchNorm is not null)
        {
            float[] weight = state[$"{Layers[0]}.weight"];
            float[]? bias = HasBias ? state[$"{Layers[0]}.bias"] : null;
            float[] gamma = state[$"{BatchNorm}.weight"], beta = state[$"{BatchNorm}.bias"];
            float[] mean = state[$"{BatchNorm}.running_mean"], variance = state[$"{BatchNorm}.running_var"];
            int taps = weight.Length / Conv.OutChannels;
            for (int o = 0; o < Conv.OutChannels; o++)
            {
                double g = gamma[o] / Math.Sqrt(variance[o] + Epsilon);
                Conv.Bias[o] = (float)((((bias?[o] ?? 0) - (double)mean[o]) * g) + beta[o]);
                for (int i = o * taps; i < (o + 1) * taps; i++)
                {
                    Conv.Weight[i] = (float)(weight[i] * g);
                }
            }
        }
        else if (Layers.Length > 1)
        {
            int w = 0, b = 0;
            foreach (string layer in Layers)
            {
                float[] weight = state[$"{layer}.weight"], bias = state[$"{layer}.bias"];
                weight.CopyTo(Conv.Weight, w);
                bias.CopyTo(Conv.Bias, b);
                (w, b) = (w + weight.Length, b + bias.Length);
            }
        }
    }
}
