using System.Globalization;

namespace EMDC.Imaging;

/// <summary>Depth maps. On reading the content decides what a file is, on writing the extension.</summary>
public static partial class DepthFile
{
    /// <summary>Metres per unit of integer files whose unit is not told: millimetres.</summary>
    public const float DefaultScale = 0.001f;

    /// <summary>
    /// Reads depth in metres, Height × Width: metres = value × scale. NaN, infinities and negative values become 0 and are counted.
    /// </summary>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    /// <exception cref="IOException">The file is missing or may not be read.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, too large, of another kind or not what the options say.</exception>
    public static DepthMap Read(string path, DepthReadOptions? options = null)
    {
        options ??= new DepthReadOptions();
        if (options is { Scale: not null, Format: not null })
        {
            throw new ArgumentException("A depth scale and a depth format exclude each other, because the format implies the scale.");
        }

        if (options.Scale is { } given)
        {
            CheckScale(given);
        }

        var plane = Decode(FileBytes.Read(path), path, options);
        if (options.Size is var (height, width) && (height, width) != (plane.Height, plane.Width))
        {
            throw new InvalidDataException(
                $"{path}: the size given is {height}×{width} (height × width), but the file holds {plane.Height}×{plane.Width}.");
        }

        float scale = Scale(plane, options, path);
        float[] stored = [.. plane.Values];
        int background = plane.IsInteger ? 0 : DropBackground(plane.Values);
        Rearrange(plane.Values, options.Format, path);
        int invalid = ToMetres(plane.Values, scale);
        return new DepthMap(plane.Width, plane.Height, plane.Values)
        {
            InvalidCount = invalid,
            UsedDefaultScale = plane.IsInteger && options is { Scale: null, Format: null },
            Notes =
            [
                .. plane.Note is { } note ? [note] : Array.Empty<string>(),
                .. background > 0 ? [$"{path}: {background} pixels hold a number that renderers write for the background, and count as not measured."] : Array.Empty<string>(),
                .. DepthUnit.Question(path, stored, plane.IsInteger, plane.Values, options.MaxDepth) is { } question ? [question] : Array.Empty<string>(),
            ],
        };
    }

    /// <summary>
    /// Writes depth in the format of the extension, whole or not at all: .exr (float, ZIP, channel Y), .npy (float32),
    /// .pfm, .bin (bare little-endian float32), .png and .pgm (16-bit grey).
    /// </summary>
    /// <param name="path">Where to; the folder must exist, a file of this name is replaced.</param>
    /// <param name="metres">height × width depths, rows from the top. Floats are written as they are.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="scale">
    /// Metres per unit of the integer formats: round(metres / scale), 0 for what is not positive, at most 65535.
    /// </param>
    /// <exception cref="ArgumentException">The sizes disagree or the scale is not positive.</exception>
    /// <exception cref="IOException">The file cannot be written or its extension is not known.</exception>
    public static void Write(string path, ReadOnlySpan<float> metres, int width, int height, float scale = DefaultScale)
    {
        CheckScale(scale);
        if (width < 1 || height < 1 || metres.Length != (long)width * height)
        {
            throw new ArgumentException(
                $"{path}: a depth map of {height}×{width} pixels (height × width) needs {(long)width * height} values, but there are {metres.Length}.");
        }

        var write = Writer(path);
        using var file = new AtomicFile(path);
        try
        {
            write(file.Stream, metres, width, height, scale);
        }
        catch (Exception error) when (AtomicFile.IsFailure(error))
        {
            throw AtomicFile.Failure(path, error);
        }

        file.Commit();
    }

    /// <summary>Refuses an extension that no format has; for finding out before the work is done.</summary>
    /// <exception cref="IOException">The extension is not known.</exception>
    public static void CheckExtension(string path) => Writer(path);

    private delegate void WriteDepth(Stream stream, ReadOnlySpan<float> metres, int width, int height, float scale);

    private static WriteDepth Writer(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".exr" => static (stream, metres, width, height, _) => ExrFile.Write(stream, metres, width, height),
        ".npy" => static (stream, metres, width, height, _) => NpyFile.Write(stream, metres, width, height),
        ".pfm" => static (stream, metres, width, height, _) => PfmFile.Write(stream, metres, width, height),
        ".bin" => static (stream, metres, _, _, _) => BinFile.Write(stream, metres),
        ".png" => PngFile.WriteGrey16,
        ".pgm" => PnmFile.WriteGrey16,
        var other => throw new IOException(
            $"{path}: the extension '{other}' names no depth format; .exr, .npy, .pfm, .bin, .png and .pgm can be written."),
    };

