using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using EMDC.Simd;

namespace EMDC.Completion;

/// <summary>The exponential in eight lanes, in single precision throughout: half the time of the runtime's, which goes by way of doubles.</summary>
internal static class Exponential
{
    /// <summary>eˣ for −87 ≤ x ≤ 0, below it e⁻⁸⁷; as <see cref="SimdMath.Exp"/>, on every processor.</summary>
    [MethodImpl(Jit.Inline)]
    public static Vector256<float> Of(Vector256<float> x)
    {
        Vector256<float> shift = Vector256.Create(12582912f);
        x = Vector256.MaxNative(x, Vector256.Create(-87f));
        Vector256<float> shifted = Vector256.MultiplyAddEstimate(x, Vector256.Create(1.44269504f), shift), n = shifted - shift;
        Vector256<float> r = Vector256.MultiplyAddEstimate(n, Vector256.Create(-0.693359375f), x);
        r = Vector256.MultiplyAddEstimate(n, Vector256.Create(2.12194440e-4f), r);
        Vector256<float> p = Vector256.MultiplyAddEstimate(Vector256.Create(1.9875691500e-4f), r, Vector256.Create(1.3981999507e-3f));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(8.3334519073e-3f));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(4.1665795894e-2f));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(1.6666665459e-1f));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(5.0000001201e-1f));
        p = Vector256.MultiplyAddEstimate(p, r * r, r) + Vector256<float>.One;
        return (p.AsInt32() + (shifted.AsInt32() << 23)).AsSingle();
    }
}
