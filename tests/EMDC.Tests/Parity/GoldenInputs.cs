namespace EMDC.Tests.Parity;

/// <summary>The golden frames by formula, equal to those of tools/train/golden/inputs.py.</summary>
public static class GoldenInputs
{
    private const int Cell = 8;

    /// <summary>height×width×3 bytes: flat cells of 8×8 pixels under a quarter of noise.</summary>
    public static byte[] Rgb(int height, int width)
    {
        uint cells = GoldenHash.Name("rgb.cells");
        uint noise = GoldenHash.Name("rgb.noise");
        int columns = (width + Cell - 1) / Cell;
        byte[] rgb = new byte[height * width * 3];
        for (int i = 0; i < rgb.Length; i++)
        {
            var (pixel, c) = Math.DivRem(i, 3);
            var (y, x) = Math.DivRem(pixel, width);
            uint cell = GoldenHash.Bits(cells, (y / Cell * columns + x / Cell) * 3 + c) >> 24;
            rgb[i] = (byte)((3 * cell + (GoldenHash.Bits(noise, i) >> 24)) / 4);
        }

        return rgb;
    }

    /// <summary>height×width metres, one pixel in fifty measured; the largest depths are 0.31 m, 5 m or 20 m by size.</summary>
    public static float[] Sparse(int height, int width)
    {
        uint name = GoldenHash.Name("sparse");
        float[] depth = new float[height * width];
        float unit = depth.Length < 4096 ? 1f / 4096 : depth.Length < 16384 ? 1f / 256 : 1f / 64;
        for (int i = 0; i < depth.Length; i++)
        {
            uint hashed = GoldenHash.Bits(name, i);
            depth[i] = hashed % 50 == 0 ? (256 + (hashed >> 8) % 1025) * unit : 0;
        }

        return depth;
    }
}
