using System.Runtime.CompilerServices;

namespace EMDC.Simd;

/// <summary>Functions made of <see cref="ISimd{V}"/>.</summary>
internal static class SimdMath
{
    /// <summary>
    /// eˣ for x ≤ 88; below −87 it stays at e⁻⁸⁷ ≈ 1.6e-38. x = n·ln 2 + r with |r| ≤ ln 2 / 2; eʳ by a polynomial of
    /// degree 7 (Cephes' coefficients for expf). Adding 1.5·2²³ rounds x·log₂e to an integer and leaves it in the low bits.
    /// </summary>
    [MethodImpl(Jit.Inline)]
    public static V Exp<S, V>(V x) where S : struct, ISimd<V> where V : struct
    {
        V shift = S.Broadcast(12582912f);
        x = S.Max(x, S.Broadcast(-87f));
        V shifted = S.Fma(x, S.Broadcast(1.44269504f), shift);
        V n = S.Subtract(shifted, shift);
        V r = S.Fma(n, S.Broadcast(-0.693359375f), x);
        r = S.Fma(n, S.Broadcast(2.12194440e-4f), r);
        V p = S.Broadcast(1.9875691500e-4f);
        p = S.Fma(p, r, S.Broadcast(1.3981999507e-3f));
        p = S.Fma(p, r, S.Broadcast(8.3334519073e-3f));
        p = S.Fma(p, r, S.Broadcast(4.1665795894e-2f));
        p = S.Fma(p, r, S.Broadcast(1.6666665459e-1f));
        p = S.Fma(p, r, S.Broadcast(5.0000001201e-1f));
        p = S.Fma(p, S.Multiply(r, r), r);
        return S.ScaleByPower(S.Add(p, S.Broadcast(1f)), shifted);
    }
}
