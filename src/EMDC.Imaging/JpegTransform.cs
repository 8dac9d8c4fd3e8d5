namespace EMDC.Imaging;

/// <summary>
/// The inverse 8×8 cosine transform after Loeffler, Ligtenberg and Moschytz (1989) in fixed point: constants with 13 fractional
/// bits, 2 more bits kept between the passes. Scaling and rounding are those of libjpeg's "islow", so results are equal to its.
/// </summary>
internal static class JpegTransform
{
    private const int ConstantBits = 13, PassBits = 2;

    /// <summary>
    /// samples = clamp(round(inverse transform(coefficients · quantization)) + 128), both 8×8 in natural order.
    /// </summary>
    public static void Inverse(ReadOnlySpan<short> coefficients, ReadOnlySpan<ushort> quantization, Span<byte> samples)
    {
        Span<int> values = stackalloc int[64];
        for (int i = 0; i < 64; i++)
        {
            values[i] = coefficients[i] * quantization[i];
        }

        for (int column = 0; column < 8; column++)
        {
            Pass(values[column..], 8, ConstantBits - PassBits);
        }

        for (int row = 0; row < 8; row++)
        {
            Pass(values.Slice(8 * row, 8), 1, ConstantBits + PassBits + 3);
        }

        for (int i = 0; i < 64; i++)
        {
            samples[i] = (byte)Math.Clamp(values[i] + 128, 0, 255);
        }
    }

    /// <summary>Eight values, <paramref name="step"/> apart, in place; the results are rounded to the right by <paramref name="shift"/>.</summary>
    private static void Pass(Span<int> v, int step, int shift)
    {
        // Even part: a rotation by √2·c6 and two butterflies.
        int z1 = (v[2 * step] + v[6 * step]) * 4433;
        int even2 = z1 - v[6 * step] * 15137;
        int even3 = z1 + v[2 * step] * 6270;
        int even0 = (v[0] + v[4 * step]) << ConstantBits;
        int even1 = (v[0] - v[4 * step]) << ConstantBits;
        int a0 = even0 + even3, a3 = even0 - even3, a1 = even1 + even2, a2 = even1 - even2;

        // Odd part.
        int b0 = v[7 * step], b1 = v[5 * step], b2 = v[3 * step], b3 = v[step];
        int z5 = (b0 + b2 + b1 + b3) * 9633;
        int z3 = (b0 + b2) * -16069 + z5;
        int z4 = (b1 + b3) * -3196 + z5;
        z1 = (b0 + b3) * -7373;
        int z2 = (b1 + b2) * -20995;
        b0 = b0 * 2446 + z1 + z3;
        b1 = b1 * 16819 + z2 + z4;
        b2 = b2 * 25172 + z2 + z3;
        b3 = b3 * 12299 + z1 + z4;

        int half = 1 << (shift - 1);
        v[0] = (a0 + b3 + half) >> shift;
        v[7 * step] = (a0 - b3 + half) >> shift;
        v[step] = (a1 + b2 + half) >> shift;
        v[6 * step] = (a1 - b2 + half) >> shift;
        v[2 * step] = (a2 + b1 + half) >> shift;
        v[5 * step] = (a2 - b1 + half) >> shift;
        v[3 * step] = (a3 + b0 + half) >> shift;
        v[4 * step] = (a3 - b0 + half) >> shift;
    }
}
