namespace EMDC.Imaging;

/// <summary>A scan: coefficients of one or several components, the whole band at once (baseline) or in parts (progressive).</summary>
internal sealed class JpegScan
{
    private readonly JpegFrame _frame;
    private readonly JpegTables _tables;
    private readonly string _name;
    private readonly List<Part> _parts = [];

    // Coefficients first to last in zigzag order; bits of them from position high (0: none yet) down to low.
    private readonly int _first, _last, _high, _low;
    private int _endOfBandRun;

    public JpegScan(JpegFrame frame, JpegTables tables, ReadOnlySpan<byte> segment, string name)
    {
        _frame = frame;
        _tables = tables;
        _name = name;
        int count = segment.Length > 0 ? segment[0] : 0;
        if (count < 1 || count > frame.Components.Length || segment.Length != 4 + 2 * count)
        {
            throw JpegTables.Damaged(name);
        }

        (_first, _last, _high, _low) = (segment[^3], segment[^2], segment[^1] >> 4, segment[^1] & 15);
        if (!frame.IsProgressive)
        {
            // libjpeg ignores what baseline files say here.
            (_first, _last, _high, _low) = (0, 63, 0, 0);
        }
        else if (_first > _last || _last > 63 || (_first == 0) != (_last == 0) || (_first > 0 && count > 1)
            || _low > 13 || (_high != 0 && _high != _low + 1))
        {
            throw JpegTables.Damaged(name);
        }

        for (int i = 0; i < count; i++)
        {
            int id = segment[1 + 2 * i], tableIds = segment[2 + 2 * i];
            var component = frame.Components.FirstOrDefault(component => component.Id == id);
            if (component is null || _parts.Any(part => part.Component == component) || (tableIds & 0xCC) != 0)
            {
                throw JpegTables.Damaged(name);
            }

            component.Quantization ??= tables.Quantization[component.TableId] ?? throw JpegTables.Damaged(name);
            _parts.Add(new Part(component, NeededDc(tableIds >> 4), NeededAc(tableIds & 3)));
        }
    }

    /// <summary>Decodes from <paramref name="at"/>; gives where the next marker is to be looked for.</summary>
    public int Decode(byte[] file, int at)
    {
        var bits = new JpegBits(file, at);
        // A scan of one component has no MCUs of several blocks and leaves out those outside the image.
        var single = _parts.Count == 1 ? _parts[0].Component : null;
        int columns = single is null ? _frame.McusX : (single.Size.Width + 7) / 8;
        int rows = single is null ? _frame.McusY : (single.Size.Height + 7) / 8;
        int untilRestart = _tables.RestartInterval;
        for (int y = 0; y < rows; y++)
        {
            for (int x = 0; x < columns; x++)
            {
                if (_tables.RestartInterval > 0 && untilRestart-- == 0)
                {
                    Restart(ref bits);
                    untilRestart = _tables.RestartInterval - 1;
                }

                bool isWhole = single is null ? DecodeMcu(ref bits, x, y) : DecodeBlock(ref bits, _parts[0], x, y);
                if (!isWhole)
                {
                    throw JpegTables.Damaged(_name);
                }
            }
        }

        return bits.At;
    }

    private JpegHuffman? NeededDc(int id) =>
        _first == 0 && _high == 0 ? _tables.Dc[id] ?? throw JpegTables.Damaged(_name) : null;

    private JpegHuffman? NeededAc(int id) => _last > 0 ? _tables.Ac[id] ?? throw JpegTables.Damaged(_name) : null;

    private void Restart(ref JpegBits bits)
    {
        if (!bits.TryRestart())
        {
            throw JpegTables.Damaged(_name);
        }

        _endOfBandRun = 0;
        foreach (var part in _parts)
        {
            part.Prediction = 0;
        }
    }

    private bool DecodeMcu(ref JpegBits bits, int x, int y)
    {
        foreach (var part in _parts)
        {
            for (int j = 0; j < part.Component.V; j++)
            {
                for (int i = 0; i < part.Component.H; i++)
                {
                    if (!DecodeBlock(ref bits, part, x * part.Component.H + i, y * part.Component.V + j))
                    {
                        return false;
                    }
                }
            }
        }

        return true;
    }

    private bool DecodeBlock(ref JpegBits bits, Part part, int x, int y)
    {
        var block = part.Component.Coefficients.AsSpan(64 * (y * part.Component.BlocksX + x), 64);
        if (!_frame.IsProgressive)
        {
            block.Clear();
            return DecodeDc(ref bits, part, block) && DecodeAc(ref bits, part.Ac!, block);
        }

        return (_first, _high) switch
        {
            (0, 0) => DecodeDc(ref bits, part, block),
            (0, _) => RefineDc(ref bits, block),
            (_, 0) => DecodeAc(ref bits, part.Ac!, block),
            _ => RefineAc(ref bits, part.Ac!, block),
        };
    }

