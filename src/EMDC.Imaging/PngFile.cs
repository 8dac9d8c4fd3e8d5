using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace EMDC.Imaging;

/// <summary>
/// PNG: all colour types, bit depths and Adam7 are read. Transparency and gamma are ignored: the network wants the stored samples.
/// </summary>
public static partial class PngFile
{
    internal static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>
    /// Decodes a colour frame. Grey is replicated, 1, 2 and 4 bits are stretched to 0…255, 16 bits are rounded to 8 (v / 257).
    /// </summary>
    /// <param name="file">The whole file.</param>
    /// <param name="name">The name that errors give the file.</param>
    /// <exception cref="InvalidDataException">The file is damaged or too large.</exception>
    public static RgbImage DecodeRgb(byte[] file, string name)
    {
        var header = Parse(file, name, out var palette, out var data);
        CheckData(header, data.Length, name);
        var pixels = new byte[3 * header.Width * header.Height];
        foreach (var row in Rows(header, data, name))
        {
            PutRgb(row, header, palette, pixels, name);
        }

        return new RgbImage(header.Width, header.Height, pixels);
    }

    /// <summary>Decodes 16-bit grey samples, the only PNG that carries depth.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="name">The name that errors give the file.</param>
    /// <exception cref="InvalidDataException">The file is damaged, too large or not 16-bit grey.</exception>
    public static Plane DecodeGrey16(byte[] file, string name)
    {
        var header = Parse(file, name, out _, out var data);
        if (header is not { BitDepth: 16, Colour: PngColour.Grey })
        {
            throw new InvalidDataException(
                $"{name}: depth needs a 16-bit grey PNG, but this one is {header.Words}, perhaps a colour frame or a picture of depth.");
        }

        CheckData(header, data.Length, name);
        var values = new float[header.Width * header.Height];
        foreach (var (pass, y, bytes) in Rows(header, data, name))
        {
            for (int i = 0, at = y * header.Width + pass.X; i < pass.Width; i++, at += pass.Dx)
            {
                values[at] = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(2 * i));
            }
        }

