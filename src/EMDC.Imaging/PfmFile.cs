using System.Buffers.Binary;
using System.Text;

namespace EMDC.Imaging;

/// <summary>
/// Portable float maps of one channel (Pf): rows from the bottom, a negative scale means little-endian. The scale's magnitude is
/// not applied, because files disagree about whether it multiplies or divides.
/// </summary>
public static class PfmFile
{
    /// <summary>Decodes the floats, rows from the top.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="name">The name that errors give the file.</param>
    /// <exception cref="InvalidDataException">The file is damaged, too large or of another kind.</exception>
    public static Plane Decode(byte[] file, string name)
    {
        if (!IsPfm(file))
        {
            throw new InvalidDataException($"{name}: this is not a PFM file.");
        }

        if (file[1] == 'F')
        {
            throw new InvalidDataException($"{name}: this is a PFM of three channels (PF), but one channel (Pf) is needed.");
        }

        var header = new TextHeader(file, name);
        int width = header.Int32(), height = header.Int32();
        bool isLittleEndian = header.Single() < 0;
        Limits.CheckSize(name, width, height);
        var data = file.AsSpan(header.At + 1);
        long needed = 4L * width * height;
        if (needed > data.Length)
        {
            throw new InvalidDataException(
                $"{name}: {height}×{width} floats need {needed} bytes, but {data.Length} follow the header.");
        }

        var values = new float[width * height];
        for (int i = 0; i < values.Length; i++)
        {
            int y = height - 1 - i / width;
            var bytes = data[(4 * i)..];
            values[y * width + i % width] =
                isLittleEndian ? BinaryPrimitives.ReadSingleLittleEndian(bytes) : BinaryPrimitives.ReadSingleBigEndian(bytes);
        }

        return new Plane(width, height, values, IsInteger: false);
    }

    internal static bool IsPfm(ReadOnlySpan<byte> file) =>
        file is [(byte)'P', (byte)'f' or (byte)'F', (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t', ..];

    /// <summary>Writes one channel, little-endian.</summary>
    internal static void Write(Stream stream, ReadOnlySpan<float> values, int width, int height)
    {
        stream.Write(Encoding.ASCII.GetBytes($"Pf\n{width} {height}\n-1.0\n"));
        for (int y = height - 1; y >= 0; y--)
        {
            LittleEndianFloats.Write(stream, values.Slice(y * width, width));
        }
    }
}
