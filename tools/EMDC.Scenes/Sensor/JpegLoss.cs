using EMDC.Training.Data.Colour;

namespace EMDC.Scenes.Sensor;

/// <summary>What JPEG leaves of a picture of bytes; see <see cref="BlockLoss"/>.</summary>
internal static class JpegLoss
{
    private const int Side = 8;

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
                    BlockLoss.Round(planes.Slice(c * Side * Side, Side * Side), c == 0 ? step : 2 * step);
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

    private static byte Byte(float value) => (byte)Math.Clamp(value + 0.5f, 0, 255);
}
