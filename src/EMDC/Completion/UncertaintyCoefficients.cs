namespace EMDC.Completion;

/// <summary>The coefficients of <see cref="Uncertainty"/> for the default weights. Written by <c>bench/uncertainty.sh</c>.</summary>
internal static class UncertaintyCoefficients
{
    public static ReadOnlySpan<float> Values => [3.1338f, 0.3319f, 0.2818f, 0.8931f, 0.2024f];
}
