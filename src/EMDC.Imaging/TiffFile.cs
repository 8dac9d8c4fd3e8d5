using System.Buffers.Binary;

namespace EMDC.Imaging;

/// <summary>
/// TIFF with one sample a pixel, as depth: float32 or float64, or integers of 8, 16 or 32 bits; strips or tiles; uncompressed, LZW, Deflate or
/// PackBits, with TIFF's predictors. The first image of the file. (Colour frames are read elsewhere; no library hands out floats above 1.)
/// </summary>
internal static class TiffFile
{
    private const int Width = 256, Height = 257, BitsPerSample = 258, Compression = 259, Offsets = 273, Samples = 277, RowsPerStrip = 278, Counts = 279;
    private const int Predictor = 317, TileWidth = 322, TileHeight = 323, TileOffsets = 324, TileCounts = 325, SampleFormat = 339;

    /// <summary>Decodes the samples.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="name">The name that errors give the file.</param>
    /// <exception cref="InvalidDataException">The file is damaged, too large or of a kind that is not read.</exception>
    public static Plane Decode(byte[] file, string name)
    {
        Dictionary<int, long[]> tags = ReadTags(file, name, out bool isLittleEndian);
        long width = One(Width, 0), height = One(Height, 0), bits = One(BitsPerSample, 1), format = One(SampleFormat, 1);
        Limits.CheckSize(name, width, height);
        if (One(Samples, 1) != 1 || (format, bits) is not ((3, 32 or 64) or (1 or 2, 8 or 16 or 32)))
        {
            throw new InvalidDataException(
                $"{name}: the TIFF has {One(Samples, 1)} samples a pixel of {bits} bits ({format switch { 1 => "unsigned", 2 => "signed", 3 => "float", _ => $"format {format}" }}), but depth needs one: float of 32 or 64 bits, or an integer of 8, 16 or 32.");
        }

        bool isTiled = tags.ContainsKey(TileWidth);
        long partWidth = isTiled ? One(TileWidth, 0) : width, partHeight = isTiled ? One(TileHeight, 0) : Math.Min(One(RowsPerStrip, height), height);
        Limits.CheckSize(name, partWidth, partHeight);
        long columns = (width + partWidth - 1) / partWidth, rows = (height + partHeight - 1) / partHeight;
        long[] offsets = All(isTiled ? TileOffsets : Offsets, columns * rows), counts = All(isTiled ? TileCounts : Counts, columns * rows);
        Limits.CheckExpansion(name, width, height, Math.Max(width * height, partWidth * partHeight) * bits / 8, file.Length);

        var element = new NpyFile.Element(format switch { 3 => 'f', 2 => 'i', _ => 'u' }, (int)bits / 8, isLittleEndian);
        long compression = One(Compression, 1), predictor = compression is 5 or 8 or 32946 ? One(Predictor, 1) : 1;
        if (compression is not (1 or 5 or 8 or 32773 or 32946) || predictor is not (1 or 2 or 3))
        {
            throw new InvalidDataException($"{name}: the TIFF has the compression {compression} with predictor {predictor}, but 1, 5 (LZW), 8 (Deflate) or 32773 (PackBits) with 1 to 3 is needed.");
        }

        var values = new float[width * height];
        var part = new byte[partWidth * partHeight * element.Size];
        for (int i = 0; i < offsets.Length; i++)
        {
            long top = i / columns * partHeight, left = i % columns * partWidth;
            // Strips end with the image, tiles do not.
            int partRows = (int)(isTiled ? partHeight : Math.Min(partHeight, height - top)), rowBytes = (int)partWidth * element.Size;
            Span<byte> bytes = part.AsSpan(0, partRows * rowBytes);
            if (offsets[i] < 0 || counts[i] < 0 || offsets[i] > file.Length - counts[i] || !TryExpand(file, (int)offsets[i], (int)counts[i], (int)compression, bytes))
            {
                throw new InvalidDataException($"{name}: part {i} of the TIFF is damaged or lies outside the file.");
            }

            for (int y = 0; y < Math.Min(partRows, height - top); y++)
            {
                Span<byte> row = bytes.Slice(y * rowBytes, rowBytes);
                NpyFile.Element rowElement = UndoPrediction(row, element, (int)predictor);
                for (int x = 0; x < Math.Min(partWidth, width - left); x++)
                {
                    values[(top + y) * width + left + x] = rowElement.Get(row[(x * element.Size)..]);
                }
            }
        }

        return new Plane((int)width, (int)height, values, element.IsInteger);

        long One(int tag, long otherwise) => tags.TryGetValue(tag, out long[]? found) && found.Length > 0 ? found[0] : otherwise;

        long[] All(int tag, long count) => tags.TryGetValue(tag, out long[]? found) && found.Length == count
            ? found
            : throw new InvalidDataException($"{name}: the TIFF names {found?.Length ?? 0} parts, but its size needs {count}.");
    }

