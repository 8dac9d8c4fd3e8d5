namespace EMDC.Scenes.Sensor;

/// <summary>
/// What JPEG leaves of a picture, without the file: blocks of 8 × 8 are transformed (DCT), their coefficients rounded to multiples that
/// grow with the frequency, and transformed back. Brightness and the two colour differences go the same way, colours coarser.
/// </summary>
internal static class BlockLoss
{
    private const int Side = 8;

    private static readonly float[] Basis = MakeBasis();

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
        Span<float> half = stackalloc float[64], coefficients = stackalloc float[64];
        Transform(block, half, isInverse: false);
        Transform(half, coefficients, isInverse: false);
        for (int k = 0; k < 64; k++)
        {
            float width = step * (1 + 0.7f * (k / Side + k % Side));
            coefficients[k] = MathF.Round(coefficients[k] / width) * width;
        }

        Transform(coefficients, half, isInverse: true);
        Transform(half, block, isInverse: true);
    }

    /// <summary>One dimension, and the block turned over: applied twice it does both.</summary>
    private static void Transform(ReadOnlySpan<float> from, Span<float> to, bool isInverse)
    {
        for (int row = 0; row < Side; row++)
        {
            for (int k = 0; k < Side; k++)
            {
                float sum = 0;
                for (int i = 0; i < Side; i++)
                {
                    sum += from[row * Side + i] * (isInverse ? Basis[i * Side + k] : Basis[k * Side + i]);
                }

                to[k * Side + row] = sum;
            }
        }
    }

    private static float[] MakeBasis()
    {
        var basis = new float[Side * Side];
        for (int k = 0; k < Side; k++)
        {
            for (int i = 0; i < Side; i++)
            {
                basis[k * Side + i] = (k == 0 ? MathF.Sqrt(0.125f) : 0.5f) * MathF.Cos((2 * i + 1) * k * MathF.PI / 16);
            }
        }

        return basis;
    }

    private static byte Byte(float value) => (byte)Math.Clamp(value + 0.5f, 0, 255);
}
