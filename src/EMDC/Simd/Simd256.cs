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
}
