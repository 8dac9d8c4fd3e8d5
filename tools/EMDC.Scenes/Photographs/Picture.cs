using System.Numerics;
using EMDC.Imaging;

namespace EMDC.Scenes.Photographs;

/// <summary>A picture with its halves, quarters and so on, so that it can be looked up at any scale.</summary>
internal sealed class Picture
{
    // Level k is 2^k times smaller.
    private readonly RgbImage[] _levels;

    /// <param name="image">The picture.</param>
    /// <param name="largest">It is halved until its longer side has at most so many pixels.</param>
    public Picture(RgbImage image, int largest = int.MaxValue)
    {
        while (Math.Max(image.Width, image.Height) > largest)
        {
            image = Half(image);
        }

        var levels = new List<RgbImage> { image };
        while (Math.Min(levels[^1].Width, levels[^1].Height) > 2)
        {
            levels.Add(Half(levels[^1]));
        }

        _levels = [.. levels];
    }

    public int Width => _levels[0].Width;

    public int Height => _levels[0].Height;

    /// <summary>The colour at a point as it would look on a screen, 0…1. Beyond its border the picture is mirrored.</summary>
    /// <param name="x">Pixels from the left.</param>
    /// <param name="y">Pixels from the top.</param>
    /// <param name="footprint">Pixels that the looker's pixel covers.</param>
    public Vector3 At(float x, float y, float footprint)
    {
        int level = 0;
        while (level < _levels.Length - 1 && footprint > 1.5f)
        {
            (x, y, footprint) = (x / 2, y / 2, footprint / 2);
            level++;
        }

        RgbImage image = _levels[level];
        x -= 0.5f;
        y -= 0.5f;
        int i = (int)MathF.Floor(x), j = (int)MathF.Floor(y);
        int left = Mirrored(i, image.Width), right = Mirrored(i + 1, image.Width);
        int above = Mirrored(j, image.Height) * image.Width, below = Mirrored(j + 1, image.Height) * image.Width;
        Vector3 top = Vector3.Lerp(Pixel(image, above + left), Pixel(image, above + right), x - i);
        return Vector3.Lerp(top, Vector3.Lerp(Pixel(image, below + left), Pixel(image, below + right), x - i), y - j) / 255;
    }

    /// <summary>The smallest level whose longer side has at least so many pixels.</summary>
    public RgbImage Reduced(int least) => Array.FindLast(_levels, level => Math.Max(level.Width, level.Height) >= least) ?? _levels[0];

    private static Vector3 Pixel(RgbImage image, int at) => new(image.Pixels[3 * at], image.Pixels[3 * at + 1], image.Pixels[3 * at + 2]);

    private static int Mirrored(int i, int side)
    {
        int period = 2 * side, k = i % period;
        k = k < 0 ? k + period : k;
        return k < side ? k : period - 1 - k;
    }

    /// <summary>Means of 2 × 2 pixels.</summary>
    private static RgbImage Half(RgbImage image)
    {
        int width = Math.Max(image.Width / 2, 1), height = Math.Max(image.Height / 2, 1);
        var pixels = new byte[3 * width * height];
        for (int y = 0; y < height; y++)
        {
            int above = 3 * image.Width * Math.Min(2 * y, image.Height - 1), below = 3 * image.Width * Math.Min(2 * y + 1, image.Height - 1);
            for (int x = 0; x < width; x++)
            {
                int left = 3 * Math.Min(2 * x, image.Width - 1), right = 3 * Math.Min(2 * x + 1, image.Width - 1);
                for (int c = 0; c < 3; c++)
                {
                    int sum = image.Pixels[above + left + c] + image.Pixels[above + right + c] + image.Pixels[below + left + c] + image.Pixels[below + right + c];
                    pixels[3 * (y * width + x) + c] = (byte)((sum + 2) / 4);
                }
            }
        }

        return new RgbImage(width, height, pixels);
    }
}

/// <summary>Something cut out of a photograph: what it looks like, and where it is (white) and is not (black).</summary>
internal sealed record CutOut(Picture Colours, Picture Mask);
