namespace EMDC.Operators;

/// <summary>What follows a convolution: a clamp of its result to Low … High.</summary>
public readonly record struct Activation(float Low, float High)
{
    /// <summary>The result as it is.</summary>
    public static Activation None => new(float.NegativeInfinity, float.PositiveInfinity);

    /// <summary>max(x, 0).</summary>
    public static Activation ReLU => new(0, float.PositiveInfinity);

    /// <summary>min(max(x, 0), 6).</summary>
    public static Activation ReLU6 => new(0, 6);
}