        return new Plane(header.Width, header.Height, values, IsInteger: true);
    }

    /// <summary>Walks the chunks; gives the palette (3 bytes an entry) and the IDAT chunks joined.</summary>
    private static PngHeader Parse(byte[] file, string name, out byte[] palette, out byte[] data)
    {
        if (!file.AsSpan().StartsWith(Signature))
        {
            throw new InvalidDataException($"{name}: this is not a PNG file.");
        }

        PngHeader? header = null;
        palette = [];
        var joined = new MemoryStream();
        for (int at = Signature.Length; ;)
        {
            if (file.Length - at < 12)
            {
                throw new InvalidDataException($"{name}: the file ends before its IEND chunk.");
            }

            uint length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
            var type = file.AsSpan(at + 4, 4);
            string typeName = Encoding.Latin1.GetString(type);
            if (length > file.Length - at - 12)
            {
                throw new InvalidDataException($"{name}: the file ends inside its {Printable(typeName)} chunk.");
            }

            var chunk = file.AsSpan(at + 8, (int)length);
            at += 12 + (int)length;
            bool isCritical = (type[0] & 0x20) == 0;
            if (isCritical && Crc32.HashToUInt32(file.AsSpan(at - chunk.Length - 8, chunk.Length + 4)) != BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at - 4)))
            {
                throw new InvalidDataException(
                    $"{name}: the checksum of its {Printable(typeName)} chunk does not fit, so the file is damaged.");
            }

            if (header is null)
            {
                header = typeName == "IHDR" && length == 13
                    ? ReadHeader(chunk, name)
                    : throw new InvalidDataException($"{name}: the PNG does not begin with its header.");
                continue;
            }

            switch (typeName)
            {
                case "PLTE":
                    palette = chunk.ToArray();
                    break;
                case "IDAT":
                    joined.Write(chunk);
                    break;
                case "IEND":
                    if (header.Value.Colour == PngColour.Palette && (palette.Length == 0 || palette.Length % 3 != 0))
                    {
                        throw new InvalidDataException($"{name}: the PNG has palette pixels, but no valid palette.");
                    }

                    data = joined.ToArray();
                    return header.Value;
                default:
                    if (isCritical)
                    {
                        throw new InvalidDataException($"{name}: the PNG needs its chunk {Printable(typeName)}, which is not known here.");
                    }

                    break;
            }
        }
    }

    private static PngHeader ReadHeader(ReadOnlySpan<byte> chunk, string name)
    {
        uint width = BinaryPrimitives.ReadUInt32BigEndian(chunk), height = BinaryPrimitives.ReadUInt32BigEndian(chunk[4..]);
        Limits.CheckSize(name, width, height);
        var header = new PngHeader((int)width, (int)height, chunk[8], (PngColour)chunk[9], chunk[12] == 1);
        if (!header.IsDefined)
        {
            throw new InvalidDataException($"{name}: PNG does not define colour type {chunk[9]} with {chunk[8]} bits.");
        }

        if (chunk[10] != 0 || chunk[11] != 0 || chunk[12] > 1)
        {
            throw new InvalidDataException(
                $"{name}: PNG does not define compression {chunk[10]} with filter {chunk[11]} and interlace {chunk[12]}.");
        }

        return header;
    }

    private static void CheckData(PngHeader header, int stored, string name)
    {
        long decoded = header.Passes().Sum(pass => (long)pass.Height * (1 + header.RowBytes(pass.Width)));
        Limits.CheckExpansion(name, header.Width, header.Height, decoded, stored);
    }

    /// <summary>The restored rows of all passes, each with its row in the image; the bytes are valid until the next row.</summary>
    private static IEnumerable<(PngPass Pass, int Y, byte[] Bytes)> Rows(PngHeader header, byte[] data, string name)
    {
        using var zlib = new ZLibStream(new MemoryStream(data, writable: false), CompressionMode.Decompress);
        int bytesPerPixel = Math.Max(1, header.BitsPerPixel / 8);
        foreach (var pass in header.Passes())
        {
            byte[] row = new byte[header.RowBytes(pass.Width)], above = new byte[row.Length], filter = new byte[1];
            for (int j = 0; j < pass.Height; j++)
            {
                if (!Inflate.TryFill(zlib, filter) || !Inflate.TryFill(zlib, row))
                {
                    throw new InvalidDataException($"{name}: the compressed image data are damaged or end early.");
                }

                if (filter[0] >= PngFilter.Count)
                {
                    throw new InvalidDataException($"{name}: a row has the filter {filter[0]}, but PNG defines 0 to 4.");
                }

                PngFilter.Restore(filter[0], row, above, bytesPerPixel);
                yield return (pass, pass.Y + j * pass.Dy, row);
                (row, above) = (above, row);
            }
        }
    }

    private static void PutRgb((PngPass Pass, int Y, byte[] Bytes) row, PngHeader header, byte[] palette, byte[] pixels, string name)
    {
        var (pass, y, bytes) = row;
        int at = 3 * (y * header.Width + pass.X), step = 3 * pass.Dx, channels = header.Channels;
        bool isColour = header.Colour is PngColour.Rgb or PngColour.Rgba;
        for (int i = 0; i < pass.Width; i++, at += step)
        {
            if (header.Colour == PngColour.Palette)
            {
                int entry = Bits(bytes, i, header.BitDepth);
                if (3 * entry >= palette.Length)
                {
                    throw new InvalidDataException(
                        $"{name}: a pixel takes colour {entry} of a palette that has {palette.Length / 3}.");
                }

                palette.AsSpan(3 * entry, 3).CopyTo(pixels.AsSpan(at));
                continue;
            }

            for (int c = 0; c < 3; c++)
            {
                pixels[at + c] = Sample(bytes, i * channels + (isColour ? c : 0), header.BitDepth);
            }
        }
    }

    /// <summary>Sample <paramref name="i"/> of a row, stretched or rounded to 8 bits.</summary>
    private static byte Sample(byte[] row, int i, int bitDepth) => bitDepth switch
    {
        8 => row[i],
        16 => To8(BinaryPrimitives.ReadUInt16BigEndian(row.AsSpan(2 * i))),
        _ => (byte)(Bits(row, i, bitDepth) * 255 / ((1 << bitDepth) - 1)),
    };

    /// <summary>Round(v / 257): 0…65535 to 0…255.</summary>
    private static byte To8(int v) => (byte)((v + 128) / 257);

    /// <summary>Sample <paramref name="i"/> of 1, 2, 4 or 8 bits; the leftmost one lies in a byte's highest bits.</summary>
    private static int Bits(byte[] row, int i, int bitDepth)
    {
        int bit = i * bitDepth;
        return (row[bit >> 3] >> (8 - bitDepth - (bit & 7))) & ((1 << bitDepth) - 1);
    }

    // A damaged type may hold anything, a line feed too.
    private static string Printable(string type) => type.All(char.IsAsciiLetter) ? type : "next";
}
