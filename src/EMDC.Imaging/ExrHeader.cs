using System.Buffers.Binary;
using System.Text;

namespace EMDC.Imaging;

/// <summary>What an EXR's header tells about its one part.</summary>
/// <param name="Channels">In file order, which is by name; a row holds them one after another.</param>
/// <param name="Compression">0 none, 1 RLE, 2 ZIPS, 3 ZIP, 4 PIZ.</param>
/// <param name="Data">The pixels that are stored.</param>
/// <param name="Display">The image that they are part of.</param>
/// <param name="Tile">The size of a tile; null where chunks are of rows.</param>
/// <param name="End">Where the table of offsets begins.</param>
internal sealed record ExrHeader(List<ExrChannel> Channels, int Compression, ExrWindow Data, ExrWindow Display, (int Width, int Height)? Tile, int End)
{
    private static readonly string[] CompressionNames =
        ["none", "RLE", "ZIPS", "ZIP", "PIZ", "PXR24", "B44", "B44A", "DWAA", "DWAB", "HTJ2K256", "HTJ2K32"];

    /// <summary>Rows of a chunk.</summary>
    private int ChunkRows => Compression switch { 3 => 16, 4 => 32, _ => 1 };

    private int TileColumns => (int)((Data.Width + Tile!.Value.Width - 1) / Tile.Value.Width);

    /// <summary>Bytes of a pixel of all channels.</summary>
    public long PixelBytes => Channels.Sum(channel => (long)channel.Size);

    /// <summary>How many chunks there are; of several resolutions those of the full one, which come first.</summary>
    public int Chunks => Tile is var (_, height)
        ? (int)(TileColumns * ((Data.Height + height - 1) / height))
        : (int)((Data.Height + ChunkRows - 1) / ChunkRows);

    /// <summary>The part of the data window that begins with a row, and its number; −1 where no chunk does.</summary>
    public ExrWindow Rows(int y, out int number)
    {
        long row = (long)y - Data.YMin;
        number = row >= 0 && row < Data.Height && row % ChunkRows == 0 ? (int)(row / ChunkRows) : -1;
        return Data with { YMin = y, YMax = (int)Math.Min(Data.YMax, (long)y + ChunkRows - 1) };
    }

    /// <summary>The part of the data window that a tile is, and its number; −1 where there is none, or not in the full resolution.</summary>
    public ExrWindow TileAt(int column, int row, int levelX, int levelY, out int number)
    {
        var (width, height) = Tile!.Value;
        bool isThere = levelX == 0 && levelY == 0 && column >= 0 && column < TileColumns && row >= 0 && row < Chunks / TileColumns;
        number = isThere ? row * TileColumns + column : -1;
        long x = Data.XMin + (long)column * width, y = Data.YMin + (long)row * height;
        return isThere ? new ExrWindow((int)x, (int)y, (int)Math.Min(Data.XMax, x + width - 1), (int)Math.Min(Data.YMax, y + height - 1)) : Data;
    }

    public static ExrHeader Read(byte[] file, string name)
    {
        var cursor = new Cursor(file, 4, name);
        uint version = (uint)cursor.Int32();
        if ((version & 0xFF) is < 1 or > 2)
        {
            throw new InvalidDataException($"{name}: this is EXR version {version & 0xFF}, but version 2 can be read.");
        }

        Refuse(version, 0x800, "deep", name);
        Refuse(version, 0x1000, "multi-part", name);
        bool isTiled = (version & 0x200) != 0;
        List<ExrChannel>? channels = null;
        int? compression = null;
        ExrWindow? data = null, display = null;
        (int Width, int Height)? tile = null;
        for (string attribute = cursor.Text(); attribute.Length > 0; attribute = cursor.Text())
        {
            string type = cursor.Text();
            int size = cursor.Int32();
            var value = cursor.Part(size);
            switch (attribute, type)
            {
                case ("channels", "chlist"):
                    channels = ReadChannels(value);
                    break;
                case ("compression", "compression"):
                    compression = value.Byte();
                    break;
                case ("dataWindow", "box2i"):
                    data = value.Window();
                    break;
                case ("displayWindow", "box2i"):
                    display = value.Window();
                    break;
                case ("tiles", "tiledesc"):
                    tile = (value.Int32(), value.Int32());
                    break;
                case ("type", "string"):
                    CheckPartType(value, size, isTiled, name);
                    break;
            }
        }

        if (channels is null || compression is null || data is null)
        {
            string missing = channels is null ? "channels" : compression is null ? "compression" : "dataWindow";
            throw new InvalidDataException($"{name}: the EXR header has no attribute {missing}.");
        }

        if (isTiled && tile is not ( > 0, > 0))
        {
            throw new InvalidDataException($"{name}: the EXR is tiled, but its header has no size of tiles.");
        }

        if (compression > 4)
        {
            string word = compression < CompressionNames.Length ? CompressionNames[compression.Value] : $"number {compression}";
            throw new InvalidDataException($"{name}: the EXR has the compression {word}, but PIZ, ZIP, ZIPS, RLE or none is needed.");
        }

        Check(channels, name);
        Limits.CheckSize(name, data.Value.Width, data.Value.Height);
        display ??= data;
        Limits.CheckSize(name, display.Value.Width, display.Value.Height);
        return new ExrHeader(channels, compression.Value, data.Value, display.Value, isTiled ? tile : null, cursor.At);
    }

