namespace EMDC.Imaging;

/// <summary>
/// Chroma at the size of the image. By factors of 2 as libjpeg's "fancy" upsampling does: each result lies a quarter of the way
/// to the next sample, (3·near + far) / 4 along each axis, edges repeated, with rounding that alternates so that it does not drift.
/// Other factors repeat samples.
/// </summary>
internal static class JpegUpsampling
{
    /// <summary>Brings <paramref name="samples"/> of <paramref name="size"/> to the size of the image, factors h × v larger.</summary>
    public static byte[] Upsample(byte[] samples, (int Width, int Height) size, (int Width, int Height) image, int h, int v)
    {
        if ((h, v) == (1, 1))
        {
            return samples;
        }

        // libjpeg smooths rows only where there are more than two samples.
        bool isSmooth = (h, v) == (1, 2) || (h == 2 && v <= 2 && size.Width > 2);
        var result = new byte[image.Width * image.Height];
        for (int y = 0; y < image.Height; y++)
        {
            var row = result.AsSpan(y * image.Width, image.Width);
            var near = samples.AsSpan(y / v * size.Width, size.Width);
            int farY = Math.Clamp((y & 1) == 0 ? y / v - 1 : y / v + 1, 0, size.Height - 1);
            var far = samples.AsSpan(farY * size.Width, size.Width);
            if (!isSmooth)
            {
                for (int x = 0; x < row.Length; x++)
                {
                    row[x] = near[x / h];
                }
            }
            else if (h == 1)
            {
                int bias = 1 + (y & 1);
                for (int x = 0; x < row.Length; x++)
                {
                    row[x] = (byte)((3 * near[x] + far[x] + bias) >> 2);
                }
            }
            else if (v == 1)
            {
                for (int x = 0; x < row.Length; x++)
                {
                    int other = Neighbour(x, near.Length);
                    row[x] = other < 0 ? near[x / 2] : (byte)((3 * near[x / 2] + near[other] + 1 + (x & 1)) >> 2);
                }
            }
            else
            {
                for (int x = 0; x < row.Length; x++)
                {
                    int other = Neighbour(x, near.Length), i = x / 2;
                    int column = 3 * near[i] + far[i];
                    int next = other < 0 ? column : 3 * near[other] + far[other];
                    row[x] = (byte)((3 * column + next + 8 - (x & 1)) >> 4);
                }
            }
        }

        return result;
    }

    /// <summary>The sample on the other side of result <paramref name="x"/>, or −1 outside.</summary>
    private static int Neighbour(int x, int count)
    {
        int other = (x & 1) == 0 ? x / 2 - 1 : x / 2 + 1;
        return other < count ? other : -1;
    }
}
