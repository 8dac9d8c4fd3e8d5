namespace EMDC.Imaging;

/// <summary>
/// Raw numbers, rows from the top, without any header: the float32 of the MIPI challenge, the uint16 of many sensors.
/// </summary>
public static class BinFile
{
    /// <summary>Decodes height × width numbers.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="name">The name that errors give the file.</param>
    /// <param name="size">Height and width, which the file does not tell.</param>
    /// <param name="type">The numbers in NumPy's words, u2 for example; null lets the length decide.</param>
    /// <param name="order">Their byte order; little-endian without it.</param>
    /// <exception cref="InvalidDataException">The file has another length than the size needs, or there is no size.</exception>
    public static Plane Decode(byte[] file, string name, (int Height, int Width)? size, string? type = null, ByteOrder? order = null)
    {
        if (size is not var (height, width))
        {
            throw new InvalidDataException(
                $"{name}: raw numbers do not tell their size, so --size HEIGHTxWIDTH is needed (the file has {file.Length} bytes, mostly 2 or 4 a pixel).");
        }

        Limits.CheckSize(name, width, height);
        long pixels = (long)height * width;
        type ??= file.Length == 2 * pixels ? "u2" : file.Length == 8 * pixels ? "f8" : "f4";
        var element = NpyFile.Element.Parse((order == ByteOrder.Big ? ">" : "<") + type, name);
        if (element.Size * pixels != file.Length)
        {
            throw new InvalidDataException(
                $"{name}: {height}×{width} numbers of type {type} need {element.Size * pixels} bytes, but the file has {file.Length}.");
        }

        var values = new float[pixels];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = element.Get(file.AsSpan(element.Size * i));
        }

        return new Plane(width, height, values, element.IsInteger);
    }

    internal static void Write(Stream stream, ReadOnlySpan<float> values) => LittleEndianFloats.Write(stream, values);
}
