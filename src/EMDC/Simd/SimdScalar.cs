using System.Runtime.CompilerServices;

namespace EMDC.Simd;

/// <summary>One float at a time, for machines and builds without hardware vectors, and for comparison.</summary>
internal readonly unsafe struct SimdScalar : ISimd<float>
{
    public static bool IsSupported => true;
    public static string Name => "scalar";
    public static int Width => 1;
    public static int Registers => 16;
    public static float Zero => 0;

    [MethodImpl(Jit.Inline)]
    public static float Load(float* p) => *p;

    [MethodImpl(Jit.Inline)]
    public static void Store(float* p, float a) => *p = a;

    [MethodImpl(Jit.Inline)]
    public static float Broadcast(float a) => a;

    [MethodImpl(Jit.Inline)]
    public static float Fma(float a, float b, float c) => float.MultiplyAddEstimate(a, b, c);

    [MethodImpl(Jit.Inline)]
    public static float Add(float a, float b) => a + b;

    [MethodImpl(Jit.Inline)]
    public static float Subtract(float a, float b) => a - b;

    [MethodImpl(Jit.Inline)]
    public static float Multiply(float a, float b) => a * b;

    [MethodImpl(Jit.Inline)]
    public static float Divide(float a, float b) => a / b;

    [MethodImpl(Jit.Inline)]
    public static float Min(float a, float b) => a < b ? a : b;

    [MethodImpl(Jit.Inline)]
    public static float Max(float a, float b) => a > b ? a : b;

    [MethodImpl(Jit.Inline)]
    public static float And(float a, float mask) =>
        BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(a) & BitConverter.SingleToInt32Bits(mask));

    [MethodImpl(Jit.Inline)]
    public static float AndNot(float a, float mask) =>
        BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(a) & ~BitConverter.SingleToInt32Bits(mask));

    [MethodImpl(Jit.Inline)]
    public static float IsPositive(float a) => BitConverter.Int32BitsToSingle(a > 0 ? -1 : 0);

    [MethodImpl(Jit.Inline)]
    public static float Sum(float a) => a;

    [MethodImpl(Jit.Inline)]
    public static float ScaleByPower(float a, float shifter) =>
        BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(a) + (BitConverter.SingleToInt32Bits(shifter) << 23));

    [MethodImpl(Jit.Inline)]
    public static void Deinterleave(float* p, out float even, out float odd)
    {
        even = p[0];
        odd = p[1];
    }

    [MethodImpl(Jit.Inline)]
    public static void Interleave(float* p, float even, float odd)
    {
        p[0] = even;
        p[1] = odd;
    }

    [MethodImpl(Jit.Inline)]
    public static void Transpose(nint* rows, nint at, float* to, nint stride) => *to = ((float*)rows[0])[at];
}
