using System.Buffers.Binary;

namespace EMDC.Imaging;

/// <summary>
/// EXR's compression PIZ, decoded: Huffman codes of 16-bit words, undone wavelets of each channel's planes, and a table back to the words that
/// the chunk really uses. After "PIZ" of Industrial Light &amp; Magic, as OpenEXR's file format has it.
/// </summary>
internal static class ExrPiz
{
    private const int Words = 1 << 16, LongestCode = 58, HeaderBytes = 20;

    /// <summary>Decodes a chunk; false where it is damaged.</summary>
    /// <param name="chunk">What the file stores.</param>
    /// <param name="channels">The channels in file order.</param>
    /// <param name="width">Pixels in a row of the chunk.</param>
    /// <param name="height">Rows of the chunk.</param>
    /// <param name="bytes">Receives the rows, the channels of each one after another.</param>
    public static bool TryExpand(ReadOnlySpan<byte> chunk, IReadOnlyList<ExrChannel> channels, int width, int height, Span<byte> bytes)
    {
        if (!TryReadTable(ref chunk, out ushort[] table, out int largest) || chunk.Length < 4
            || BinaryPrimitives.ReadInt32LittleEndian(chunk) is var length && (length < HeaderBytes || length > chunk.Length - 4))
        {
            return false;
        }

        var words = new ushort[bytes.Length / 2];
        if (!TryReadWords(chunk.Slice(4, length), words))
        {
            return false;
        }

        // A channel is a plane of halves, or of pairs of words, whose wavelets are separate.
        int start = 0;
        foreach (ExrChannel channel in channels)
        {
            int size = channel.Size / 2;
            for (int word = 0; word < size; word++)
            {
                UndoWavelets(words.AsSpan(start + word), width, size, height, width * size, isShort: largest < 1 << 14);
            }

            start += width * height * size;
        }

        int at = 0;
        for (int y = 0; y < height; y++)
        {
            start = 0;
            foreach (ExrChannel channel in channels)
            {
                int row = width * channel.Size / 2;
                foreach (ushort word in words.AsSpan(start + y * row, row))
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(bytes[at..], table[word]);
                    at += 2;
                }

                start += height * row;
            }
        }

