using System.Buffers.Binary;

namespace EMDC.Imaging;

/// <summary>
/// Whether a file holds all that its headers announce. Decoders of photographs show what there is of a cut file, as a viewer should; here
/// half a frame would give half a depth map without a word.
/// </summary>
internal static class Completeness
{
    /// <summary>False for a file that was cut.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> file, FileKind kind) => kind switch
    {
        FileKind.Jpeg => IsWholeJpeg(file, out _),
        FileKind.Webp => file.Length >= 8 + (long)BinaryPrimitives.ReadUInt32LittleEndian(file[4..]),
        FileKind.Gif => file.TrimEnd((byte)0) is [.., 0x3B],
        FileKind.Bmp => IsWholeBmp(file),
        FileKind.Tiff => IsWholeTiff(file),
        _ => true,
    };

    /// <summary>Components of a JPEG's frame (1 grey, 3 colour, 4 CMYK), 0 without a frame.</summary>
    public static int JpegComponents(ReadOnlySpan<byte> file) => IsWholeJpeg(file, out int components) ? components : 0;

    /// <summary>Markers up to the end of the image, which is not that of a thumbnail inside a segment.</summary>
    private static bool IsWholeJpeg(ReadOnlySpan<byte> file, out int components)
    {
        components = 0;
        for (int at = 2; at + 1 < file.Length;)
        {
            // Bytes of a scan; in it 0xFF is followed by 0 or by a restart marker, and markers may be padded with 0xFF.
            byte marker = file[at] == 0xFF ? file[at + 1] : (byte)0xFF;
            switch (marker)
            {
                case 0xFF:
                    at++;
                    break;
                case 0 or 1 or (>= 0xD0 and <= 0xD8):
                    at += 2;
                    break;
                case 0xD9:
                    return true;
                default:
                    if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC) && at + 9 < file.Length)
                    {
                        components = file[at + 9];
                    }

                    at += 2 + (at + 3 < file.Length ? BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]) : 0);
                    break;
            }
        }

        return false;
    }

    /// <summary>The size in the file's header and, where rows are not compressed, that of all rows.</summary>
    private static bool IsWholeBmp(ReadOnlySpan<byte> file)
    {
        if (file.Length < 54 || BinaryPrimitives.ReadUInt32LittleEndian(file[2..]) > file.Length)
        {
            return false;
        }

        long start = BinaryPrimitives.ReadUInt32LittleEndian(file[10..]), header = BinaryPrimitives.ReadUInt32LittleEndian(file[14..]);
        long width = BinaryPrimitives.ReadInt32LittleEndian(file[18..]), height = BinaryPrimitives.ReadInt32LittleEndian(file[22..]);
        long bits = BinaryPrimitives.ReadUInt16LittleEndian(file[28..]), compression = BinaryPrimitives.ReadUInt32LittleEndian(file[30..]);
        bool isPlain = header >= 40 && compression is 0 or 3;
        return !isPlain || start + (width * bits + 31) / 32 * 4 * Math.Abs(height) <= file.Length;
    }

    /// <summary>Where the strips or tiles of the first picture end.</summary>
    private static bool IsWholeTiff(ReadOnlySpan<byte> file)
    {
        bool isLittle = file[0] == 'I';
        long[]? offsets = null, counts = null;
        long directory = Number(file, 4, 4, isLittle), entries = Number(file, directory, 2, isLittle);
        for (int i = 0; i < entries; i++)
        {
            long entry = directory + 2 + 12 * i;
            switch (Number(file, entry, 2, isLittle))
            {
                case 273 or 324:
                    offsets = Numbers(file, entry, isLittle);
                    break;
                case 279 or 325:
                    counts = Numbers(file, entry, isLittle);
                    break;
            }
        }

        long length = file.Length;
        return offsets is not null && counts is not null && offsets.Length == counts.Length
            && offsets.Zip(counts).All(part => part.First > 0 && part.First + part.Second <= length);
    }

    /// <summary>The values of a directory's entry: 16 bits (type 3) or 32 (type 4), in the entry itself where they fit into four bytes.</summary>
    private static long[]? Numbers(ReadOnlySpan<byte> file, long entry, bool isLittle)
    {
        int size = Number(file, entry + 2, 2, isLittle) == 3 ? 2 : 4;
        long count = Number(file, entry + 4, 4, isLittle);
        long start = size * count <= 4 ? entry + 8 : Number(file, entry + 8, 4, isLittle);
        if (count < 1 || start < 0 || start + size * count > file.Length)
        {
            return null;
        }

        var values = new long[count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Number(file, start + size * i, size, isLittle);
        }

        return values;
    }

    /// <summary>A number of 2 or 4 bytes, −1 beyond the end of the file.</summary>
    private static long Number(ReadOnlySpan<byte> file, long at, int size, bool isLittle) =>
        at < 0 || at + size > file.Length ? -1
        : size == 2 ? isLittle ? BinaryPrimitives.ReadUInt16LittleEndian(file[(int)at..]) : BinaryPrimitives.ReadUInt16BigEndian(file[(int)at..])
        : isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(file[(int)at..]) : BinaryPrimitives.ReadUInt32BigEndian(file[(int)at..]);
}
