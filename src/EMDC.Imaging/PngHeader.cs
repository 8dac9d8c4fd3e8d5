namespace EMDC.Imaging;

/// <summary>A PNG's IHDR chunk.</summary>
internal readonly record struct PngHeader(int Width, int Height, int BitDepth, PngColour Colour, bool IsInterlaced)
{
    /// <summary>Samples of a pixel.</summary>
    public int Channels => Colour switch
    {
        PngColour.Rgb => 3,
        PngColour.Rgba => 4,
        PngColour.GreyAlpha => 2,
        _ => 1,
    };

    public int BitsPerPixel => Channels * BitDepth;

    /// <summary>True for the pairs of colour type and bit depth that PNG defines.</summary>
    public bool IsDefined => Colour switch
    {
        PngColour.Grey => BitDepth is 1 or 2 or 4 or 8 or 16,
        PngColour.Palette => BitDepth is 1 or 2 or 4 or 8,
        PngColour.Rgb or PngColour.GreyAlpha or PngColour.Rgba => BitDepth is 8 or 16,
        _ => false,
    };

    /// <summary>What the image is, in words: "8-bit RGB".</summary>
    public string Words => $"{BitDepth}-bit " + Colour switch
    {
        PngColour.Grey => "grey",
        PngColour.Rgb => "RGB",
        PngColour.Palette => "palette",
        PngColour.GreyAlpha => "grey with alpha",
        _ => "RGB with alpha",
    };

    /// <summary>Bytes of a filtered row of <paramref name="width"/> pixels, without its filter byte.</summary>
    public int RowBytes(int width) => (int)(((long)width * BitsPerPixel + 7) / 8);

    /// <summary>The passes of the image: one, or Adam7's seven without those that are empty.</summary>
    public IEnumerable<PngPass> Passes()
    {
        if (!IsInterlaced)
        {
            yield return new PngPass(0, 0, 1, 1, Width, Height);
            yield break;
        }

        foreach (var (x, y, dx, dy) in Adam7)
        {
            int width = (Width - x + dx - 1) / dx, height = (Height - y + dy - 1) / dy;
            if (width > 0 && height > 0)
            {
                yield return new PngPass(x, y, dx, dy, width, height);
            }
        }
    }

    private static readonly (int X, int Y, int Dx, int Dy)[] Adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];
}

/// <summary>PNG's colour types.</summary>
internal enum PngColour
{
    Grey = 0,
    Rgb = 2,
    Palette = 3,
    GreyAlpha = 4,
    Rgba = 6,
}

/// <summary>A pass: its pixel (i, j) is the image's pixel (X + i·Dx, Y + j·Dy).</summary>
internal readonly record struct PngPass(int X, int Y, int Dx, int Dy, int Width, int Height);