    /// <summary>The whole numbers of the first image's directory.</summary>
    private static Dictionary<int, long[]> ReadTags(byte[] file, string name, out bool isLittleEndian)
    {
        bool little = isLittleEndian = file is [(byte)'I', ..];
        long at = file.Length < 8 || UInt16(2) != 42 ? throw new InvalidDataException($"{name}: this is no TIFF, or a BigTIFF, which is not read.") : UInt32(4);
        if (at > file.Length - 2 || at + 2 + 12L * UInt16((int)at) > file.Length)
        {
            throw new InvalidDataException($"{name}: the TIFF ends inside its directory.");
        }

        var tags = new Dictionary<int, long[]>();
        int entries = UInt16((int)at);
        for (int i = 0; i < entries; i++)
        {
            int entry = (int)at + 2 + 12 * i;
            int type = UInt16(entry + 2), size = type switch { 1 => 1, 3 => 2, 4 => 4, _ => 0 };
            long count = UInt32(entry + 4), start = size * count <= 4 ? entry + 8 : UInt32(entry + 8);
            // Entries of other tags may lie about how much they have.
            int tag = UInt16(entry);
            bool isKnown = tag is >= Width and <= Compression or Offsets or (>= Samples and <= Counts) or Predictor or (>= TileWidth and <= TileCounts) or SampleFormat;
            if (isKnown && !tags.ContainsKey(tag) && size > 0 && count <= file.Length && start <= file.Length - size * count)
            {
                tags[tag] = [.. Enumerable.Range(0, (int)count).Select(k => (int)start + size * k).Select(from => size switch { 1 => file[from], 2 => UInt16(from), _ => UInt32(from) })];
            }
        }

        return tags;

        int UInt16(int from) => little ? BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(from)) : BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(from));
        long UInt32(int from) => little ? BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(from)) : BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(from));
    }

    private static bool TryExpand(byte[] file, int at, int count, int compression, Span<byte> bytes)
    {
        switch (compression)
        {
            case 1:
                if (count < bytes.Length)
                {
                    return false;
                }

                file.AsSpan(at, bytes.Length).CopyTo(bytes);
                return true;
            case 5:
                return TryExpandLzw(file.AsSpan(at, count), bytes);
            case 32773:
                return TryExpandPackBits(file.AsSpan(at, count), bytes);
            default:
                return Inflate.TryFill(file, at, count, bytes);
        }
    }

    /// <summary>A count n from 0 to 127 stands before n + 1 bytes, −n before a byte that occurs n + 1 times.</summary>
    private static bool TryExpandPackBits(ReadOnlySpan<byte> packed, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (packed.Length < 2)
            {
                return false;
            }

            int count = (sbyte)packed[0], length = Math.Abs(count) + 1, stored = count < 0 ? 1 : length;
            packed = packed[1..];
            if (count == -128)
            {
                continue;
            }

            if (stored > packed.Length || length > bytes.Length)
            {
                return false;
            }

            if (count < 0)
            {
                bytes[..length].Fill(packed[0]);
            }
            else
            {
                packed[..length].CopyTo(bytes);
            }

            packed = packed[stored..];
            bytes = bytes[length..];
        }

        return true;
    }

    /// <summary>TIFF's LZW: codes of 9 to 12 bits, the highest bit first, one earlier wide than needed; 256 clears, 257 ends.</summary>
    private static bool TryExpandLzw(ReadOnlySpan<byte> codes, Span<byte> bytes)
    {
        const int clear = 256, end = 257, most = 4096;
        // Each code is the bytes from where it began in the output, as its predecessor and one byte more.
        var start = new int[most];
        var length = new int[most];
        int next = end + 1, width = 9, filled = 0, previous = -1;
        long bit = 0;
        while (filled < bytes.Length && bit + width <= 8L * codes.Length)
        {
            int code = 0;
            for (int i = 0; i < width; i++, bit++)
            {
                code = code << 1 | (codes[(int)(bit >> 3)] >> (7 - (int)(bit & 7)) & 1);
            }

            if (code == end)
            {
                break;
            }

            if (code == clear)
            {
                (next, width, previous) = (end + 1, 9, -1);
                continue;
            }

            if (previous < 0 ? code >= clear : code > next || next >= most && code >= most)
            {
                return false;
            }

            int count = code < next ? Length(code) : 0;
            if (previous >= 0 && next < most)
            {
                // The string before and the first byte of this one lie one after another in the output.
                (start[next], length[next]) = (filled - Length(previous), Length(previous) + 1);
                count = code == next ? length[next] : count;
                next++;
            }

            count = Math.Min(count, bytes.Length - filled);

            if (code < clear)
            {
                bytes[filled++] = (byte)code;
            }
            else
            {
                for (int i = 0; i < count; i++)
                {
                    bytes[filled++] = bytes[start[code] + i];
                }
            }

            previous = code;
            width = next >= 2047 ? 12 : next >= 1023 ? 11 : next >= 511 ? 10 : 9;
        }

        return filled == bytes.Length;

        int Length(int code) => code < clear ? 1 : length[code];
    }

    /// <summary>Undoes a row's prediction; floats' bytes then stand with the highest first, whatever the file's order.</summary>
    private static NpyFile.Element UndoPrediction(Span<byte> row, NpyFile.Element element, int predictor)
    {
        int size = element.Size;
        if (predictor == 2)
        {
            for (int i = size; i + size <= row.Length; i += size)
            {
                ulong sum = Get(row[(i - size)..]) + Get(row[i..]);
                for (int k = 0; k < size; k++)
                {
                    row[i + k] = (byte)(sum >> (8 * (element.IsLittleEndian ? k : size - 1 - k)));
                }
            }
        }
        else if (predictor == 3)
        {
            for (int i = 1; i < row.Length; i++)
            {
                row[i] += row[i - 1];
            }

            byte[] planes = row.ToArray();
            int pixels = row.Length / size;
            for (int i = 0; i < pixels; i++)
            {
                for (int k = 0; k < size; k++)
                {
                    row[i * size + k] = planes[k * pixels + i];
                }
            }

            return element with { IsLittleEndian = false };
        }

        return element;

        ulong Get(Span<byte> bytes)
        {
            ulong value = 0;
            for (int k = 0; k < size; k++)
            {
                value |= (ulong)bytes[k] << (8 * (element.IsLittleEndian ? k : size - 1 - k));
            }

            return value;
        }
    }
}
