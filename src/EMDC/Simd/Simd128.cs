using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace EMDC.Simd;

/// <summary>NEON on ARM64, SSE on old x64 machines.</summary>
internal readonly unsafe struct Simd128 : ISimd<Vector128<float>>
{
    public static bool IsSupported => Vector128.IsHardwareAccelerated;
    public static string Name => AdvSimd.IsSupported ? "NEON" : System.Runtime.Intrinsics.X86.Fma.IsSupported ? "SSE with FMA" : "SSE";
    public static int Width => 4;
    public static int Registers => AdvSimd.IsSupported ? 32 : 16;
    public static Vector128<float> Zero => Vector128<float>.Zero;

    [MethodImpl(Jit.Inline)]
    public static Vector128<float> Load(float* p) => Vector128.Load(p);

    [MethodImpl(Jit.Inline)]
    public static void Store(float* p, Vector128<float> a) => Vector128.Store(a, p);

    [MethodImpl(Jit.Inline)]
    public static Vector128<float> Broadcast(float a) => Vector128.Create(a);

    [MethodImpl(Jit.Inline)]
    public static Vector128<float> Fma(Vector128<float> a, Vector128<float> b, Vector128<float> c) => Vector128.MultiplyAddEstimate(a, b, c);

    [MethodImpl(Jit.Inline)]
    public static Vector128<float> Add(Vector128<float> a, Vector128<float> b) => a + b;

    [MethodImpl(Jit.Inline)]
    public static Vector128<float> Subtract(Vector128<float> a, Vector128<float> b) => a - b;

    [MethodImpl(Jit.Inline)]
    public static Vector128<float> Multiply(Vector128<float> a, Vector128<float> b) => a * b;

    [MethodImpl(Jit.Inline)]
    public static Vector128<float> Divide(Vector128<float> a, Vector128<float> b) => a / b;

    // "Native" leaves NaN and -0 to the instruction: no kernel sees a NaN, and -0 is 0 to all of them.
    [MethodImpl(Jit.Inline)]
    public static Vector128<float> Min(Vector128<float> a, Vector128<float> b) => Vector128.MinNative(a, b);

    [MethodImpl(Jit.Inline)]
    public static Vector128<float> Max(Vector128<float> a, Vector128<float> b) => Vector128.MaxNative(a, b);

    [MethodImpl(Jit.Inline)]
    public static Vector128<float> And(Vector128<float> a, Vector128<float> mask) => a & mask;

    [MethodImpl(Jit.Inline)]
    public static Vector128<float> AndNot(Vector128<float> a, Vector128<float> mask) => Vector128.AndNot(a, mask);

    [MethodImpl(Jit.Inline)]
    public static Vector128<float> IsPositive(Vector128<float> a) => Vector128.GreaterThan(a, Vector128<float>.Zero);

    [MethodImpl(Jit.Inline)]
    public static float Sum(Vector128<float> a) => Vector128.Sum(a);

    [MethodImpl(Jit.Inline)]
    public static Vector128<float> ScaleByPower(Vector128<float> a, Vector128<float> shifter) =>
        (a.AsInt32() + Vector128.ShiftLeft(shifter.AsInt32(), 23)).AsSingle();

    [MethodImpl(Jit.Inline)]
    public static void Deinterleave(float* p, out Vector128<float> even, out Vector128<float> odd)
    {
        if (Sse.IsSupported)
        {
            Vector128<float> a = Vector128.Load(p), b = Vector128.Load(p + 4);
            even = Sse.Shuffle(a, b, 0b10_00_10_00);
            odd = Sse.Shuffle(a, b, 0b11_01_11_01);
        }
        else
        {
            even = Vector128.Create(p[0], p[2], p[4], p[6]);
            odd = Vector128.Create(p[1], p[3], p[5], p[7]);
        }
    }

    [MethodImpl(Jit.Inline)]
    public static void Interleave(float* p, Vector128<float> even, Vector128<float> odd)
    {
        if (Sse.IsSupported)
        {
            Vector128.Store(Sse.UnpackLow(even, odd), p);
            Vector128.Store(Sse.UnpackHigh(even, odd), p + 4);
        }
        else
        {
            for (int i = 0; i < 4; i++)
            {
                p[2 * i] = even[i];
                p[(2 * i) + 1] = odd[i];
            }
        }
    }

    [MethodImpl(Jit.Inline)]
    public static void Transpose(nint* rows, nint at, float* to, nint stride)
    {
        // Left to scalar moves: neither SSE's nor Arm's shuffles have a common name.
        for (int i = 3; i >= 0; i--)
        {
            for (int j = 0; j < 4; j++)
            {
                to[(j * stride) + i] = ((float*)rows[i])[at + j];
            }
        }
    }
}
