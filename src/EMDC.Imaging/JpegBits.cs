namespace EMDC.Imaging;

/// <summary>The bits of a scan: 0xFF 0x00 stands for the byte 0xFF, any other 0xFF begins a marker and ends the bits.</summary>
internal ref struct JpegBits(ReadOnlySpan<byte> file, int at)
{
    private readonly ReadOnlySpan<byte> _file = file;
    private ulong _buffer; // the next bits, from the highest bit down
    private int _count;

    /// <summary>Where the next byte is taken; after all bits, the place of a marker.</summary>
    public int At { get; private set; } = at;

    /// <summary>The next 16 bits, with zeros after the end.</summary>
    public int Peek16()
    {
        Fill();
        return (int)(_buffer >> 48);
    }

    /// <summary>Passes over bits; false where there are not so many.</summary>
    public bool Skip(int count)
    {
        if (count > _count)
        {
            return false;
        }

        _buffer <<= count;
        _count -= count;
        return true;
    }

    /// <summary>Takes up to 16 bits as an unsigned number.</summary>
    public bool TryTake(int count, out int value)
    {
        // A shift by 16 leaves 0, as it should for no bits at all.
        value = Peek16() >> (16 - count);
        return Skip(count);
    }

    /// <summary>T.81's RECEIVE and EXTEND: a signed number whose magnitude has <paramref name="count"/> bits.</summary>
    public bool TryTakeSigned(int count, out int value)
    {
        bool isThere = TryTake(count, out value);
        if (count > 0 && value < 1 << (count - 1))
        {
            value -= (1 << count) - 1;
        }

        return isThere;
    }

    /// <summary>Drops what is left of the bits and takes a restart marker; false where there is none.</summary>
    public bool TryRestart()
    {
        // Whole bytes in the buffer would be data between the last code and the marker.
        if (_count >= 8 || At + 1 >= _file.Length || _file[At] != 0xFF || _file[At + 1] is not (>= 0xD0 and <= 0xD7))
        {
            return false;
        }

        At += 2;
        _buffer = 0;
        _count = 0;
        return true;
    }

    private void Fill()
    {
        while (_count <= 48 && At < _file.Length)
        {
            byte next = _file[At];
            if (next == 0xFF)
            {
                if (At + 1 >= _file.Length || _file[At + 1] != 0)
                {
                    return;
                }

                At++;
            }

            At++;
            _buffer |= (ulong)next << (56 - _count);
            _count += 8;
        }
    }
}
