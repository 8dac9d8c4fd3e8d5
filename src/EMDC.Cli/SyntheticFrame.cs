namespace EMDC.Cli;

/// <summary>A frame made of integer hashes, the same on every machine: a slanted wall, textured, with a spot about every 6 pixels.</summary>
internal sealed class SyntheticFrame
{
    private const int Step = 6;

    public SyntheticFrame(int height, int width)
    {
        (Height, Width) = (height, width);
        Rgb = new byte[3 * height * width];
        Sparse = new float[height * width];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int i = (y * width) + x;
                for (int c = 0; c < 3; c++)
                {
                    Rgb[(3 * i) + c] = (byte)(((x + (2 * y)) & 127) + (Hash((3 * i) + c) & 63));
                }
            }
        }

        for (int y = Step / 2; y < height; y += Step)
        {
            // Every other row is shifted, as the sensors' grids are.
            for (int x = y / Step % 2 == 0 ? 1 : 1 + (Step / 2); x < width; x += Step)
            {
                int i = (y * width) + x;
                Sparse[i] = 1 + ((float)x / width) + (Hash(i) % 16 / 256f);
            }
        }
    }

    public int Height { get; }

    public int Width { get; }

    public byte[] Rgb { get; }

    public float[] Sparse { get; }

    private static uint Hash(int i)
    {
        uint h = (uint)i * 2654435761u;
        return (h ^ (h >> 15)) * 2246822519u >> 8;
    }
}
