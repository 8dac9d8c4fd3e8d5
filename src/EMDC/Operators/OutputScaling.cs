namespace EMDC.Operators;

/// <summary>
/// From the network's unit back to the caller's frame, cropped to its h×w pixels:
/// <code>
/// out[i, j] = y[i, j] · m        m = the largest measured depth, without the 1e-4 of <see cref="InputPreparation"/>
/// </code>
/// The confidence has no unit and is handed out as it is. Gradient: ∂y[i, j] = ∂out[i, j] · m, m a constant.
/// </summary>
public static class OutputScaling
{
    /// <summary>Throws one sentence unless the shapes fit together.</summary>
    public static void Check(Tensor y) => Operators.Check.Channels("OutputScaling", y, 1, "a map for the caller");
}

/// <summary>The maps that a frame can give.</summary>
public enum OutputMap
{
    /// <summary>The final depth in metres.</summary>
    Dense,

    /// <summary>The global branch's depth in metres.</summary>
    Global,

    /// <summary>The local branch's depth in metres.</summary>
    Local,

    /// <summary>The confidence in the local branch, 0 … rezero.</summary>
    Confidence,
}
