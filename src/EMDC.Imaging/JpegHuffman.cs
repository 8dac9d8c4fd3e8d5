namespace EMDC.Imaging;

/// <summary>A Huffman table: codes of up to 16 bits, canonical (ITU-T T.81, annex C).</summary>
internal sealed class JpegHuffman
{
    private const int FastBits = 8;

    // By the next 8 bits: length of the code in the upper byte, symbol in the lower one; 0 where the code is longer.
    private readonly ushort[] _fast = new ushort[1 << FastBits];

    // By length: one more than the largest code, shifted left to 16 bits; and what turns a code into an index of _symbols.
    private readonly int[] _end = new int[17], _delta = new int[17];
    private readonly byte[] _symbols;

    private JpegHuffman(ReadOnlySpan<byte> symbols) => _symbols = symbols.ToArray();

    /// <summary>Makes the table from the number of codes of each length, 1 to 16; null where these are more than fit.</summary>
    public static JpegHuffman? Make(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        var table = new JpegHuffman(symbols);
        int code = 0, index = 0;
        for (int length = 1; length <= 16; length++, code <<= 1)
        {
            table._delta[length] = index - code;
            for (int i = 0; i < counts[length - 1]; i++, code++, index++)
            {
                if (code >= 1 << length)
                {
                    return null;
                }

                if (length <= FastBits)
                {
                    int first = code << (FastBits - length);
                    table._fast.AsSpan(first, 1 << (FastBits - length)).Fill((ushort)(length << 8 | symbols[index]));
                }
            }

            table._end[length] = code << (16 - length);
        }

        return table;
    }

    /// <summary>Takes a code from <paramref name="bits"/>; gives its symbol, or −1 where there is no such code.</summary>
    public int Decode(ref JpegBits bits)
    {
        int next = bits.Peek16();
        int fast = _fast[next >> (16 - FastBits)];
        if (fast != 0)
        {
            return bits.Skip(fast >> 8) ? fast & 0xFF : -1;
        }

        for (int length = FastBits + 1; length <= 16; length++)
        {
            if (next < _end[length])
            {
                return bits.Skip(length) ? _symbols[(next >> (16 - length)) + _delta[length]] : -1;
            }
        }

        return -1;
    }
}
