using System.Buffers.Binary;

namespace EMDC.Imaging.Tests;

/// <summary>Depth in TIFF files: what OpenCV and Pillow (libtiff) wrote, and tiles and the other byte order by hand.</summary>
public sealed class TiffFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("float_none.tiff")]
    [InlineData("float_packbits.tiff")]
    [InlineData("float_lzw_1.tiff")]
    [InlineData("float_lzw_2.tiff")]
    [InlineData("float_lzw_3.tiff")]
    [InlineData("float_deflate_3.tiff")]
    public void Floats_are_read(string file)
    {
        DepthMap map = DepthFile.Read(Fixture.Path(file));
        Assert.Equal((37, 29), (map.Height, map.Width));
        Assert.Equal(Pictures.Depth(37, 29), map.Metres);
        Assert.False(map.UsedDefaultScale);
    }

    [Fact]
    public void Integers_are_read_as_integers()
    {
        DepthMap map = DepthFile.Read(Fixture.Path("u16_lzw.tiff"), new() { Scale = 1, MaxDepth = 70_000 });
        Assert.Equal(Pictures.Count(37, 29), map.Metres);
        Assert.True(DepthFile.Read(Fixture.Path("u16_lzw.tiff")).UsedDefaultScale);
    }

    /// <summary>Long enough for codes of 12 bits and a full table.</summary>
    [Fact]
    public void Long_Lzw_is_read() =>
        Assert.Equal(
            Pictures.Fill(64, 90, (y, x) => (y * 90L + x) * 2654435 % 16777213),
            TiffFile.Decode(Fixture.Bytes("float_lzw_long.tiff"), "f").Values);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Tiles_and_both_byte_orders_are_read(bool isLittleEndian)
    {
        float[] depth = Pictures.Depth(20, 25);
        string path = _folder.Put("t.tif", Tiled(depth, 20, 25, isLittleEndian));
        Assert.Equal(depth, DepthFile.Read(path).Metres);
    }

    [Fact]
    public void Others_are_refused_by_name()
    {
        byte[] tiled = Tiled(Pictures.Depth(20, 25), 20, 25, isLittleEndian: true);
        // The entry of the bits a sample, and of the compression.
        Refused(8 + 2 + 12 * 2, 24, "f: the TIFF has 1 samples a pixel of 24 bits (float), but depth needs one: float of 32 or 64 bits, or an integer of 8, 16 or 32.");
        Refused(8 + 2 + 12 * 3, 7, "f: the TIFF has the compression 7 with predictor 1, but 1, 5 (LZW), 8 (Deflate) or 32773 (PackBits) with 1 to 3 is needed.");
        Refused(8 + 2 + 12 * 4, 17, "f: the TIFF names 4 parts, but its size needs 2.");

        void Refused(int entry, byte value, string sentence)
        {
            byte[] file = [.. tiled];
            file[entry + 8] = value;
            if (value == 17)
            {
                file[entry + 8] = 32;
            }

            Assert.Equal(sentence, Assert.Throws<InvalidDataException>(() => TiffFile.Decode(file, "f")).Message);
        }
    }

    /// <summary>Tiles of 16×16 floats, uncompressed.</summary>
    private static byte[] Tiled(float[] depth, int height, int width, bool isLittleEndian)
    {
        const int side = 16;
        int columns = (width + side - 1) / side, count = columns * ((height + side - 1) / side);
        (int Tag, int Value)[] tags =
        [
            (256, width), (257, height), (258, 32), (259, 1), (322, side), (323, side), (324, -1), (325, -2), (339, 3),
        ];
        int tables = 8 + 2 + 12 * tags.Length + 4, data = tables + 8 * count;
        var file = new byte[data + count * side * side * 4];
        (isLittleEndian ? "II"u8 : "MM"u8).CopyTo(file);
        Put16(2, 42);
        Put32(4, 8);
        Put16(8, tags.Length);
        for (int i = 0; i < tags.Length; i++)
        {
            int at = 10 + 12 * i, value = tags[i].Value;
            Put16(at, tags[i].Tag);
            Put16(at + 2, 4);
            Put32(at + 4, value < 0 ? count : 1);
            Put32(at + 8, value == -1 ? tables : value == -2 ? tables + 4 * count : value);
        }

        for (int tile = 0; tile < count; tile++)
        {
            int start = data + tile * side * side * 4;
            Put32(tables + 4 * tile, start);
            Put32(tables + 4 * (count + tile), side * side * 4);
            for (int i = 0; i < side * side; i++)
            {
                int y = tile / columns * side + i / side, x = tile % columns * side + i % side;
                Put32(start + 4 * i, BitConverter.SingleToInt32Bits(y < height && x < width ? depth[y * width + x] : -1));
            }
        }

        return file;

        void Put16(int at, int value)
        {
            if (isLittleEndian)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), (ushort)value);
            }
            else
            {
                BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(at), (ushort)value);
            }
        }

        void Put32(int at, int value)
        {
            if (isLittleEndian)
            {
                BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);
            }
            else
            {
                BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(at), value);
            }
        }
    }
}
