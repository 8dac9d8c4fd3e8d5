using System.Numerics;
using EMDC.Network;
using EMDC.Operators;

namespace EMDC.Training;

/// <summary>
/// ∂L/∂ of every array of an <see cref="EmdcWeights"/>, batch norms folded in: weights and biases of the convolutions, slopes of
/// the PReLUs, rezero. The arrays have the order of the network, so that sums over samples have one order, too.
/// </summary>
internal sealed class EmdcGradients
{
    private readonly Dictionary<ConvWeights, (float[] Weight, float[] Bias)> _convolutions = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<float[], float[]> _slopes = [];
    private readonly List<float[]> _all = [];

    /// <summary>Of single layers, in this order.</summary>
    public EmdcGradients(IEnumerable<ConvWeights> convolutions, IEnumerable<float[]> slopes)
    {
        foreach (ConvWeights w in convolutions)
        {
            Add(w);
        }

        foreach (float[] slope in slopes)
        {
            _slopes.Add(slope, Zeros(slope.Length));
        }
    }

    public EmdcGradients(EmdcWeights w)
    {
        Add(w.Stem);
        foreach (InvertedResidual block in w.Encoder)
        {
            if (block.Expand is not null)
            {
                Add(block.Expand);
            }

            Add(block.Depthwise);
            Add(block.Project);
        }

        foreach (Upsample block in w.Decoder)
        {
            Add(block.Conv);
            _slopes.Add(block.Slope, Zeros(block.Slope.Length));
            Add(block.Conv2);
        }

        foreach (ConvWeights conv in (ReadOnlySpan<ConvWeights>)[w.Heads, w.Local0, w.Local1, w.Local2, w.Alpha])
        {
            Add(conv);
        }

        foreach (FunnelStageWeights stage in w.Funnel)
        {
            foreach (ConvWeights guidance in stage.Guidance)
            {
                Add(guidance);
            }

            if (stage.Fuse is not null)
            {
                Add(stage.Fuse);
            }
        }
    }

    /// <summary>∂L/∂rezero.</summary>
    public float Rezero { get; set; }

    /// <summary>∂L/∂ of a layer's folded weights (O×I×K×K) and bias (O).</summary>
    public (float[] Weight, float[] Bias) Of(ConvWeights w) => _convolutions[w];

    /// <summary>∂L/∂ of a PReLU's slopes.</summary>
    public float[] OfSlope(float[] slope) => _slopes[slope];

    /// <summary>Sets all to 0.</summary>
    public void Clear()
    {
        foreach (float[] values in _all)
        {
            Array.Clear(values);
        }

        Rezero = 0;
    }

    /// <summary>Adds those of another sample.</summary>
    public void Add(EmdcGradients other)
    {
        for (int i = 0; i < _all.Count; i++)
        {
            Accumulate(_all[i], other._all[i]);
        }

        Rezero += other.Rezero;
    }

    private static void Accumulate(float[] to, float[] from)
    {
        int i = 0;
        for (; i + Vector<float>.Count <= to.Length; i += Vector<float>.Count)
        {
            (new Vector<float>(to, i) + new Vector<float>(from, i)).CopyTo(to, i);
        }

        for (; i < to.Length; i++)
        {
            to[i] += from[i];
        }
    }

    private void Add(ConvWeights w) => _convolutions.Add(w, (Zeros(w.Weight.Length), Zeros(w.Bias.Length)));

    private float[] Zeros(int length)
    {
        var values = new float[length];
        _all.Add(values);
        return values;
    }
}
