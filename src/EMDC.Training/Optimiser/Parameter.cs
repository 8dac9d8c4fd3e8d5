namespace EMDC.Training.Optimiser;

/// <summary>A trained parameter of the checkpoint and what the optimiser keeps for it.</summary>
internal sealed class Parameter
{
    public Parameter(string name, int[] shape, float[] values)
    {
        (Name, Shape, Values) = (name, shape, values);
        Average = [.. values];
        (Gradient, Momentum, Square) = (new float[values.Length], new float[values.Length], new float[values.Length]);
        bool isFunnel = name.StartsWith("guid_conv", StringComparison.Ordinal) || name.StartsWith("fuse_conv", StringComparison.Ordinal);

        // A funnel that learns as fast as the rest ends one-hot: its logits grow from stage to stage until no softmax has a gradient.
        Rate = isFunnel ? 0.4f : 1;

        // Decay is for kernels. It would pull norms' scales, slopes and biases, which are few and fit no noise, away from where the
        // data want them; the funnel's logits have a penalty of their own.
        Decays = shape.Length > 1 && !isFunnel;
    }

    public string Name { get; }

    public int[] Shape { get; }

    /// <summary>The state dict's own array.</summary>
    public float[] Values { get; }

    /// <summary>∂L/∂ of the values.</summary>
    public float[] Gradient { get; }

    /// <summary>m of AdamW or of Muon.</summary>
    public float[] Momentum { get; }

    /// <summary>v of AdamW; M of Muon.</summary>
    public float[] Square { get; }

    /// <summary>The exponential moving average of the values: less noisy than they are, and what is kept.</summary>
    public float[] Average { get; }

    /// <summary>The share of the learning rate that it has.</summary>
    public float Rate { get; }

    /// <summary>Whether weight decay is for it.</summary>
    public bool Decays { get; }
}
