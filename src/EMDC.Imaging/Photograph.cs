using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Bmp;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Tiff;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.Memory;
using SixLabors.ImageSharp.Metadata;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;
using SixLabors.ImageSharp.PixelFormats;

namespace EMDC.Imaging;

/// <summary>
/// JPEG, WebP, TIFF, BMP and GIF through ImageSharp 2.1: the first picture of a file, turned as its EXIF orientation asks. Everything
/// that this project asks of that library is here.
/// </summary>
/// <remarks>
/// PNG is not among them: ImageSharp 2.1.13 never returns from an interlaced PNG less than five pixels wide, and depth needs a PNG
/// decoder of ours anyway.
/// </remarks>
internal static class Photograph
{
    // Memory of the garbage collector, because ImageSharp's own pool would keep that of the largest picture.
    private static readonly Configuration Library = new(
        new JpegConfigurationModule(), new WebpConfigurationModule(), new TiffConfigurationModule(), new BmpConfigurationModule(),
        new GifConfigurationModule())
    { MemoryAllocator = new SimpleGcMemoryAllocator() };

    // ImageSharp asks by reflection for the values of this enumeration, as an array; a native program only has the arrays that code makes.
    static Photograph() => GC.KeepAlive(new ExifDataType[1]);

    /// <summary>Decodes a file of one of the kinds above.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, cut, too large or of a kind that is not read.</exception>
    public static RgbImage Decode(byte[] file, FileKind kind, string name)
    {
        // ImageSharp fills what a cut file lacks with black or grey and says nothing.
        if (!Completeness.IsWhole(file, kind))
        {
            throw new InvalidDataException($"{name}: the file ends before the end of its {kind.Word()} image.");
        }

        if (kind == FileKind.Jpeg && Completeness.JpegComponents(file) == 4)
        {
            throw new InvalidDataException($"{name}: this is a CMYK JPEG, but one of RGB or grey is needed.");
        }

        IImageInfo info = Try(() => Image.Identify(Library, new MemoryStream(file)), kind, name);
        Limits.CheckSize(name, info.Width, info.Height);
        Limits.CheckPhotograph(name, info.Width, info.Height, file.Length);
        return Try(() => Load(file, kind), kind, name);
    }

    /// <summary>Damaged files make ImageSharp throw much beside its own exceptions: NullReference, DivideByZero, ArgumentOutOfRange.</summary>
    private static T Try<T>(Func<T?> step, FileKind kind, string name)
        where T : class
    {
        Exception? reason = null;
        try
        {
            if (step() is { } result)
            {
                return result;
            }
        }
        catch (Exception error)
        {
            reason = error;
        }

        throw new InvalidDataException($"{name}: the {kind.Word()} image is damaged or of a kind that is not read.", reason);
    }

    private static RgbImage Load(byte[] file, FileKind kind)
    {
        using Image<Rgb24> image = kind switch
        {
            FileKind.Gif => Image.Load<Rgb24>(Library, file, new GifDecoder { DecodingMode = FrameDecodingMode.First }),
            FileKind.Tiff => Image.Load<Rgb24>(Library, file, new TiffDecoder { DecodingMode = FrameDecodingMode.First }),
            _ => Image.Load<Rgb24>(Library, file),
        };
        int orientation = image.Metadata.ExifProfile?.GetValue(ExifTag.Orientation)?.Value ?? 1;
        var pixels = new byte[3 * image.Width * image.Height];
        image.CopyPixelDataTo(pixels);
        var stored = new RgbImage(image.Width, image.Height, pixels);
        return orientation is >= 2 and <= 8 ? Turned(stored, orientation) : stored;
    }

    /// <summary>
    /// The picture as EXIF's orientation 2 to 8 asks for it. ImageSharp can do that as well, with a megabyte of processors in a native program.
    /// </summary>
    private static RgbImage Turned(RgbImage stored, int orientation)
    {
        (int width, int height) = orientation >= 5 ? (stored.Height, stored.Width) : (stored.Width, stored.Height);
        // Where the first pixel of the result lies in the stored picture and how far a step to the right and one down lead there.
        int last = stored.Width - 1, below = (stored.Height - 1) * stored.Width, row = stored.Width;
        (int start, int right, int down) = orientation switch
        {
            2 => (last, -1, row),
            3 => (below + last, -1, -row),
            4 => (below, 1, -row),
            5 => (0, row, 1),
            6 => (below, -row, 1),
            7 => (below + last, -row, -1),
            _ => (last, row, -1),
        };
        var pixels = new byte[stored.Pixels.Length];
        for (int y = 0, at = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++, at += 3)
            {
                stored.Pixels.AsSpan(3 * (start + y * down + x * right), 3).CopyTo(pixels.AsSpan(at));
            }
        }

        return new RgbImage(width, height, pixels) { ExifOrientation = orientation };
    }
}