        return true;
    }

    /// <summary>A bit for each word that occurs, as far as they are not all 0, becomes a table from a word's rank to it.</summary>
    private static bool TryReadTable(ref ReadOnlySpan<byte> chunk, out ushort[] table, out int largest)
    {
        (table, largest) = (new ushort[Words], 0);
        if (chunk.Length < 4)
        {
            return false;
        }

        int first = BinaryPrimitives.ReadUInt16LittleEndian(chunk), last = BinaryPrimitives.ReadUInt16LittleEndian(chunk[2..]);
        int count = Math.Max(0, last - first + 1);
        if (last >= Words / 8 || count > chunk.Length - 4)
        {
            return false;
        }

        ReadOnlySpan<byte> bits = chunk.Slice(4, count);
        for (int word = 1; word < Words; word++)
        {
            int at = (word >> 3) - first;
            if (at >= 0 && at < count && (bits[at] >> (word & 7) & 1) == 1)
            {
                table[++largest] = (ushort)word;
            }
        }

        chunk = chunk[(4 + count)..];
        return true;
    }

    /// <summary>Huffman codes, the lengths of whose codes come first; the last symbol repeats the word before it.</summary>
    private static bool TryReadWords(ReadOnlySpan<byte> data, Span<ushort> words)
    {
        long first = BinaryPrimitives.ReadUInt32LittleEndian(data), last = BinaryPrimitives.ReadUInt32LittleEndian(data[4..]);
        long count = BinaryPrimitives.ReadUInt32LittleEndian(data[12..]);
        if (first > last || last > Words)
        {
            return false;
        }

        var bits = new Bits(data[HeaderBytes..]);
        var lengths = new byte[Words + 1];
        if (!TryReadLengths(ref bits, lengths, (int)first, (int)last))
        {
            return false;
        }

        // Canonical codes: of each length they count up with the symbols, and longer ones are the smaller numbers.
        Span<int> codes = stackalloc int[LongestCode + 2];
        Span<long> smallest = stackalloc long[LongestCode + 2];
        codes.Clear();
        smallest.Clear();
        foreach (byte length in lengths)
        {
            codes[length]++;
        }

        long code = 0;
        for (int length = LongestCode; length > 0; length--)
        {
            (smallest[length], code) = (code, (code + codes[length]) >> 1);
        }

        var symbols = new int[LongestCode + 1][];
        for (int length = 1; length <= LongestCode; length++)
        {
            symbols[length] = new int[codes[length]];
        }

        codes.Clear();
        for (int symbol = 0; symbol < lengths.Length; symbol++)
        {
            if (lengths[symbol] is > 0 and var length)
            {
                symbols[length][codes[length]++] = symbol;
            }
        }

        ReadOnlySpan<byte> rest = bits.Rest;
        if (count > 8L * rest.Length)
        {
            return false;
        }

        var coded = new Bits(rest);
        int filled = 0;
        for (long end = count; coded.Position < end;)
        {
            int symbol = -1;
            long value = 0;
            for (int length = 1; length <= LongestCode && symbol < 0 && coded.Position < end; length++)
            {
                value = value << 1 | (long)coded.Take(1);
                long rank = value - smallest[length];
                symbol = rank >= 0 && rank < codes[length] ? symbols[length][rank] : -1;
            }

            if (symbol == last && coded.Position + 8 <= end && filled > 0)
            {
                int run = coded.Take(8);
                if (run > words.Length - filled)
                {
                    return false;
                }

                words.Slice(filled, run).Fill(words[filled - 1]);
                filled += run;
            }
            else if (symbol >= 0 && symbol < Words && symbol != last && filled < words.Length)
            {
                words[filled++] = (ushort)symbol;
            }
            else
            {
                return false;
            }
        }

        return filled == words.Length;
    }

    /// <summary>Six bits a symbol; 59 to 62 stand for two to five zeros, 63 and eight bits for six and more.</summary>
    private static bool TryReadLengths(ref Bits bits, byte[] lengths, int first, int last)
    {
        const int shortRun = 59, longRun = 63;
        for (int symbol = first; symbol <= last;)
        {
            int length = bits.Take(6);
            int zeros = length == longRun ? bits.Take(8) + 2 + longRun - shortRun : length >= shortRun ? length - shortRun + 2 : 0;
            if (bits.IsOver || zeros > last - symbol + 1)
            {
                return false;
            }

            if (zeros == 0)
            {
                lengths[symbol++] = (byte)length;
            }

            symbol += zeros;
        }

        return true;
    }

    private static void UndoWavelets(Span<ushort> plane, int width, int across, int height, int down, bool isShort)
    {
        int least = Math.Min(width, height), step = 1;
        while (step <= least)
        {
            step <<= 1;
        }

        step >>= 1;
        for (int half = step >> 1; half >= 1; step = half, half >>= 1)
        {
            int y = 0;
            for (; y <= height - step; y += step)
            {
                int x = 0;
                for (; x <= width - step; x += step)
                {
                    int at = y * down + x * across, right = at + half * across, below = at + half * down, both = below + half * across;
                    var (a, c) = Undo(plane[at], plane[below], isShort);
                    var (b, d) = Undo(plane[right], plane[both], isShort);
                    (plane[at], plane[right]) = Undo(a, b, isShort);
                    (plane[below], plane[both]) = Undo(c, d, isShort);
                }

                if ((width & half) != 0)
                {
                    int at = y * down + x * across;
                    (plane[at], plane[at + half * down]) = Undo(plane[at], plane[at + half * down], isShort);
                }
            }

            if ((height & half) != 0)
            {
                for (int x = 0; x <= width - step; x += step)
                {
                    int at = y * down + x * across;
                    (plane[at], plane[at + half * across]) = Undo(plane[at], plane[at + half * across], isShort);
                }
            }
        }
    }

    /// <summary>From a mean and a difference to the two words; with all 16 bits modulo 2¹⁶.</summary>
    private static (ushort, ushort) Undo(ushort mean, ushort difference, bool isShort)
    {
        if (isShort)
        {
            int d = (short)difference, a = (short)mean + (d & 1) + (d >> 1);
            return ((ushort)a, (ushort)(a - d));
        }

        int b = mean - (difference >> 1);
        return ((ushort)(difference + b - 0x8000), (ushort)b);
    }

    /// <summary>Bits, the highest of each byte first; zeros beyond the end.</summary>
    private ref struct Bits(ReadOnlySpan<byte> bytes)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;

        /// <summary>How many were taken.</summary>
        public long Position { get; private set; }

        public readonly bool IsOver => Position > 8L * _bytes.Length;

        /// <summary>The bytes from the next whole one on.</summary>
        public readonly ReadOnlySpan<byte> Rest => _bytes[(int)Math.Min(_bytes.Length, (Position + 7) / 8)..];

        public int Take(int count)
        {
            int value = 0;
            for (int i = 0; i < count; i++, Position++)
            {
                int at = (int)(Position >> 3);
                value = value << 1 | (at < _bytes.Length ? _bytes[at] >> (7 - (int)(Position & 7)) & 1 : 0);
            }

            return value;
        }
    }
}