    /// <summary>The first coefficient as the difference from that of the block before.</summary>
    private bool DecodeDc(ref JpegBits bits, Part part, Span<short> block)
    {
        int size = part.Dc!.Decode(ref bits);
        if (size is < 0 or > 15 || !bits.TryTakeSigned(size, out int difference))
        {
            return false;
        }

        part.Prediction += difference;
        block[0] = (short)(part.Prediction << _low);
        return true;
    }

    private bool RefineDc(ref JpegBits bits, Span<short> block)
    {
        bool isThere = bits.TryTake(1, out int bit);
        block[0] |= (short)(bit << _low);
        return isThere;
    }

    /// <summary>
    /// The other coefficients: a symbol tells how many zeros to pass over (upper 4 bits) and the size of the next value (lower 4).
    /// Size 0 passes over 16 zeros after 15, else ends the band for 2^upper + (that many bits) blocks, this one included.
    /// </summary>
    private bool DecodeAc(ref JpegBits bits, JpegHuffman table, Span<short> block)
    {
        if (_endOfBandRun > 0)
        {
            _endOfBandRun--;
            return true;
        }

        for (int k = Math.Max(1, _first); k <= _last; k++)
        {
            int symbol = table.Decode(ref bits);
            int zeros = symbol >> 4, size = symbol & 15;
            if (symbol < 0 || (size == 0 && zeros < 15))
            {
                return symbol >= 0 && TryTakeRun(ref bits, zeros);
            }

            k += zeros;
            if (size == 0)
            {
                continue;
            }

            if (k > _last || !bits.TryTakeSigned(size, out int value))
            {
                return false;
            }

            block[JpegTables.Natural[k]] = (short)(value << _low);
        }

        return true;
    }

    /// <summary>
    /// One more bit for the coefficients that are there already, between them the new ones (±1 at this position). Zeros to pass
    /// over count only coefficients that are still zero.
    /// </summary>
    private bool RefineAc(ref JpegBits bits, JpegHuffman table, Span<short> block)
    {
        int k = _first;
        while (_endOfBandRun == 0 && k <= _last)
        {
            int symbol = table.Decode(ref bits);
            int zeros = symbol >> 4, size = symbol & 15, fresh = 0;
            if (symbol < 0 || size > 1)
            {
                return false;
            }

            if (size == 1)
            {
                if (!bits.TryTake(1, out int sign))
                {
                    return false;
                }

                fresh = (sign == 1 ? 1 : -1) << _low;
            }
            else if (zeros < 15)
            {
                if (!TryTakeRun(ref bits, zeros))
                {
                    return false;
                }

                // TryTakeRun has taken this block off already; what is left of the band is refined below.
                _endOfBandRun++;
                break;
            }

            for (; k <= _last; k++)
            {
                ref short coefficient = ref block[JpegTables.Natural[k]];
                if (coefficient != 0)
                {
                    if (!TryRefine(ref bits, ref coefficient))
                    {
                        return false;
                    }
                }
                else if (zeros-- == 0)
                {
                    coefficient = (short)fresh;
                    k++;
                    break;
                }
            }
        }

        if (_endOfBandRun == 0)
        {
            return true;
        }

        _endOfBandRun--;
        for (; k <= _last; k++)
        {
            ref short coefficient = ref block[JpegTables.Natural[k]];
            if (coefficient != 0 && !TryRefine(ref bits, ref coefficient))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryRefine(ref JpegBits bits, ref short coefficient)
    {
        if (!bits.TryTake(1, out int bit))
        {
            return false;
        }

        // A damaged file may refine the same bit twice.
        if (bit == 1 && (coefficient & (1 << _low)) == 0)
        {
            coefficient += (short)((coefficient > 0 ? 1 : -1) << _low);
        }

        return true;
    }

    /// <summary>Begins a run of ended bands; this block is the first of them. Baseline files have only runs of one.</summary>
    private bool TryTakeRun(ref JpegBits bits, int size)
    {
        if (!_frame.IsProgressive)
        {
            return size == 0;
        }

        bool isThere = bits.TryTake(size, out int more);
        _endOfBandRun = (1 << size) + more - 1;
        return isThere;
    }

    private sealed class Part(JpegComponent component, JpegHuffman? dc, JpegHuffman? ac)
    {
        public JpegComponent Component { get; } = component;

        public JpegHuffman? Dc { get; } = dc;

        public JpegHuffman? Ac { get; } = ac;

        public int Prediction { get; set; }
    }
}
