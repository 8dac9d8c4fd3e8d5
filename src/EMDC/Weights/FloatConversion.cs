using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EMDC.Weights;

/// <summary>Little-endian floating-point bytes to float32 and back; exact where the target holds the value.</summary>
public static class FloatConversion
{
    /// <summary>
    /// Converts <paramref name="bytes"/> of type <paramref name="type"/> to <paramref name="values"/>.
    /// float64 is rounded to the nearest float32, ties to even.
    /// </summary>
    public static void ToFloat32(ReadOnlySpan<byte> bytes, DType type, Span<float> values)
    {
        if (!type.IsFloat() || bytes.Length != (long)values.Length * type.Size())
        {
            throw new ArgumentException($"{bytes.Length} bytes of {type} are not {values.Length} floating-point values.");
        }

        switch (type)
        {
            case DType.F32:
                bytes.CopyTo(MemoryMarshal.AsBytes(values));
                break;
            case DType.F16:
                Widen(MemoryMarshal.Cast<byte, ushort>(bytes), values);
                break;
            case DType.BF16:
                var upper = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = BitConverter.UInt32BitsToSingle((uint)upper[i] << 16);
                }

                break;
            default:
                var doubles = MemoryMarshal.Cast<byte, double>(bytes);
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = (float)doubles[i];
                }

                break;
        }
    }

    /// <summary>The bytes of <paramref name="values"/> as <paramref name="type"/>, F32 or F16 (nearest, ties to even; too large
    /// becomes infinite).</summary>
    public static byte[] FromFloat32(ReadOnlySpan<float> values, DType type)
    {
        switch (type)
        {
            case DType.F32:
                return MemoryMarshal.AsBytes(values).ToArray();
            case DType.F16:
                byte[] bytes = new byte[checked(2 * values.Length)];
                var halves = MemoryMarshal.Cast<byte, Half>(bytes.AsSpan());
                for (int i = 0; i < values.Length; i++)
                {
                    halves[i] = (Half)values[i];
                }

                return bytes;
            default:
                throw new ArgumentException($"Weights are written as F32 or F16, not as {type}.");
        }
    }

    /// <summary>Whether no value is NaN or infinite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool AllFinite(ReadOnlySpan<float> values)
    {
        // 0·x is NaN for NaN and the infinities, 0 for all others, and NaN survives the sum.
        int i = 0;
        var sum = Vector128<float>.Zero;
        for (; i <= values.Length - Vector128<float>.Count; i += Vector128<float>.Count)
        {
            sum += Vector128.Create(values[i..]) * Vector128<float>.Zero;
        }

        float rest = Vector128.Sum(sum);
        for (; i < values.Length; i++)
        {
            rest += values[i] * 0f;
        }

        return rest == 0f;
    }

    // (float)Half is a library call per value that costs about 100 ms for this network's weights when a process has just started;
    // this runs at the speed of memory. 128 bits, because every machine and every ahead-of-time build has them. The attribute:
    // a start-up runs it once, so no second, optimised version would ever come to be used.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Widen(ReadOnlySpan<ushort> halves, Span<float> values)
    {
        int i = 0;
        for (; i <= halves.Length - Vector128<ushort>.Count; i += Vector128<ushort>.Count)
        {
            var (lower, upper) = Vector128.Widen(Vector128.Create(halves[i..]));
            Widen(lower).CopyTo(values[i..]);
            Widen(upper).CopyTo(values[(i + Vector128<uint>.Count)..]);
        }

        for (; i < halves.Length; i++)
        {
            values[i] = Widen(Vector128.CreateScalar((uint)halves[i])).ToScalar();
        }
    }

    /// <summary>
    /// Exponents move from bias 15 to bias 127 by adding 112, twice for infinity and NaN; subnormal halves are m·2⁻²⁴.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Widen(Vector128<uint> half)
    {
        var rebias = Vector128.Create(112u << 23);
        var magnitude = half & Vector128.Create(0x7FFFu);
        var normal = (magnitude << 13) + rebias;
        normal += Vector128.GreaterThan(magnitude.AsInt32(), Vector128.Create(0x7BFF)).AsUInt32() & rebias;
        var subnormal = (Vector128.ConvertToSingle(magnitude.AsInt32()) * (1f / 16777216f)).AsUInt32();
        var isSubnormal = Vector128.LessThan(magnitude.AsInt32(), Vector128.Create(0x0400)).AsUInt32();
        var sign = (half & Vector128.Create(0x8000u)) << 16;
        return (Vector128.ConditionalSelect(isSubnormal, subnormal, normal) | sign).AsSingle();
    }
}
