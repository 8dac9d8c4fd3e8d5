using System.Runtime.Intrinsics;
using EMDC.Simd;

namespace EMDC.Tests.Operators;

/// <summary><see cref="SimdMath.Exp"/>, on which softmax and sigmoid stand, against double precision.</summary>
public sealed class ExpTests
{
    // Measured on 2026-11-22 with FMA over every float in [−87, 87]: 1.011 ulps at every width. A third more for machines that
    // don't fuse.
    private const double MostUlps = 1.35;

    // Every 997th float: about 2.2 million. 997 is prime, so that all low bits occur.
    private const int Step = 997;

    private static readonly uint Last = BitConverter.SingleToUInt32Bits(87);

    public static TheoryData<string> Widths => [.. Backends.Widths];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Exp_is_within_the_measured_bound(string width)
    {
        double worst = width switch
        {
            "512" => Worst<Simd512, Vector512<float>>(Step),
            "256" => Worst<Simd256, Vector256<float>>(Step),
            "128" => Worst<Simd128, Vector128<float>>(Step),
            _ => Worst<SimdScalar, float>(Step),
        };
        Assert.InRange(worst, 0.5, MostUlps);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Exp_is_1_at_0_and_never_0(string width)
    {
        float[] x = [0, -0f, -87, -88, -1000, float.MinValue, float.NegativeInfinity];
        float[] y = width switch
        {
            "512" => Apply<Simd512, Vector512<float>>(x),
            "256" => Apply<Simd256, Vector256<float>>(x),
            "128" => Apply<Simd128, Vector128<float>>(x),
            _ => Apply<SimdScalar, float>(x),
        };
        Assert.Equal([1f, 1f], y[..2]);
        Assert.All(y[2..], least => Assert.Equal(y[2], least));
        Assert.InRange(y[2], 1.6e-38f, 1.7e-38f);
    }

    /// <summary>The largest error in ulps over every <paramref name="step"/>-th float in [−87, 87].</summary>
    private static unsafe double Worst<S, V>(int step) where S : struct, ISimd<V> where V : struct
    {
        double worst = 0;
        float* x = stackalloc float[16], y = stackalloc float[16];
        foreach (uint sign in (uint[])[0, 0x8000_0000])
        {
            for (uint bits = 0; bits <= Last; bits += 16 * (uint)step)
            {
                for (uint i = 0; i < 16; i++)
                {
                    x[i] = BitConverter.UInt32BitsToSingle(sign | Math.Min(bits + (i * (uint)step), Last));
                }

                for (int i = 0; i < 16; i += S.Width)
                {
                    S.Store(y + i, SimdMath.Exp<S, V>(S.Load(x + i)));
                }

                for (int i = 0; i < 16; i++)
                {
                    double expected = Math.Exp(x[i]);
                    worst = Math.Max(worst, Math.Abs(y[i] - expected) / Reference.Tolerance.Spacing(expected));
                }
            }
        }

        return worst;
    }

    private static unsafe float[] Apply<S, V>(float[] values) where S : struct, ISimd<V> where V : struct
    {
        float[] x = new float[16], y = new float[16];
        values.CopyTo(x, 0);
        fixed (float* from = x, to = y)
        {
            for (int i = 0; i < 16; i += S.Width)
            {
                S.Store(to + i, SimdMath.Exp<S, V>(S.Load(from + i)));
            }
        }

        return y[..values.Length];
    }
}
