using System.Buffers.Binary;

namespace EMDC.Imaging;

/// <summary>Bare float32, little-endian, rows from the top, without any header: the raw files of the MIPI challenge.</summary>
public static class BinFile
{
    /// <summary>Decodes height × width floats.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="name">The name that errors give the file.</param>
    /// <param name="size">Height and width, which the file does not tell.</param>
    /// <exception cref="InvalidDataException">The file has another length than the size needs, or there is no size.</exception>
    public static Plane Decode(byte[] file, string name, (int Height, int Width)? size)
    {
        if (size is not var (height, width))
        {
            throw new InvalidDataException(
                $"{name}: raw floats do not tell their size, so --size HEIGHTxWIDTH is needed (the file has {file.Length} bytes, 4 a pixel).");
        }

        Limits.CheckSize(name, width, height);
        if (4L * height * width != file.Length)
        {
            throw new InvalidDataException($"{name}: {height}×{width} floats need {4L * height * width} bytes, but the file has {file.Length}.");
        }

        var values = new float[height * width];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadSingleLittleEndian(file.AsSpan(4 * i));
        }

        return new Plane(width, height, values, IsInteger: false);
    }

    internal static void Write(Stream stream, ReadOnlySpan<float> values) => LittleEndianFloats.Write(stream, values);
}
