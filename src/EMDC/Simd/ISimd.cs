using System.Runtime.CompilerServices;

namespace EMDC.Simd;

/// <summary>
/// The vector instructions that the kernels are written in, for one width. Kernels are generic over it and the JIT makes one
/// body of each for the width chosen at start, so none of these calls exists at run time. <typeparamref name="V"/> is the
/// framework's vector itself, never a wrapper: wrappers end in memory instead of registers.
/// </summary>
internal unsafe interface ISimd<V> where V : struct
{
    /// <summary>Whether this width runs in hardware here. Software vectors are 400 times slower than scalars are.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>The width's name in <c>emdc devices</c>.</summary>
    static abstract string Name { get; }

    /// <summary>Floats in a vector.</summary>
    static abstract int Width { get; }

    /// <summary>Architectural vector registers: they bound the register tiles.</summary>
    static abstract int Registers { get; }

    static abstract V Zero { get; }
    static abstract V Load(float* p);
    static abstract void Store(float* p, V a);
    static abstract V Broadcast(float a);

    /// <summary>a·b + c, fused where the machine can.</summary>
    static abstract V Fma(V a, V b, V c);
    static abstract V Add(V a, V b);
    static abstract V Subtract(V a, V b);
    static abstract V Multiply(V a, V b);
    static abstract V Divide(V a, V b);
    static abstract V Min(V a, V b);
    static abstract V Max(V a, V b);

    /// <summary>a where the mask is all ones, 0 where it is all zeros.</summary>
    static abstract V And(V a, V mask);

    /// <summary>a where the mask is all zeros, 0 where it is all ones.</summary>
    static abstract V AndNot(V a, V mask);

    /// <summary>All ones where a &gt; 0.</summary>
    static abstract V IsPositive(V a);

    /// <summary>The sum over the lanes.</summary>
    static abstract float Sum(V a);

    /// <summary>a · 2ⁿ, n the integer in the low bits of <paramref name="shifter"/> (see <see cref="SimdMath.Exp"/>).</summary>
    static abstract V ScaleByPower(V a, V shifter);

    /// <summary>p[0], p[2], p[4], … and p[1], p[3], p[5], …</summary>
    static abstract void Deinterleave(float* p, out V even, out V odd);

    /// <summary>p[0] = even[0], p[1] = odd[0], p[2] = even[1], …</summary>
    static abstract void Interleave(float* p, V even, V odd);

    /// <summary>
    /// to[j · stride + i] = rows[i][at + j] for i, j below <see cref="Width"/>; rows holds pointers. Where these places overlap, because
    /// the stride is shorter, the smallest i has the last word.
    /// </summary>
    static abstract void Transpose(nint* rows, nint at, float* to, nint stride);
}

/// <summary>How hot code is compiled.</summary>
internal static class Jit
{
    /// <summary>
    /// Optimised at the first call, not after thirty; and never inlined: a tile inlined into a caller exceeds the JIT's budget
    /// of tracked variables and its accumulators land on the stack (measured: 245 → 11 GFLOP/s).
    /// </summary>
    public const MethodImplOptions Kernel = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;

    /// <summary>Part of a kernel's body.</summary>
    public const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;
}
