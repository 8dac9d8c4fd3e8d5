namespace ILGPU.Algorithms;

/// <summary>Functions for kernels. .NET's own here; on GPUs some are approximations (exp is ex2.approx).</summary>
public static class XMath
{
    public static float Abs(float value) => MathF.Abs(value);

    public static int Abs(int value) => Math.Abs(value);

    public static float Ceiling(float value) => MathF.Ceiling(value);

    public static float Clamp(float value, float min, float max) => Max(Min(value, max), min);

    public static int Clamp(int value, int min, int max) => Max(Min(value, max), min);

    public static int DivRoundDown(int numerator, int denominator) => numerator / denominator;

    public static int DivRoundUp(int numerator, int denominator) => (numerator + denominator - 1) / denominator;

    public static float Exp(float value) => MathF.Exp(value);

    public static float Exp2(float value) => MathF.Pow(2, value);

    public static float Floor(float value) => MathF.Floor(value);

    public static bool IsFinite(float value) => float.IsFinite(value);

    public static bool IsInfinity(float value) => float.IsInfinity(value);

    public static bool IsNaN(float value) => float.IsNaN(value);

    public static float Log(float value) => MathF.Log(value);

    public static float Log2(float value) => MathF.Log2(value);

    public static float Max(float first, float second) => MathF.Max(first, second);

    public static int Max(int first, int second) => Math.Max(first, second);

    public static float Min(float first, float second) => MathF.Min(first, second);

    public static int Min(int first, int second) => Math.Min(first, second);

    public static float Pow(float @base, float exp) => MathF.Pow(@base, exp);

    public static float Rcp(float value) => 1 / value;

    public static float Round(float value) => MathF.Round(value);

    public static float Rsqrt(float value) => 1 / MathF.Sqrt(value);

    public static float Sqrt(float value) => MathF.Sqrt(value);

    public static float Tanh(float value) => MathF.Tanh(value);

    public static float Truncate(float value) => MathF.Truncate(value);
}
