using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EMDC.Simd;

/// <summary>AVX-512.</summary>
internal readonly unsafe struct Simd512 : ISimd<Vector512<float>>
{
    public static bool IsSupported => Vector512.IsHardwareAccelerated && Avx512F.IsSupported;
    public static string Name => "AVX-512";
    public static int Width => 16;
    public static int Registers => 32;
    public static Vector512<float> Zero => Vector512<float>.Zero;

    [MethodImpl(Jit.Inline)]
    public static Vector512<float> Load(float* p) => Vector512.Load(p);

    [MethodImpl(Jit.Inline)]
    public static void Store(float* p, Vector512<float> a) => Vector512.Store(a, p);

    [MethodImpl(Jit.Inline)]
    public static Vector512<float> Broadcast(float a) => Vector512.Create(a);

    [MethodImpl(Jit.Inline)]
    public static Vector512<float> Fma(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Vector512.MultiplyAddEstimate(a, b, c);

    [MethodImpl(Jit.Inline)]
    public static Vector512<float> Add(Vector512<float> a, Vector512<float> b) => a + b;

    [MethodImpl(Jit.Inline)]
    public static Vector512<float> Subtract(Vector512<float> a, Vector512<float> b) => a - b;

    [MethodImpl(Jit.Inline)]
    public static Vector512<float> Multiply(Vector512<float> a, Vector512<float> b) => a * b;

    [MethodImpl(Jit.Inline)]
    public static Vector512<float> Divide(Vector512<float> a, Vector512<float> b) => a / b;

    // "Native" leaves NaN and -0 to the instruction: no kernel sees a NaN, and -0 is 0 to all of them.
    [MethodImpl(Jit.Inline)]
    public static Vector512<float> Min(Vector512<float> a, Vector512<float> b) => Vector512.MinNative(a, b);

    [MethodImpl(Jit.Inline)]
    public static Vector512<float> Max(Vector512<float> a, Vector512<float> b) => Vector512.MaxNative(a, b);

    [MethodImpl(Jit.Inline)]
    public static Vector512<float> And(Vector512<float> a, Vector512<float> mask) => a & mask;

    [MethodImpl(Jit.Inline)]
    public static Vector512<float> AndNot(Vector512<float> a, Vector512<float> mask) => Vector512.AndNot(a, mask);

    [MethodImpl(Jit.Inline)]
    public static Vector512<float> IsPositive(Vector512<float> a) => Vector512.GreaterThan(a, Vector512<float>.Zero);

    [MethodImpl(Jit.Inline)]
    public static float Sum(Vector512<float> a) => Vector512.Sum(a);

    [MethodImpl(Jit.Inline)]
    public static Vector512<float> ScaleByPower(Vector512<float> a, Vector512<float> shifter) =>
        (a.AsInt32() + Vector512.ShiftLeft(shifter.AsInt32(), 23)).AsSingle();

    [MethodImpl(Jit.Inline)]
    public static void Deinterleave(float* p, out Vector512<float> even, out Vector512<float> odd)
    {
        Vector512<float> a = Vector512.Load(p), b = Vector512.Load(p + 16);
        var evens = Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
        even = Avx512F.PermuteVar16x32x2(a, evens, b);
        odd = Avx512F.PermuteVar16x32x2(a, evens + Vector512<int>.One, b);
    }

    [MethodImpl(Jit.Inline)]
    public static void Interleave(float* p, Vector512<float> even, Vector512<float> odd)
    {
        var low = Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        Vector512.Store(Avx512F.PermuteVar16x32x2(even, low, odd), p);
        Vector512.Store(Avx512F.PermuteVar16x32x2(even, low + Vector512.Create(8), odd), p + 16);
    }

    [MethodImpl(Jit.Inline)]
    public static void Transpose(nint* rows, nint at, float* to, nint stride)
    {
        rows += 12;
        for (int i = 3; i >= 0; i--, rows -= 4)
        {
            Quads(Load((float*)rows[0] + at), Load((float*)rows[1] + at), Load((float*)rows[2] + at), Load((float*)rows[3] + at),
                out Vector512<float> q0, out Vector512<float> q1, out Vector512<float> q2, out Vector512<float> q3);
            float* quarter = to + (4 * i);
            Row(quarter, stride, 0, q0, q1, q2, q3);
            Row(quarter + (4 * stride), stride, 1, q0, q1, q2, q3);
            Row(quarter + (8 * stride), stride, 2, q0, q1, q2, q3);
            Row(quarter + (12 * stride), stride, 3, q0, q1, q2, q3);
        }
    }

    /// <summary>Transposes the 4×4 floats in each quarter.</summary>
    [MethodImpl(Jit.Inline)]
    private static void Quads(
        Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d,
        out Vector512<float> q0, out Vector512<float> q1, out Vector512<float> q2, out Vector512<float> q3)
    {
        Vector512<double> ab = Avx512F.UnpackLow(a, b).AsDouble(), cd = Avx512F.UnpackLow(c, d).AsDouble();
        q0 = Avx512F.UnpackLow(ab, cd).AsSingle();
        q1 = Avx512F.UnpackHigh(ab, cd).AsSingle();
        (ab, cd) = (Avx512F.UnpackHigh(a, b).AsDouble(), Avx512F.UnpackHigh(c, d).AsDouble());
        q2 = Avx512F.UnpackLow(ab, cd).AsSingle();
        q3 = Avx512F.UnpackHigh(ab, cd).AsSingle();
    }

    /// <summary>Stores one quarter of each.</summary>
    [MethodImpl(Jit.Inline)]
    private static void Row(
        float* to, nint stride, [ConstantExpected] byte quarter, Vector512<float> q0, Vector512<float> q1, Vector512<float> q2, Vector512<float> q3)
    {
        Vector128.Store(Avx512F.ExtractVector128(q0, quarter), to);
        Vector128.Store(Avx512F.ExtractVector128(q1, quarter), to + stride);
        Vector128.Store(Avx512F.ExtractVector128(q2, quarter), to + (2 * stride));
        Vector128.Store(Avx512F.ExtractVector128(q3, quarter), to + (3 * stride));
    }
}
