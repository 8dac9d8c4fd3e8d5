namespace EMDC.Training.Optimiser;

/// <summary>A part of a parameter that a thread takes at a time.</summary>
internal readonly record struct ParameterPart(Parameter Parameter, int Start, int Length)
{
    private const int Longest = 1 << 16;

    /// <summary>All of the parameters, in their order.</summary>
    public static ParameterPart[] Of(IEnumerable<Parameter> parameters) =>
        [.. parameters.SelectMany(p => Enumerable.Range(0, (p.Values.Length + Longest - 1) / Longest)
            .Select(i => new ParameterPart(p, i * Longest, Math.Min(Longest, p.Values.Length - (i * Longest)))))];
}
