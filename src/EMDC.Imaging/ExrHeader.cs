using System.Buffers.Binary;
using System.Text;

namespace EMDC.Imaging;

/// <summary>What an EXR's header tells about its one scanline part.</summary>
/// <param name="Channels">In file order, which is by name; a row holds them one after another.</param>
/// <param name="Compression">0 none, 1 RLE, 2 ZIPS, 3 ZIP.</param>
/// <param name="Data">The pixels that are stored.</param>
/// <param name="Display">The image that they are part of.</param>
/// <param name="End">Where the table of offsets begins.</param>
internal sealed record ExrHeader(List<ExrChannel> Channels, int Compression, ExrWindow Data, ExrWindow Display, int End)
{
    private static readonly string[] CompressionNames =
        ["none", "RLE", "ZIPS", "ZIP", "PIZ", "PXR24", "B44", "B44A", "DWAA", "DWAB", "HTJ2K256", "HTJ2K32"];

    /// <summary>Rows of a chunk.</summary>
    public int ChunkRows => Compression == 3 ? 16 : 1;

    /// <summary>Bytes of a row of all channels.</summary>
    public long RowBytes => Data.Width * Channels.Sum(channel => (long)channel.Size);

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
        Refuse(version, 0x200, "tiled", name);

        List<ExrChannel>? channels = null;
        int? compression = null;
        ExrWindow? data = null, display = null;
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
                case ("type", "string"):
                    CheckPartType(value, size, name);
                    break;
            }
        }

        if (channels is null || compression is null || data is null)
        {
            string missing = channels is null ? "channels" : compression is null ? "compression" : "dataWindow";
            throw new InvalidDataException($"{name}: the EXR header has no attribute {missing}.");
        }

        if (compression > 3)
        {
            string word = compression < CompressionNames.Length ? CompressionNames[compression.Value] : $"number {compression}";
            throw new InvalidDataException($"{name}: the EXR has the compression {word}, but ZIP, ZIPS, RLE or none is needed.");
        }

        Check(channels, name);
        Limits.CheckSize(name, data.Value.Width, data.Value.Height);
        display ??= data;
        Limits.CheckSize(name, display.Value.Width, display.Value.Height);
        return new ExrHeader(channels, compression.Value, data.Value, display.Value, cursor.At);
    }

    /// <summary>The channel that carries depth: Y (OpenCV's name), Z, R or the only one.</summary>
    public int DepthChannel(string name)
    {
        foreach (string candidate in (string[])["Y", "Z", "R"])
        {
            int found = Channels.FindIndex(channel => channel.Name == candidate);
            if (found >= 0)
            {
                return found;
            }
        }

        return Channels.Count == 1
            ? 0
            : throw new InvalidDataException(
                $"{name}: the EXR has the channels {string.Join(", ", Channels.Select(channel => channel.Name))}, but none of Y, Z and R.");
    }

    private static void Refuse(uint version, uint flag, string kind, string name)
    {
        if ((version & flag) != 0)
        {
            throw new InvalidDataException($"{name}: this is a {kind} EXR, but one part of scanlines is needed.");
        }
    }

    // Single-part files have this attribute too since OpenEXR 2.
    private static void CheckPartType(Cursor value, int size, string name)
    {
        string part = value.String(size);
        if (part != "scanlineimage")
        {
            throw new InvalidDataException($"{name}: the EXR's part is a {part}, but a scanlineimage is needed.");
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
