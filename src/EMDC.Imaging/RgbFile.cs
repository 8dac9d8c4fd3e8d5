namespace EMDC.Imaging;

/// <summary>Colour frames. The content decides what a file is, not its extension.</summary>
public static partial class RgbFile
{
    /// <summary>Reads a PNG as 8-bit RGB, Height × Width × 3.</summary>
    /// <exception cref="IOException">The file is missing or may not be read.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, too large or of another kind.</exception>
    public static RgbImage Read(string path)
    {
        var file = FileBytes.Read(path);
        return FileKinds.Of(file) switch
        {
            FileKind.Png => PngFile.DecodeRgb(file, path),
            _ => throw new InvalidDataException($"{path}: this is not an image that can be read, but a PNG is needed."),
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

        using var file = new AtomicFile(path);
        try
        {
            PngFile.Write(file.Stream, image);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw AtomicFile.Failure(path, error);
        }

        file.Commit();
    }
}
