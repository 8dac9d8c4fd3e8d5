using System.Runtime.InteropServices;
using EMDC.Weights;

namespace EMDC.Tests.Weights;

public sealed class FloatConversionTests
{
    [Fact]
    public void Widens_every_half_as_the_framework_does()
    {
        Half[] halves = [.. Enumerable.Range(0, 65536).Select(i => BitConverter.UInt16BitsToHalf((ushort)i))];
        float[] expected = Array.ConvertAll(halves, h => (float)h);
        float[] actual = new float[halves.Length];
        FloatConversion.ToFloat32(MemoryMarshal.AsBytes(halves.AsSpan()), DType.F16, actual);
        for (int i = 0; i < actual.Length; i++)
        {
            bool same = float.IsNaN(expected[i])
                ? float.IsNaN(actual[i])
                : BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(actual[i]);
            Assert.True(same, $"0x{i:X4} is {expected[i]:R}, not {actual[i]:R}");
        }
    }

    // Counts around the vectors' width: the remainder takes another way through the code.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(17)]
    public void Converts_any_count_of_any_type(int count)
    {
        float[] values = [.. Enumerable.Range(0, count).Select(i => (i - 5) / 8f)];
        Half[] halves = Array.ConvertAll(values, v => (Half)v);
        ushort[] upper = Array.ConvertAll(values, v => (ushort)(BitConverter.SingleToUInt32Bits(v) >> 16));
        double[] doubles = Array.ConvertAll(values, v => (double)v);
        Assert.Equal(values, Convert(MemoryMarshal.AsBytes(halves.AsSpan()), DType.F16));
        Assert.Equal(values, Convert(MemoryMarshal.AsBytes(upper.AsSpan()), DType.BF16));
        Assert.Equal(values, Convert(MemoryMarshal.AsBytes(doubles.AsSpan()), DType.F64));
        Assert.Equal(values, Convert(FloatConversion.FromFloat32(values, DType.F32), DType.F32));
        Assert.Equal(values, Convert(FloatConversion.FromFloat32(values, DType.F16), DType.F16));

        float[] Convert(ReadOnlySpan<byte> bytes, DType type)
        {
            float[] result = new float[count];
            FloatConversion.ToFloat32(bytes, type, result);
            return result;
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Finds_one_value_that_is_not_finite_wherever_it_is(float odd)
    {
        for (int length = 1; length < 20; length++)
        {
            float[] values = [.. Enumerable.Repeat(float.MaxValue, length)];
            values[0] = float.MinValue;
            Assert.True(FloatConversion.AllFinite(values));
            for (int i = 0; i < length; i++)
            {
                float kept = values[i];
                values[i] = odd;
                Assert.False(FloatConversion.AllFinite(values));
                values[i] = kept;
            }
        }

        Assert.True(FloatConversion.AllFinite([]));
    }

    [Fact]
    public void Refuses_counts_and_types_that_do_not_fit()
    {
        var error = Assert.Throws<ArgumentException>(() => FloatConversion.ToFloat32(new byte[5], DType.F16, new float[2]));
        Assert.Equal("5 bytes of F16 are not 2 floating-point values.", error.Message);
        error = Assert.Throws<ArgumentException>(() => FloatConversion.ToFloat32(new byte[16], DType.I64, new float[2]));
        Assert.Equal("16 bytes of I64 are not 2 floating-point values.", error.Message);
        error = Assert.Throws<ArgumentException>(() => FloatConversion.FromFloat32([1], DType.BF16));
        Assert.Equal("Weights are written as F32 or F16, not as BF16.", error.Message);
    }
}
