using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EMDC.Simd;

/// <summary>AVX2 with FMA.</summary>
internal readonly unsafe struct Simd256 : ISimd<Vector256<float>>
{
    public static bool IsSupported => Vector256.IsHardwareAccelerated && Avx2.IsSupported && System.Runtime.Intrinsics.X86.Fma.IsSupported;
    public static string Name => "AVX2";
    public static int Width => 8;
    public static int Registers => 16;
    public static Vector256<float> Zero => Vector256<float>.Zero;

    [MethodImpl(Jit.Inline)]
    public static Vector256<float> Load(float* p) => Vector256.Load(p);

    [MethodImpl(Jit.Inline)]
    public static void Store(float* p, Vector256<float> a) => Vector256.Store(a, p);

    [MethodImpl(Jit.Inline)]
    public static Vector256<float> Broadcast(float a) => Vector256.Create(a);

    [MethodImpl(Jit.Inline)]
    public static Vector256<float> Fma(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Vector256.MultiplyAddEstimate(a, b, c);

    [MethodImpl(Jit.Inline)]
    public static Vector256<float> Add(Vector256<float> a, Vector256<float> b) => a + b;

    [MethodImpl(Jit.Inline)]
    public static Vector256<float> Subtract(Vector256<float> a, Vector256<float> b) => a - b;

    [MethodImpl(Jit.Inline)]
    public static Vector256<float> Multiply(Vector256<float> a, Vector256<float> b) => a * b;

    [MethodImpl(Jit.Inline)]
    public static Vector256<float> Divide(Vector256<float> a, Vector256<float> b) => a / b;

    // "Native" leaves NaN and -0 to the instruction: no kernel sees a NaN, and -0 is 0 to all of them.
    [MethodImpl(Jit.Inline)]
    public static Vector256<float> Min(Vector256<float> a, Vector256<float> b) => Vector256.MinNative(a, b);

    [MethodImpl(Jit.Inline)]
    public static Vector256<float> Max(Vector256<float> a, Vector256<float> b) => Vector256.MaxNative(a, b);

    [MethodImpl(Jit.Inline)]
    public static Vector256<float> And(Vector256<float> a, Vector256<float> mask) => a & mask;

    [MethodImpl(Jit.Inline)]
    public static Vector256<float> AndNot(Vector256<float> a, Vector256<float> mask) => Vector256.AndNot(a, mask);

    [MethodImpl(Jit.Inline)]
    public static Vector256<float> IsPositive(Vector256<float> a) => Vector256.GreaterThan(a, Vector256<float>.Zero);

    [MethodImpl(Jit.Inline)]
    public static float Sum(Vector256<float> a) => Vector256.Sum(a);

    [MethodImpl(Jit.Inline)]
    public static Vector256<float> ScaleByPower(Vector256<float> a, Vector256<float> shifter) =>
        (a.AsInt32() + Vector256.ShiftLeft(shifter.AsInt32(), 23)).AsSingle();

    [MethodImpl(Jit.Inline)]
    public static void Deinterleave(float* p, out Vector256<float> even, out Vector256<float> odd)
    {
        Vector256<float> a = Vector256.Load(p), b = Vector256.Load(p + 8);
        even = Avx2.Permute4x64(Avx.Shuffle(a, b, 0b10_00_10_00).AsDouble(), 0b11_01_10_00).AsSingle();
        odd = Avx2.Permute4x64(Avx.Shuffle(a, b, 0b11_01_11_01).AsDouble(), 0b11_01_10_00).AsSingle();
    }

    [MethodImpl(Jit.Inline)]
    public static void Interleave(float* p, Vector256<float> even, Vector256<float> odd)
    {
        Vector256<float> low = Avx.UnpackLow(even, odd), high = Avx.UnpackHigh(even, odd);
        Vector256.Store(Avx.Permute2x128(low, high, 0x20), p);
        Vector256.Store(Avx.Permute2x128(low, high, 0x31), p + 8);
    }

    [MethodImpl(Jit.Inline)]
    public static void Transpose(nint* rows, nint at, float* to, nint stride)
    {
        Vector256<float> a0 = Load((float*)rows[0] + at), a1 = Load((float*)rows[1] + at), a2 = Load((float*)rows[2] + at);
        Vector256<float> a3 = Load((float*)rows[3] + at), a4 = Load((float*)rows[4] + at), a5 = Load((float*)rows[5] + at);
        Vector256<float> a6 = Load((float*)rows[6] + at), a7 = Load((float*)rows[7] + at);
        Quads(a0, a1, a2, a3, out a0, out a1, out a2, out a3);
        Quads(a4, a5, a6, a7, out a4, out a5, out a6, out a7);
        Store(to, Avx.Permute2x128(a0, a4, 0x20));
        Store(to + stride, Avx.Permute2x128(a1, a5, 0x20));
        Store(to + (2 * stride), Avx.Permute2x128(a2, a6, 0x20));
        Store(to + (3 * stride), Avx.Permute2x128(a3, a7, 0x20));
        Store(to + (4 * stride), Avx.Permute2x128(a0, a4, 0x31));
        Store(to + (5 * stride), Avx.Permute2x128(a1, a5, 0x31));
        Store(to + (6 * stride), Avx.Permute2x128(a2, a6, 0x31));
        Store(to + (7 * stride), Avx.Permute2x128(a3, a7, 0x31));
    }

    /// <summary>Transposes the 4×4 floats in each half.</summary>
    [MethodImpl(Jit.Inline)]
    private static void Quads(
        Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d,
        out Vector256<float> q0, out Vector256<float> q1, out Vector256<float> q2, out Vector256<float> q3)
    {
        Vector256<double> ab = Avx.UnpackLow(a, b).AsDouble(), cd = Avx.UnpackLow(c, d).AsDouble();
        q0 = Avx.UnpackLow(ab, cd).AsSingle();
        q1 = Avx.UnpackHigh(ab, cd).AsSingle();
        (ab, cd) = (Avx.UnpackHigh(a, b).AsDouble(), Avx.UnpackHigh(c, d).AsDouble());
        q2 = Avx.UnpackLow(ab, cd).AsSingle();
        q3 = Avx.UnpackHigh(ab, cd).AsSingle();
    }
}
