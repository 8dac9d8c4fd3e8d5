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
    private const double Epsilon = 1e-5;

    /// <summary>A convolution without batch norm.</summary>
    public ConvWeights Conv(string name, bool bias = true)
    {
        int[] shape = state.Shape($"{name}.weight");
        float[] b = bias ? state[$"{name}.bias"] : new float[shape[0]];
        return new ConvWeights(name, shape[0], shape[1], shape[2], state[$"{name}.weight"], b);
    }

    /// <summary>A convolution and the batch norm behind it.</summary>
    public ConvWeights Conv(string name, string batchNorm, bool bias)
    {
        ConvWeights conv = Conv(name, bias);
        float[] gamma = state[$"{batchNorm}.weight"], beta = state[$"{batchNorm}.bias"];
        float[] mean = state[$"{batchNorm}.running_mean"], variance = state[$"{batchNorm}.running_var"];
        var w = new float[conv.Weight.Length];
        var b = new float[conv.OutChannels];
        int taps = w.Length / conv.OutChannels;
        for (int o = 0; o < conv.OutChannels; o++)
        {
            double g = gamma[o] / Math.Sqrt(variance[o] + Epsilon);
            b[o] = (float)(((conv.Bias[o] - (double)mean[o]) * g) + beta[o]);
            for (int i = o * taps; i < (o + 1) * taps; i++)
            {
                w[i] = (float)(conv.Weight[i] * g);
            }
        }

        return conv with { Weight = w, Bias = b };
    }

    /// <summary>Several convolutions of one input as one: their output channels in this order.</summary>
    public ConvWeights Stack(string name, IEnumerable<string> layers)
    {
        ConvWeights[] parts = [.. layers.Select(layer => Conv(layer))];
        return new ConvWeights(name, parts.Sum(p => p.OutChannels), parts[0].InChannels, parts[0].Kernel,
            [.. parts.SelectMany(p => p.Weight)], [.. parts.SelectMany(p => p.Bias)]);
    }

    /// <summary>Values as they stand in the checkpoint.</summary>
    public float[] Values(string name) => state[name];
}
