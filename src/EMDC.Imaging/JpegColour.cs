namespace EMDC.Imaging;

/// <summary>
/// JFIF's colours in libjpeg's arithmetic, 16 fractional bits: R = Y + 1.402 Cr, G = Y − 0.344 14 Cb − 0.714 14 Cr, B = Y + 1.772 Cb,
/// Cb and Cr counted from 128.
/// </summary>
internal static class JpegColour
{
    private const int Half = 1 << 15;

    /// <summary>Interleaves one (grey) or three planes as RGB.</summary>
    public static byte[] Interleave(byte[][] planes, bool isRgb)
    {
        var pixels = new byte[3 * planes[0].Length];
        for (int i = 0, at = 0; i < planes[0].Length; i++, at += 3)
        {
            int y = planes[0][i];
            if (planes.Length == 1)
            {
                pixels.AsSpan(at, 3).Fill((byte)y);
            }
            else if (isRgb)
            {
                (pixels[at], pixels[at + 1], pixels[at + 2]) = ((byte)y, planes[1][i], planes[2][i]);
            }
            else
            {
                int cb = planes[1][i] - 128, cr = planes[2][i] - 128;
                pixels[at] = Clamp(y + ((91881 * cr + Half) >> 16));
                pixels[at + 1] = Clamp(y + ((-22554 * cb - 46802 * cr + Half) >> 16));
                pixels[at + 2] = Clamp(y + ((116130 * cb + Half) >> 16));
            }
        }

        return pixels;
    }

    private static byte Clamp(int value) => (byte)Math.Clamp(value, 0, 255);
}
