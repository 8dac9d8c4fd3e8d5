using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace EMDC.Imaging;

public static partial class ExrFile
{
    private const int ZipRows = 16;

    /// <summary>Writes one float channel Y with ZIP compression, as OpenCV does. <paramref name="stream"/> must be seekable.</summary>
    internal static void Write(Stream stream, ReadOnlySpan<float> values, int width, int height)
    {
        WriteHeader(stream, width, height);
        long table = stream.Position;
        var offsets = new byte[8 * ((height + ZipRows - 1) / ZipRows)];
        stream.Write(offsets);

        var raw = new byte[4 * width * Math.Min(ZipRows, height)];
        var planes = new byte[raw.Length];
        for (int y = 0; y < height; y += ZipRows)
        {
            BinaryPrimitives.WriteInt64LittleEndian(offsets.AsSpan(8 * (y / ZipRows)), stream.Position);
            var rows = values.Slice(y * width, width * Math.Min(ZipRows, height - y));
            WriteChunk(stream, y, rows, raw, planes);
        }

        stream.Position = table;
        stream.Write(offsets);
        stream.Seek(0, SeekOrigin.End);
    }

    private static void WriteHeader(Stream stream, int width, int height)
    {
        using var writer = new BinaryWriter(stream, Encoding.ASCII, leaveOpen: true);
        writer.Write(Magic);
        writer.Write(2); // version 2, no flags

        Attribute("channels", "chlist", 2 + 16 + 1);
        writer.Write("Y\0"u8);
        writer.Write((int)ExrType.Float);
        writer.Write(0); // pLinear and three reserved bytes
        writer.Write(1); // sampling in x and y
        writer.Write(1);
        writer.Write((byte)0);

        Attribute("compression", "compression", 1);
        writer.Write((byte)3);
        foreach (string window in (string[])["dataWindow", "displayWindow"])
        {
            Attribute(window, "box2i", 16);
            writer.Write(0);
            writer.Write(0);
            writer.Write(width - 1);
            writer.Write(height - 1);
        }

        Attribute("lineOrder", "lineOrder", 1);
        writer.Write((byte)0); // from the top
        Attribute("pixelAspectRatio", "float", 4);
        writer.Write(1f);
        Attribute("screenWindowCenter", "v2f", 8);
        writer.Write(0f);
        writer.Write(0f);
        Attribute("screenWindowWidth", "float", 4);
        writer.Write(1f);
        writer.Write((byte)0);

        void Attribute(string attribute, string type, int size)
        {
            writer.Write(Encoding.ASCII.GetBytes($"{attribute}\0{type}\0"));
            writer.Write(size);
        }
    }

    private static void WriteChunk(Stream stream, int y, ReadOnlySpan<float> rows, byte[] raw, byte[] planes)
    {
        int count = 4 * rows.Length;
        for (int i = 0; i < rows.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(raw.AsSpan(4 * i), rows[i]);
        }

        Split(raw.AsSpan(0, count), planes);
        Predict(planes.AsSpan(0, count));
        var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(planes, 0, count);
        }

        // A reader takes a chunk of full size for an uncompressed one.
        var content = packed.Length < count ? packed.GetBuffer().AsSpan(0, (int)packed.Length) : raw.AsSpan(0, count);
        Span<byte> head = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(head, y);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], content.Length);
        stream.Write(head);
        stream.Write(content);
    }

    /// <summary>The inverse of <see cref="Interleave"/>.</summary>
    private static void Split(ReadOnlySpan<byte> bytes, Span<byte> planes)
    {
        int half = (bytes.Length + 1) / 2;
        for (int i = 0; i < bytes.Length; i++)
        {
            planes[(i >> 1) + ((i & 1) == 0 ? 0 : half)] = bytes[i];
        }
    }

    /// <summary>The inverse of <see cref="UndoPrediction"/>: from the end, because every byte needs its unchanged neighbour.</summary>
    private static void Predict(Span<byte> t)
    {
        for (int i = t.Length - 1; i > 0; i--)
        {
            t[i] = (byte)(t[i] - t[i - 1] + 128);
        }
    }
}
