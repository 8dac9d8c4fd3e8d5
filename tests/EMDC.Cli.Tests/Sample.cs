using System.Buffers.Binary;
using System.IO.Compression;
using EMDC.Imaging;

namespace EMDC.Cli.Tests;

/// <summary>A small frame and its files.</summary>
internal static class Sample
{
    public const int Height = 32, Width = 40;

    public static SyntheticFrame Frame { get; } = new(Height, Width);

    public static int Spots => Frame.Sparse.Count(metres => metres > 0);

    /// <summary>The shipped weights.</summary>
    public static string Weights => WeightsLocator.Find();

    /// <summary>Writes <c>NAME.png</c> and <c>NAME.exr</c>.</summary>
    public static (string Rgb, string Depth) Write(TempFolder folder, string name = "frame")
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder[name])!);
        RgbFile.Write(folder[name + ".png"], new RgbImage(Width, Height, Frame.Rgb));
        DepthFile.Write(folder[name + ".exr"], Frame.Sparse, Width, Height);
        return (folder[name + ".png"], folder[name + ".exr"]);
    }

    /// <summary>The engine's own result.</summary>
    public static float[] Complete(ReadOnlySpan<float> sparse, EmdcOptions? options = null)
    {
        using var engine = Emdc.Load(Weights, options);
        var dense = new float[Height * Width];
        engine.Complete(Frame.Rgb, sparse, dense, Height, Width);
        return dense;
    }

    /// <summary>A PNG of any 8-bit kind.</summary>
    public static byte[] Png(int height, int width, byte colourType, byte[] pixels)
    {
        var png = new MemoryStream();
        png.Write([0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, colourType);
        Chunk("IHDR"u8, header);
        var data = new MemoryStream();
        using (var zlib = new ZLibStream(data, CompressionLevel.Fastest, leaveOpen: true))
        {
            int row = pixels.Length / height;
            for (int y = 0; y < height; y++)
            {
                zlib.WriteByte(0);
                zlib.Write(pixels, y * row, row);
            }
        }

        Chunk("IDAT"u8, data.ToArray());
        Chunk("IEND"u8, []);
        return png.ToArray();

        void Chunk(ReadOnlySpan<byte> type, byte[] content)
        {
            Span<byte> number = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
            png.Write(number);
            png.Write(type);
            png.Write(content);
            BinaryPrimitives.WriteUInt32BigEndian(number, Crc([.. type, .. content]));
            png.Write(number);
        }
    }

    private static uint Crc(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
            }
        }

        return ~crc;
    }
}
