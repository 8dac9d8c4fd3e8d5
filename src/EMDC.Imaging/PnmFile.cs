using System.Text;

namespace EMDC.Imaging;

/// <summary>Binary PGM (P5) and PPM (P6): 8 bits up to a maximum of 255, 16 bits big-endian above.</summary>
public static class PnmFile
{
    /// <summary>Decodes a colour frame; 0…maximum is stretched to 0…255, grey is replicated.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="name">The name that errors give the file.</param>
    /// <exception cref="InvalidDataException">The file is damaged, too large or of another kind.</exception>
    public static RgbImage DecodeRgb(byte[] file, string name)
    {
        var samples = Parse(file, name);
        var pixels = new byte[3 * samples.Width * samples.Height];
        for (int i = 0; i < pixels.Length; i++)
        {
            int value = Math.Min(samples[samples.Channels == 3 ? i : i / 3], samples.Maximum);
            pixels[i] = (byte)((value * 255 + samples.Maximum / 2) / samples.Maximum);
        }

        return new RgbImage(samples.Width, samples.Height, pixels);
    }

    /// <summary>Decodes the integers of a PGM, whatever its maximum.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="name">The name that errors give the file.</param>
    /// <exception cref="InvalidDataException">The file is damaged, too large or of another kind.</exception>
    public static Plane DecodeGrey(byte[] file, string name)
    {
        var samples = Parse(file, name);
        if (samples.Channels != 1)
        {
            throw new InvalidDataException($"{name}: depth needs a PGM, but this is a PPM, perhaps a colour frame.");
        }

        var values = new float[samples.Width * samples.Height];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = samples[i];
        }

        return new Plane(samples.Width, samples.Height, values, IsInteger: true);
    }

    internal static bool IsPnm(ReadOnlySpan<byte> file) =>
        file is [(byte)'P', >= (byte)'1' and <= (byte)'7', (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t' or (byte)'#', ..];

    /// <summary>Writes a 16-bit PGM: round(metres / scale), 0 for what is not positive, at most 65535.</summary>
    internal static void WriteGrey16(Stream stream, ReadOnlySpan<float> metres, int width, int height, float scale)
    {
        stream.Write(Encoding.ASCII.GetBytes($"P5\n{width} {height}\n65535\n"));
        var row = new byte[2 * width];
        for (int y = 0; y < height; y++)
        {
            Counts.ToBigEndian(metres.Slice(y * width, width), scale, row);
            stream.Write(row);
        }
    }

    private static Samples Parse(byte[] file, string name)
    {
        if (!IsPnm(file))
        {
            throw new InvalidDataException($"{name}: this is not a PNM file.");
        }

        if (file[1] is not ((byte)'5' or (byte)'6'))
        {
            throw new InvalidDataException($"{name}: this is a P{(char)file[1]} file, but P5 (binary PGM) or P6 (binary PPM) is needed.");
        }

        var header = new TextHeader(file, name);
        int width = header.Int32(), height = header.Int32(), maximum = header.Int32();
        Limits.CheckSize(name, width, height);
        if (maximum is < 1 or > 65535)
        {
            throw new InvalidDataException($"{name}: the maximum is {maximum}, but 1 to 65535 is needed.");
        }

        var samples = new Samples(file, header.At + 1, width, height, file[1] == '6' ? 3 : 1, maximum);
        long needed = (long)samples.Channels * width * height * samples.Size, present = file.Length - samples.Start;
        return needed <= present
            ? samples
            : throw new InvalidDataException(
                $"{name}: {height}×{width} pixels (height × width) need {needed} bytes, but {present} follow the header.");
    }

    private readonly record struct Samples(byte[] File, int Start, int Width, int Height, int Channels, int Maximum)
    {
        /// <summary>Bytes of a sample.</summary>
        public int Size => Maximum > 255 ? 2 : 1;

        public int this[int i] => Size == 1 ? File[Start + i] : File[Start + 2 * i] << 8 | File[Start + 2 * i + 1];
    }
}
