namespace EMDC.Completion;

/// <summary>The coefficients of <see cref="Uncertainty"/> for the default weights. Written by <c>bench/uncertainty.sh</c>.</summary>
internal static class UncertaintyCoefficients
{
    public static ReadOnlySpan<float> Values => [2.3817f, 0.2073f, 0.3291f, 0.7164f, 0.2849f];
}
