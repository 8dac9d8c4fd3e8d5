using EMDC.Imaging;

namespace EMDC.Scenes.Tests;

/// <summary>A folder of little pictures that stand for photographs: blocks of colour, and a disc cut out.</summary>
internal static class PhotoFolder
{
    public const int Width = 96, Height = 72;

    public static string Make(TempFolder folder, string name, int count = 3)
    {
        Directory.CreateDirectory(folder[$"{name}/cutouts"]);
        for (int k = 0; k < count; k++)
        {
            int number = k;
            RgbFile.Write(folder[$"{name}/{k}.png"], Picture((x, y) => Block(x / 24 + 5 * (y / 24) + 7 * number)));
        }

        RgbFile.Write(folder[$"{name}/cutouts/disc.png"], Picture((_, _) => (250, 10, 10)));
        RgbFile.Write(folder[$"{name}/cutouts/disc.mask.png"], Picture((x, y) => (x - 48) * (x - 48) + (y - 36) * (y - 36) < 900 ? ((byte)255, (byte)255, (byte)255) : ((byte)0, (byte)0, (byte)0)));
        return folder[name];
    }

    public static RgbImage Picture(Func<int, int, (byte R, byte G, byte B)> colour)
    {
        var pixels = new byte[3 * Width * Height];
        for (int i = 0; i < Width * Height; i++)
        {
            (pixels[3 * i], pixels[3 * i + 1], pixels[3 * i + 2]) = colour(i % Width, i / Width);
        }

        return new RgbImage(Width, Height, pixels);
    }

    /// <summary>One of many colours that differ from each other.</summary>
    private static (byte R, byte G, byte B) Block(int k) => ((byte)(k * 97 % 200 + 20), (byte)(k * 61 % 190 + 30), (byte)(k * 37 % 210 + 10));
}
