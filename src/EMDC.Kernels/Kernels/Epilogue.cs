using ILGPU;

namespace EMDC.Kernels;

/// <summary>What a convolution does with its sums before they are stored.</summary>
/// <param name="Channels">Output channels before a shuffle.</param>
/// <param name="Height">Rows of the sums.</param>
/// <param name="Width">Columns of the sums.</param>
/// <param name="Shuffle">1: pixel shuffle by 2 and PReLU; 0: clamp, then residual.</param>
/// <param name="Residual">1: add the residual.</param>
/// <param name="Low">Lower end of the clamp.</param>
/// <param name="High">Upper end of the clamp.</param>
/// <param name="Y">Layout of the result.</param>
/// <param name="R">Layout of the residual.</param>
internal readonly record struct ConvEnd(
    int Channels, int Height, int Width, int Shuffle, int Residual, float Low, float High, Layout Y, Layout R);

/// <summary>
/// The end that the convolutions share: bias, then clamp and residual, or pixel shuffle and PReLU, for the output channels
/// o and o + 1 (o even) at row i and the columns 4j … 4j + 3, all in 16-byte stores.
/// </summary>
internal static class Epilogue
{
    /// <summary>All eight output channels from <paramref name="o"/> on.</summary>
    public static void Store(
        ArrayView<float> bias, ArrayView<float> slope, ArrayView<Float4> r, ArrayView<Float4> y, ConvEnd to,
        int o, int i, int j, Sums sums)
    {
        Store(bias, slope, r, y, to, o, i, j, sums.Y0, sums.Y1);
        Store(bias, slope, r, y, to, o + 2, i, j, sums.Y2, sums.Y3);
        Store(bias, slope, r, y, to, o + 4, i, j, sums.Y4, sums.Y5);
        Store(bias, slope, r, y, to, o + 6, i, j, sums.Y6, sums.Y7);
    }

    public static void Store(
        ArrayView<float> bias, ArrayView<float> slope, ArrayView<Float4> r, ArrayView<Float4> y, ConvEnd to,
        int o, int i, int j, Float4 even, Float4 odd)
    {
        if (i >= to.Height || 4 * j >= to.Width || o >= to.Channels)
        {
            return;
        }

        // Four output channels of the convolution make one of the result: 4c + 2m + n → (2i + m, 2j + n).
        if (to.Shuffle != 0)
        {
            float a = slope[o / 4];
            Float4 left = Prelu(even, bias[o], a), right = Prelu(odd, bias[o + 1], a);
            int row = 2 * i + (o / 2) % 2, valid = 2 * to.Width - 8 * j;
            int at = to.Y.At(o / 4, row, 2 * j);
            y[at] = Mask(new Float4(left.X, right.X, left.Y, right.Y), valid);
            if (valid > 4)
            {
                y[at + 1] = Mask(new Float4(left.Z, right.Z, left.W, right.W), valid - 4);
            }

            return;
        }

        StoreOne(bias[o], r, y, to, o, i, j, even);
        if (o + 1 < to.Channels)
        {
            StoreOne(bias[o + 1], r, y, to, o + 1, i, j, odd);
        }
    }

    /// <summary>Keeps the first <paramref name="valid"/> pixels; the border must stay 0.</summary>
    public static Float4 Mask(Float4 v, int valid) => new(
        v.X,
        valid > 1 ? v.Y : 0f,
        valid > 2 ? v.Z : 0f,
        valid > 3 ? v.W : 0f);

    public static Float4 Clamp(Float4 v, float low, float high) => new(
        Clamp(v.X, low, high), Clamp(v.Y, low, high), Clamp(v.Z, low, high), Clamp(v.W, low, high));

    public static float Clamp(float v, float low, float high) => v < low ? low : v > high ? high : v;

    private static void StoreOne(float b, ArrayView<Float4> r, ArrayView<Float4> y, ConvEnd to, int o, int i, int j, Float4 sum)
    {
        Float4 v = Clamp(sum.Add(Float4.All(b)), to.Low, to.High);
        if (to.Residual != 0)
        {
            v = v.Add(r[to.R.At(o, i, j)]);
        }

        y[to.Y.At(o, i, j)] = Mask(v, to.Width - 4 * j);
    }

    private static Float4 Prelu(Float4 t, float b, float a) => new(
        Prelu(t.X + b, a), Prelu(t.Y + b, a), Prelu(t.Z + b, a), Prelu(t.W + b, a));

    private static float Prelu(float t, float a) => t > 0f ? t : a * t;
}
