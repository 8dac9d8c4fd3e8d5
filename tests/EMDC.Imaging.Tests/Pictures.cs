namespace EMDC.Imaging.Tests;

/// <summary>The formulas of fixtures/make.py.</summary>
internal static class Pictures
{
    public static byte[] Rgb(int height, int width)
    {
        var pixels = new byte[3 * height * width];
        for (int y = 0, i = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                pixels[i++] = (byte)(7 * x + 3 * y + 11);
                pixels[i++] = (byte)(5 * x + 13 * y + 40);
                pixels[i++] = (byte)(x * y + 90);
            }
        }

        return pixels;
    }

    public static float[] Depth(int height, int width) => Fill(
        height, width, (y, x) => (3 * x + 5 * y) % 4 == 0 ? 0 : 0.5f + (x * 31 + y * 17) % 64 / 16f);

    public static float[] Runs(int height, int width) => Fill(height, width, (y, x) => (x / 8 + y) % 3 + 0.25f);

    public static float[] Count(int height, int width) => Fill(height, width, (y, x) => (x * 2621 + y * 911) % 65536);

    public static float[] Fill(int height, int width, Func<int, int, float> value)
    {
        var values = new float[height * width];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = value(i / width, i % width);
        }

        return values;
    }
}
