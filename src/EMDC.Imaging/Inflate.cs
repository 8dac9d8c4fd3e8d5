using System.IO.Compression;

namespace EMDC.Imaging;

/// <summary>zlib streams of known decoded length.</summary>
internal static class Inflate
{
    /// <summary>Fills <paramref name="decoded"/>; false where the data are damaged or end early.</summary>
    public static bool TryFill(byte[] file, int offset, int count, Span<byte> decoded)
    {
        using var zlib = new ZLibStream(new MemoryStream(file, offset, count, writable: false), CompressionMode.Decompress);
        return TryFill(zlib, decoded);
    }

    /// <summary>Fills <paramref name="decoded"/> from where <paramref name="zlib"/> stands; false where it is damaged or ends early.</summary>
    public static bool TryFill(ZLibStream zlib, Span<byte> decoded)
    {
        try
        {
            return zlib.ReadAtLeast(decoded, decoded.Length, throwOnEndOfStream: false) == decoded.Length;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}