    private static Plane Decode(byte[] file, string path, DepthReadOptions options)
    {
        // Raw numbers may begin with any bytes, so here alone the extension goes first.
        var kind = Path.GetExtension(path).ToLowerInvariant() is ".bin" or ".raw" ? FileKind.Unknown : FileKinds.Of(file);
        if (kind is FileKind.Png or FileKind.Pnm)
        {
            Plane plane = kind == FileKind.Png ? PngFile.DecodeGrey16(file, path) : PnmFile.DecodeGrey(file, path);
            if (options.ByteOrder == ByteOrder.Little)
            {
                foreach (ref float value in plane.Values.AsSpan())
                {
                    value = SensorBits.Swapped((int)value);
                }
            }

            return plane;
        }

        if (kind != FileKind.Unknown && (options.ByteOrder is not null || options.Type is not null))
        {
            throw new InvalidDataException(
                $"{path}: this file tells itself what it holds, but {(options.Type is null ? "a byte order is for raw files, PNG and PGM" : "a type is for raw files")}.");
        }

        if (kind != FileKind.Exr && options.Channel is not null)
        {
            throw new InvalidDataException($"{path}: a channel was named, but only an EXR has any.");
        }

        if (kind != FileKind.Npz && options.Key is not null)
        {
            throw new InvalidDataException($"{path}: an array was named, but only an NPZ has several.");
        }

        return kind switch
        {
            FileKind.Exr => ExrFile.Decode(file, path, options.Channel),
            FileKind.Npy => NpyFile.Decode(file, path),
            FileKind.Npz => NpzFile.Decode(file, path, options.Key),
            FileKind.Tiff => TiffFile.Decode(file, path),
            FileKind.Pfm => PfmFile.Decode(file, path),
            FileKind.Jpeg or FileKind.Webp or FileKind.Bmp or FileKind.Gif => throw new InvalidDataException(
                $"{path}: depth is not read from a {kind.Word()}, but from EXR, NPY, NPZ, PFM, PNG, PGM, TIFF or raw numbers."),
            _ when options.Size is not null || Path.GetExtension(path).ToLowerInvariant() is ".bin" or ".raw" =>
                BinFile.Decode(file, path, options.Size, options.Type, options.ByteOrder),
            _ => throw new InvalidDataException(
                $"{path}: this is none of the depth formats EXR, NPY, NPZ, PFM, PNG, PGM and TIFF, nor named .bin or .raw."),
        };
    }

    private static float Scale(Plane plane, DepthReadOptions options, string path)
    {
        if (options.Format is not { } format)
        {
            return options.Scale ?? (plane.IsInteger ? DefaultScale : 1);
        }

        bool needsInteger = format != DepthFormat.Mipi;
        if (plane.IsInteger != needsInteger)
        {
            string word = format.ToString().ToLowerInvariant();
            throw new InvalidDataException(
                $"{path}: the depth format {word} means {Kind(needsInteger)}, but this file holds {Kind(plane.IsInteger)}.");
        }

        return format switch
        {
            DepthFormat.Kitti => 1f / 256,
            DepthFormat.Tum => 1f / 5000,
            DepthFormat.Nyu or DepthFormat.RealSense or DepthFormat.Sun or DepthFormat.ARCore => 0.001f,
            _ => 1,
        };

        static string Kind(bool isInteger) => isInteger ? "integers" : "floats";
    }

    /// <summary>
    /// Sets to 0 what stands for "nothing there": Blender's 1e10, the largest half and float, and whatever else no scene can hold; gives how
    /// many they were.
    /// </summary>
    private static int DropBackground(Span<float> values)
    {
        const float largestHalf = 65504, impossible = 1e9f;
        int count = 0;
        foreach (ref float value in values)
        {
            if (value == largestHalf || (value >= impossible && float.IsFinite(value)))
            {
                value = 0;
                count++;
            }
        }

        return count;
    }

    /// <summary>Undoes in place what some formats do with the bits.</summary>
    private static void Rearrange(Span<float> values, DepthFormat? format, string path)
    {
        if (format is not (DepthFormat.Sun or DepthFormat.ARCore))
        {
            return;
        }

        foreach (ref float value in values)
        {
            if (value is < 0 or > ushort.MaxValue)
            {
                throw new InvalidDataException($"{path}: the depth format {format.ToString()!.ToLowerInvariant()} has 16 bits, but the file holds {value}.");
            }

            value = format == DepthFormat.Sun ? SensorBits.Sun((int)value) : SensorBits.ARCore((int)value);
        }
    }

    /// <summary>Scales in place; gives how many values were invalid.</summary>
    private static int ToMetres(Span<float> values, float scale)
    {
        int invalid = 0;
        foreach (ref float value in values)
        {
            value *= scale;
            if (!float.IsFinite(value) || value < 0)
            {
                value = 0;
                invalid++;
            }
        }

        return invalid;
    }

    private static void CheckScale(float scale)
    {
        if (!float.IsFinite(scale) || scale <= 0)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"The depth scale is {scale}, but a positive number of metres per unit is needed."));
        }
    }
}
