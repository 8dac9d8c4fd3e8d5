namespace EMDC.Training.Losses;

/// <summary>The terms of the objective, of one image or as means over several.</summary>
internal readonly record struct Terms(double Dense, double Global, double Local, double Gradient, double Negative, double Measured, double Logits)
{
    public static Terms operator +(Terms a, Terms b) => new(
        a.Dense + b.Dense, a.Global + b.Global, a.Local + b.Local, a.Gradient + b.Gradient, a.Negative + b.Negative, a.Measured + b.Measured,
        a.Logits + b.Logits);

    public static Terms operator *(double s, Terms a) =>
        new(s * a.Dense, s * a.Global, s * a.Local, s * a.Gradient, s * a.Negative, s * a.Measured, s * a.Logits);

    /// <summary>The objective: what <see cref="Objective"/> gives the gradient of.</summary>
    public double Total(in Shares shares, ObjectiveOptions options) => Dense + (shares.Global * Global) + (shares.Local * Local)
        + (shares.Gradient * Gradient) + (options.Negative * Negative) + (options.Measured * Measured) + (options.Logits * Logits);
}

/// <summary>λ1, λ2 and λ3 of the objective.</summary>
internal readonly record struct Shares(double Global, double Local, double Gradient);
