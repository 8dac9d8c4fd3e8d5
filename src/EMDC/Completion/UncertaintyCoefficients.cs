namespace EMDC.Completion;

/// <summary>The coefficients of <see cref="Uncertainty"/> for the default weights. Written by <c>bench/uncertainty.sh</c>.</summary>
internal static class UncertaintyCoefficients
{
    public static ReadOnlySpan<float> Values => [2.8794f, 0.2725f, 0.2853f, 0.8608f, 0.2239f];
}
