using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.PixelFormats;

namespace EMDC.Imaging;

// Compiled only with -p:UseImageSharp=true, against ImageSharp 3.1. Everything that this project asks of that library is here.
public static partial class RgbFile
{
    /// <summary>
    /// Reads what ImageSharp knows (PNG, JPEG, WebP, TIFF, BMP, PPM and more) as 8-bit RGB; leaves <paramref name="image"/> null
    /// where it knows nothing of the file.
    /// </summary>
    static partial void ReadWithImageSharp(string path, byte[] file, ref RgbImage? image)
    {
        try
        {
            // The size is checked before the pixels are allocated.
            var info = Image.Identify(file);
            Limits.CheckSize(path, info.Width, info.Height);
            // One frame is enough of an animation. Exif orientation is not applied, as with our own decoders.
            var options = new DecoderOptions { MaxFrames = 1 };
            using var decoded = Image.Load<Rgb24>(options, file);
            var pixels = new byte[3 * decoded.Width * decoded.Height];
            decoded.CopyPixelDataTo(pixels);
            image = new RgbImage(decoded.Width, decoded.Height, pixels);
        }
        catch (UnknownImageFormatException)
        {
            // Our own readers say what was needed.
        }
        catch (Exception error) when (error is not InvalidDataException)
        {
            // Whatever it throws is about this file: 3.1 answers some damaged headers with exceptions outside its own hierarchy.
            throw new InvalidDataException($"{path}: the image is damaged or of a kind that ImageSharp does not read.", error);
        }
    }
}
