namespace EMDC.Completion;

/// <summary>The coefficients of <see cref="Uncertainty"/> for the default weights. Written by <c>bench/uncertainty.sh</c>.</summary>
internal static class UncertaintyCoefficients
{
    public static ReadOnlySpan<float> Values => [3.3498f, 0.3457f, 0.2845f, 0.9124f, 0.2063f];
}