    /// <summary>
    /// The channel that carries depth: one with depth in its name, else Z, V or Y (OpenCV's name) behind the last dot, else the only one, else
    /// R. Of two equally good ones none is taken.
    /// </summary>
    /// <param name="name">The name that errors give the file.</param>
    /// <param name="asked">The channel that was asked for.</param>
    /// <param name="note">What to tell where others could have been meant.</param>
    public int DepthChannel(string name, string? asked, out string? note)
    {
        note = null;
        string all = string.Join(", ", Channels.Select(channel => channel.Name));
        if (asked is not null)
        {
            int found = Channels.FindIndex(channel => channel.Name == asked);
            return found >= 0 ? found : throw new InvalidDataException($"{name}: the EXR has no channel {asked}, but {all}.");
        }

        if (Channels.Count == 1)
        {
            return 0;
        }

        var ranks = Channels.Select(channel => Rank(channel.Name)).ToList();
        int best = ranks.Min();
        int[] equal = [.. Enumerable.Range(0, ranks.Count).Where(channel => ranks[channel] == best)];
        if (best == Unlikely || equal.Length > 1)
        {
            string which = best == Unlikely ? "none is called depth, Z, V, Y or R" : $"{string.Join(" and ", equal.Select(channel => Channels[channel].Name))} could be depth";
            throw new InvalidDataException($"{name}: the EXR has the channels {all}, but {which}; --depth-channel names it.");
        }

        if (ranks.Count(rank => rank < Colour) > 1 || best == Colour)
        {
            note = $"{name}: of the channels {all}, {Channels[equal[0]].Name} is read as depth; --depth-channel names another.";
        }

        return equal[0];
    }

    private const int Colour = 4, Unlikely = 5;

    private static int Rank(string channel)
    {
        string last = channel[(channel.LastIndexOf('.') + 1)..].ToUpperInvariant();
        return channel.Contains("depth", StringComparison.OrdinalIgnoreCase) ? 0 : last switch { "Z" => 1, "V" => 2, "Y" => 3, "R" => Colour, _ => Unlikely };
    }

    private static void Refuse(uint version, uint flag, string kind, string name)
    {
        if ((version & flag) != 0)
        {
            throw new InvalidDataException($"{name}: this is a {kind} EXR, but one flat part is needed.");
        }
    }

    // Single-part files have this attribute too since OpenEXR 2.
    private static void CheckPartType(Cursor value, int size, bool isTiled, string name)
    {
        string part = value.String(size), needed = isTiled ? "tiledimage" : "scanlineimage";
        if (part != needed)
        {
            throw new InvalidDataException($"{name}: the EXR's part is a {part}, but a {needed} is needed.");
        }
    }

    private static List<ExrChannel> ReadChannels(Cursor value)
    {
        var channels = new List<ExrChannel>();
        for (string channel = value.Text(); channel.Length > 0; channel = value.Text())
        {
            int type = value.Int32();
            value.Skip(4); // pLinear and three reserved bytes
            channels.Add(new ExrChannel(channel, (ExrType)type, value.Int32(), value.Int32()));
        }

        return channels;
    }

    private static void Check(List<ExrChannel> channels, string name)
    {
        if (channels.Count == 0)
        {
            throw new InvalidDataException($"{name}: the EXR has no channels.");
        }

        foreach (var channel in channels)
        {
            if (!Enum.IsDefined(channel.Type))
            {
                throw new InvalidDataException(
                    $"{name}: the EXR's channel {channel.Name} has the type {(int)channel.Type}, but EXR defines 0 to 2.");
            }

            if (channel.XSampling != 1 || channel.YSampling != 1)
            {
                throw new InvalidDataException(
                    $"{name}: the EXR's channel {channel.Name} is subsampled {channel.XSampling}×{channel.YSampling}, but 1×1 is needed.");
            }
        }
    }

    /// <summary>Reads on through a part of the file and never past it.</summary>
    private ref struct Cursor(ReadOnlySpan<byte> file, int at, string name)
    {
        private readonly ReadOnlySpan<byte> _file = file;

        public int At { get; private set; } = at;

        public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

        public byte Byte() => Take(1)[0];

        public void Skip(int count) => Take(count);

        public string String(int size) => Encoding.UTF8.GetString(Take(size));

        public Cursor Part(int size) => new(Take(size), 0, name);

        public ExrWindow Window() => new(Int32(), Int32(), Int32(), Int32());

        /// <summary>A string that a zero byte ends; names have at most 255 bytes.</summary>
        public string Text()
        {
            int length = _file[At..].IndexOf((byte)0);
            if (length is < 0 or > 255)
            {
                throw Damaged();
            }

            string text = Encoding.UTF8.GetString(Take(length));
            Skip(1);
            return text;
        }

        private ReadOnlySpan<byte> Take(int count)
        {
            if (count < 0 || count > _file.Length - At)
            {
                throw Damaged();
            }

            At += count;
            return _file.Slice(At - count, count);
        }

        private readonly InvalidDataException Damaged() => new($"{name}: the EXR header is damaged or ends early.");
    }
}

/// <summary>A channel of an EXR.</summary>
internal readonly record struct ExrChannel(string Name, ExrType Type, int XSampling, int YSampling)
{
    /// <summary>Bytes of a value.</summary>
    public int Size => Type == ExrType.Half ? 2 : 4;
}

/// <summary>EXR's pixel types.</summary>
internal enum ExrType
{
    UInt = 0,
    Half = 1,
    Float = 2,
}

/// <summary>EXR's box2i: both corners belong to it.</summary>
internal readonly record struct ExrWindow(int XMin, int YMin, int XMax, int YMax)
{
    public long Width => (long)XMax - XMin + 1;

    public long Height => (long)YMax - YMin + 1;
}
