using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace EMDC.Imaging;

/// <summary>Runs of float32 in a file's byte order, which is little-endian for every format that we write.</summary>
internal static class LittleEndianFloats
{
    public static void Write(Stream stream, ReadOnlySpan<float> values)
    {
        if (BitConverter.IsLittleEndian)
        {
            // In pieces, because the bytes of a span may be more than an int counts.
            const int Piece = 1 << 20;
            for (int i = 0; i < values.Length; i += Piece)
            {
                stream.Write(MemoryMarshal.AsBytes(values.Slice(i, Math.Min(Piece, values.Length - i))));
            }

            return;
        }

        Span<byte> bytes = stackalloc byte[sizeof(float)];
        foreach (float value in values)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
            stream.Write(bytes);
        }
    }
}
