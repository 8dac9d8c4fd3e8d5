namespace EMDC.Completion;

/// <summary>The coefficients of <see cref="Uncertainty"/> for the default weights. Written by <c>bench/uncertainty.sh</c>.</summary>
internal static class UncertaintyCoefficients
{
    public static ReadOnlySpan<float> Values => [2.921f, 0.2605f, 0.2717f, 0.8951f, 0.215f];
}
