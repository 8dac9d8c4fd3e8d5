using System.Runtime.Intrinsics;

namespace EMDC.Scenes.Sensor;

/// <summary>
/// What JPEG leaves of a picture, without the file: blocks of 8 × 8 are transformed (DCT), their coefficients rounded to multiples that
/// grow with the frequency, and transformed back. Brightness and the two colour differences go the same way, colours coarser.
/// </summary>
internal static class BlockLoss
{
    private const int Side = 8;

    // Row k is the cosine of frequency k; the transposed matrix undoes it.
    private static readonly float[] Basis = MakeBasis(isTransposed: false), Transposed = MakeBasis(isTransposed: true);

    /// <param name="rgb">Height × Width × 3 bytes, changed in place.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="step">Rounding step of the lowest frequency, in 1/255.</param>
    public static void Apply(Span<byte> rgb, int width, int height, float step)
    {
        Span<float> planes = stackalloc float[3 * Side * Side];
        for (int y = 0; y + Side <= height; y += Side)
        {
            for (int x = 0; x + Side <= width; x += Side)
            {
                Load(rgb, width, x, y, planes);
                for (int c = 0; c < 3; c++)
                {
                    Round(planes.Slice(c * Side * Side, Side * Side), c == 0 ? step : 2 * step);
                }

                Store(planes, rgb, width, x, y);
            }
        }
    }

    private static void Load(Span<byte> rgb, int width, int x, int y, Span<float> planes)
    {
        for (int k = 0; k < Side * Side; k++)
        {
            int at = 3 * ((y + k / Side) * width + x + k % Side);
            float r = rgb[at], g = rgb[at + 1], b = rgb[at + 2], luma = 0.299f * r + 0.587f * g + 0.114f * b;
            (planes[k], planes[64 + k], planes[128 + k]) = (luma, b - luma, r - luma);
        }
    }

    private static void Store(Span<float> planes, Span<byte> rgb, int width, int x, int y)
    {
        for (int k = 0; k < Side * Side; k++)
        {
            int at = 3 * ((y + k / Side) * width + x + k % Side);
            float luma = planes[k], b = luma + planes[64 + k], r = luma + planes[128 + k], g = (luma - 0.299f * r - 0.114f * b) / 0.587f;
            (rgb[at], rgb[at + 1], rgb[at + 2]) = (Byte(r), Byte(g), Byte(b));
        }
    }

    private static void Round(Span<float> block, float step)
    {
        Span<float> coefficients = stackalloc float[Side * Side];
        Transform(Basis, block, Transposed, coefficients);
        for (int k = 0; k < Side * Side; k++)
        {
            float width = step * (1 + 0.7f * (k / Side + k % Side));
            coefficients[k] = MathF.Round(coefficients[k] / width) * width;
        }

        Transform(Transposed, coefficients, Basis, block);
    }

    /// <summary>left · middle · right, all 8 × 8; a vector is a row.</summary>
    private static void Transform(ReadOnlySpan<float> left, ReadOnlySpan<float> middle, ReadOnlySpan<float> right, Span<float> product)
    {
        Span<float> half = stackalloc float[Side * Side];
        Multiply(middle, right, half);
        Multiply(left, half, product);
    }

    private static void Multiply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> product)
    {
        for (int row = 0; row < Side * Side; row += Side)
        {
            Vector256<float> sum = Vector256<float>.Zero;
            for (int i = 0; i < Side; i++)
            {
                sum += a[row + i] * Vector256.Create(b.Slice(Side * i, Side));
            }

            sum.CopyTo(product[row..]);
        }
    }

    private static float[] MakeBasis(bool isTransposed)
    {
        var basis = new float[Side * Side];
        for (int k = 0; k < Side; k++)
        {
            for (int i = 0; i < Side; i++)
            {
                float cosine = (k == 0 ? MathF.Sqrt(0.125f) : 0.5f) * MathF.Cos((2 * i + 1) * k * MathF.PI / 16);
                basis[isTransposed ? i * Side + k : k * Side + i] = cosine;
            }
        }

        return basis;
    }

    private static byte Byte(float value) => (byte)Math.Clamp(value + 0.5f, 0, 255);
}
