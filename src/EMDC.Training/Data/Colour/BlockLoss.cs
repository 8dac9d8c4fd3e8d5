using System.Runtime.Intrinsics;

namespace EMDC.Training.Data.Colour;

/// <summary>
/// What JPEG leaves of a picture, without the file: blocks of 8 × 8 are transformed (DCT), their coefficients rounded to multiples that
/// grow with the frequency, and transformed back. Brightness and the two colour differences go the same way, colours coarser.
/// </summary>
internal static class BlockLoss
{
    private const int Side = 8;

    // Row k is the cosine of frequency k; the transposed matrix undoes it.
    private static readonly float[] Basis = MakeBasis(isTransposed: false), Transposed = MakeBasis(isTransposed: true);

    /// <param name="rgb">3×H×W, 0…1, changed in place.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="step">Rounding step of the lowest frequency.</param>
    public static void Apply(Span<float> rgb, int height, int width, float step)
    {
        int pixels = height * width;
        Span<float> planes = stackalloc float[3 * Side * Side];
        for (int y = 0; y + Side <= height; y += Side)
        {
            for (int x = 0; x + Side <= width; x += Side)
            {
                for (int k = 0; k < Side * Side; k++)
                {
                    int at = (y + k / Side) * width + x + k % Side;
                    float r = rgb[at], g = rgb[pixels + at], b = rgb[2 * pixels + at], luma = 0.299f * r + 0.587f * g + 0.114f * b;
                    (planes[k], planes[64 + k], planes[128 + k]) = (luma, b - luma, r - luma);
                }

                for (int c = 0; c < 3; c++)
                {
                    Round(planes.Slice(c * Side * Side, Side * Side), c == 0 ? step : 2 * step);
                }

                for (int k = 0; k < Side * Side; k++)
                {
                    int at = (y + k / Side) * width + x + k % Side;
                    float luma = planes[k], b = luma + planes[64 + k], r = luma + planes[128 + k];
                    (rgb[at], rgb[pixels + at], rgb[2 * pixels + at]) = (r, (luma - 0.299f * r - 0.114f * b) / 0.587f, b);
                }
            }
        }
    }

    /// <summary>What is left of 8×8 values of one channel.</summary>
    public static void Round(Span<float> block, float step)
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
}
