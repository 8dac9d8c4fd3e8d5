namespace EMDC.Imaging;

/// <summary>Colour frames. The content decides what a file is, not its extension.</summary>
public static class RgbFile
{
    private const string Formats = "PNG, JPEG, WebP, TIFF, BMP, GIF, PPM";

    /// <summary>
    /// Reads a PNG, JPEG, WebP, TIFF, BMP, GIF, PPM or PGM as 8-bit RGB, Height × Width × 3. A photograph whose EXIF data ask for it is
    /// turned, as viewers do; <see cref="RgbImage.ExifOrientation"/> tells of it.
    /// </summary>
    /// <exception cref="IOException">The file is missing or may not be read.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, too large or of another kind.</exception>
    public static RgbImage Read(string path)
    {
        var file = FileBytes.Read(path);
        var kind = FileKinds.Of(file);
        if (kind is FileKind.Exr or FileKind.Npy or FileKind.Pfm)
        {
            throw new InvalidDataException(
                $"{path}: this is a file of floats ({kind.Word()}), but the colour frame must be a {Formats} or PGM.");
        }

        return kind switch
        {
            FileKind.Png => PngFile.DecodeRgb(file, path),
            FileKind.Pnm => PnmFile.DecodeRgb(file, path),
            FileKind.Unknown => throw new InvalidDataException($"{path}: this is none of the colour formats {Formats} and PGM."),
            _ => Photograph.Decode(file, kind, path),
        };
    }

    /// <summary>Writes an 8-bit RGB PNG, whole or not at all.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, RgbImage image)
    {
        long needed = 3L * image.Width * image.Height;
        if (image.Width < 1 || image.Height < 1 || image.Pixels.Length != needed)
        {
            throw new ArgumentException(
                $"{path}: an image of {image.Height}×{image.Width} pixels (height × width) needs {needed} bytes, but there are {image.Pixels.Length}.");
        }

        AtomicFile.Write(path, stream => PngFile.Write(stream, image));
    }
}
