namespace EMDC.Imaging;

/// <summary>An RGB image that is drawn on; what falls outside is cut off.</summary>
internal sealed class Canvas
{
    public Canvas(int width, int height, (byte R, byte G, byte B) background)
    {
        Image = new RgbImage(width, height, new byte[3 * width * height]);
        Fill(0, 0, width, height, background);
    }

    public RgbImage Image { get; }

    public void Set(int x, int y, (byte R, byte G, byte B) colour)
    {
        if ((uint)x < (uint)Image.Width && (uint)y < (uint)Image.Height)
        {
            int at = 3 * (y * Image.Width + x);
            (Image.Pixels[at], Image.Pixels[at + 1], Image.Pixels[at + 2]) = colour;
        }
    }

    public void Fill(int x, int y, int width, int height, (byte R, byte G, byte B) colour)
    {
        for (int j = y; j < y + height; j++)
        {
            for (int i = x; i < x + width; i++)
            {
                Set(i, j, colour);
            }
        }
    }

    /// <summary>A straight line of squares, both ends included.</summary>
    public void Line(int x0, int y0, int x1, int y1, int thickness, (byte R, byte G, byte B) colour)
    {
        int steps = Math.Max(1, Math.Max(Math.Abs(x1 - x0), Math.Abs(y1 - y0)));
        for (int i = 0; i <= steps; i++)
        {
            Fill(x0 + ((x1 - x0) * i / steps), y0 + ((y1 - y0) * i / steps), thickness, thickness, colour);
        }
    }

    /// <summary>Writes text whose letters <see cref="PixelFont"/> has, from its upper left corner.</summary>
    public void Text(int x, int y, string text, int scale, (byte R, byte G, byte B) colour)
    {
        foreach (char letter in text)
        {
            for (int j = 0; j < PixelFont.Height; j++)
            {
                for (int i = 0; i < PixelFont.Width; i++)
                {
                    if (PixelFont.IsInk(letter, i, j))
                    {
                        Fill(x + i * scale, y + j * scale, scale, scale, colour);
                    }
                }
            }

            x += PixelFont.Advance * scale;
        }
    }
}
