using System.Buffers.Binary;

namespace EMDC.Imaging;

/// <summary>
/// OpenEXR of one part, scanlines or tiles (of several resolutions the full one): compression none, RLE, ZIPS, ZIP or PIZ; half, float or
/// uint; the channel that <see cref="ExrHeader.DepthChannel"/> finds. The image is the display window; what the data window does not cover is
/// 0, what it has outside is dropped.
/// </summary>
public static partial class ExrFile
{
    internal static ReadOnlySpan<byte> Magic => [0x76, 0x2F, 0x31, 0x01];

    /// <summary>Decodes the depth channel.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="name">The name that errors give the file.</param>
    /// <param name="channel">The channel's name; null finds it.</param>
    /// <exception cref="InvalidDataException">The file is damaged, too large or of a kind that is not read.</exception>
    public static Plane Decode(byte[] file, string name, string? channel = null)
    {
        if (!file.AsSpan().StartsWith(Magic))
        {
            throw new InvalidDataException($"{name}: this is not an EXR file.");
        }

        var header = ExrHeader.Read(file, name);
        int depth = header.DepthChannel(name, channel, out string? note);
        var (data, display) = (header.Data, header.Display);
        int chunks = header.Chunks;
        long stored = file.Length - header.End - 8L * chunks;
        if (stored < 0)
        {
            throw new InvalidDataException($"{name}: the file ends inside its table of {chunks} chunks.");
        }

        Limits.CheckExpansion(name, data.Width, data.Height, header.PixelBytes * data.Width * data.Height, stored);
        // A small data window must not buy a display window of gigabytes.
        Limits.CheckExpansion(name, display.Width, display.Height, sizeof(float) * display.Width * display.Height, file.Length);

        var image = new Image(header, depth, new float[display.Width * display.Height]);
        var seen = new bool[chunks];
        var buffers = new Buffers();
        for (int i = 0; i < chunks; i++)
        {
            DecodeChunk(file, BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(header.End + 8 * i)), image, seen, buffers, name);
        }

