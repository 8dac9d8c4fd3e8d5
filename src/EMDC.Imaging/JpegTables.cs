using System.Buffers.Binary;

namespace EMDC.Imaging;

/// <summary>The tables that a JPEG's segments define and later ones may replace.</summary>
internal sealed class JpegTables
{
    /// <summary>Natural (row-major) index of the k-th coefficient in zigzag order.</summary>
    public static ReadOnlySpan<byte> Natural =>
    [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    ];

    public JpegHuffman?[] Dc { get; } = new JpegHuffman?[4];

    public JpegHuffman?[] Ac { get; } = new JpegHuffman?[4];

    /// <summary>In natural order.</summary>
    public ushort[]?[] Quantization { get; } = new ushort[]?[4];

    /// <summary>MCUs between restart markers; 0 for none.</summary>
    public int RestartInterval { get; set; }

    public static InvalidDataException Damaged(string name) => new($"{name}: the JPEG is damaged.");

    public void DefineHuffman(ReadOnlySpan<byte> segment, string name)
    {
        while (segment.Length > 0)
        {
            if (segment.Length < 17 || (segment[0] & 0xEC) != 0)
            {
                throw Damaged(name);
            }

            int count = 0;
            foreach (byte codes in segment.Slice(1, 16))
            {
                count += codes;
            }

            if (count > 256 || count > segment.Length - 17)
            {
                throw Damaged(name);
            }

            var tables = segment[0] < 0x10 ? Dc : Ac;
            tables[segment[0] & 3] = JpegHuffman.Make(segment.Slice(1, 16), segment.Slice(17, count)) ?? throw Damaged(name);
            segment = segment[(17 + count)..];
        }
    }

    public void DefineQuantization(ReadOnlySpan<byte> segment, string name)
    {
        while (segment.Length > 0)
        {
            int bytes = segment[0] < 0x10 ? 1 : 2;
            if (segment.Length < 1 + 64 * bytes || (segment[0] & 0xEC) != 0)
            {
                throw Damaged(name);
            }

            // A new array each time: components keep the table that was there at their first scan.
            var table = new ushort[64];
            for (int k = 0; k < 64; k++)
            {
                table[Natural[k]] = bytes == 1 ? segment[1 + k] : BinaryPrimitives.ReadUInt16BigEndian(segment[(1 + 2 * k)..]);
            }

            Quantization[segment[0] & 3] = table;
            segment = segment[(1 + 64 * bytes)..];
        }
    }
}