        return new Plane((int)display.Width, (int)display.Height, image.Values, header.Channels[depth].Type == ExrType.UInt) { Note = note };
    }

    private static void DecodeChunk(byte[] file, ulong offset, Image image, bool[] seen, Buffers buffers, string name)
    {
        var header = image.Header;
        int head = header.Tile is null ? 8 : 20;
        if (offset > (ulong)Math.Max(0, file.Length - head))
        {
            throw new InvalidDataException($"{name}: a chunk of the EXR should begin at byte {offset}, but the file has {file.Length}.");
        }

        int at = (int)offset;
        var part = header.Tile is null
            ? header.Rows(Int32(0), out int number)
            : header.TileAt(Int32(0), Int32(4), Int32(8), Int32(12), out number);
        string place = header.Tile is null ? $"row {Int32(0)}" : $"tile {Int32(0)},{Int32(4)}";
        if (number < 0 || seen[number])
        {
            throw new InvalidDataException($"{name}: a chunk of the EXR claims {place}, which is not its own.");
        }

        seen[number] = true;
        int size = Int32(head - 4);
        at += head;
        if (size < 0 || size > file.Length - at)
        {
            throw new InvalidDataException($"{name}: the file ends inside the chunk of {place}.");
        }

        long decoded = part.Width * part.Height * header.PixelBytes;
        Limits.CheckExpansion(name, part.Width, part.Height, decoded, size);
        // Writers store a chunk as it is where compression would not make it smaller.
        var bytes = size == decoded ? file.AsSpan(at, size) : Expand(file, at, size, decoded, header, part, buffers);
        if (bytes.IsEmpty)
        {
            throw new InvalidDataException($"{name}: the chunk of {place} is damaged.");
        }

        int row = (int)(part.Width * header.PixelBytes);
        for (int y = 0; y < part.Height; y++)
        {
            image.PutRow(bytes.Slice(y * row, row), part, y);
        }

        int Int32(int from) => BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan((int)offset + from));
    }

    /// <summary>The decoded bytes of a chunk, empty where it is damaged.</summary>
    private static ReadOnlySpan<byte> Expand(byte[] file, int at, int size, long decoded, ExrHeader header, ExrWindow part, Buffers buffers)
    {
        if (header.Compression == 0 || decoded > Array.MaxLength)
        {
            return [];
        }

        buffers.Grow((int)decoded);
        var planes = buffers.Planes.AsSpan(0, (int)decoded);
        if (header.Compression == 4)
        {
            return ExrPiz.TryExpand(file.AsSpan(at, size), header.Channels, (int)part.Width, (int)part.Height, planes) ? planes : [];
        }

        bool isWhole = header.Compression == 1
            ? TryExpandRuns(file.AsSpan(at, size), planes)
            : Inflate.TryFill(file, at, size, planes);
        if (!isWhole)
        {
            return [];
        }

        var bytes = buffers.Bytes.AsSpan(0, (int)decoded);
        UndoPrediction(planes);
        Interleave(planes, bytes);
        return bytes;
    }

    /// <summary>
    /// EXR's run lengths: a count n ≥ 0 and a byte stand for n + 1 copies of it, a count n &lt; 0 for the −n bytes that follow.
    /// </summary>
    private static bool TryExpandRuns(ReadOnlySpan<byte> runs, Span<byte> bytes)
    {
        while (runs.Length > 1)
        {
            int count = (sbyte)runs[0];
            int length = count < 0 ? -count : count + 1, stored = count < 0 ? length : 1;
            if (length > bytes.Length || stored > runs.Length - 1)
            {
                return false;
            }

            if (count < 0)
            {
                runs.Slice(1, length).CopyTo(bytes);
            }
            else
            {
                bytes[..length].Fill(runs[1]);
            }

            bytes = bytes[length..];
            runs = runs[(1 + stored)..];
        }

        return bytes.IsEmpty && runs.IsEmpty;
    }

    /// <summary>t[i] = t[i − 1] + t[i] − 128, modulo 256.</summary>
    private static void UndoPrediction(Span<byte> t)
    {
        for (int i = 1; i < t.Length; i++)
        {
            t[i] = (byte)(t[i - 1] + t[i] - 128);
        }
    }

    /// <summary>The bytes at even places come from the first half, those at odd places from the second.</summary>
    private static void Interleave(ReadOnlySpan<byte> planes, Span<byte> bytes)
    {
        int half = (planes.Length + 1) / 2;
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = planes[(i >> 1) + ((i & 1) == 0 ? 0 : half)];
        }
    }

    /// <summary>Buffers for one chunk, reused from chunk to chunk.</summary>
    private sealed class Buffers
    {
        public byte[] Planes { get; private set; } = [];

        public byte[] Bytes { get; private set; } = [];

        public void Grow(int count)
        {
            if (Planes.Length < count)
            {
                Planes = new byte[count];
                Bytes = new byte[count];
            }
        }
    }

    /// <summary>The display window being filled.</summary>
    private sealed record Image(ExrHeader Header, int DepthChannel, float[] Values)
    {
        private readonly long _before = Header.Channels.Take(DepthChannel).Sum(channel => (long)channel.Size);

        /// <summary>Puts one row of a part of the data window.</summary>
        public void PutRow(ReadOnlySpan<byte> row, ExrWindow part, int rowInPart)
        {
            var display = Header.Display;
            long y = (long)part.YMin + rowInPart - display.YMin;
            if (y < 0 || y >= display.Height)
            {
                return;
            }

            var type = Header.Channels[DepthChannel].Type;
            var channel = row[(int)(_before * part.Width)..];
            long shift = (long)part.XMin - display.XMin;
            long first = Math.Max(0, -shift), end = Math.Min(part.Width, display.Width - shift);
            for (long i = first; i < end; i++)
            {
                Values[y * display.Width + i + shift] = type switch
                {
                    ExrType.Half => (float)BinaryPrimitives.ReadHalfLittleEndian(channel[(int)(2 * i)..]),
                    ExrType.Float => BinaryPrimitives.ReadSingleLittleEndian(channel[(int)(4 * i)..]),
                    _ => BinaryPrimitives.ReadUInt32LittleEndian(channel[(int)(4 * i)..]),
                };
            }
        }
    }
}
