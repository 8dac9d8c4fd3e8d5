using System.Buffers.Binary;
using System.Text;

namespace EMDC.Imaging.Tests;

/// <summary>EXR files as renderers write them: many channels, tiles, PIZ.</summary>
public sealed class ExrChannelsTests
{
    private const int Float = 2, Half = 1;

    private static readonly float[] Depth = Pictures.Depth(5, 7);

    [Theory]
    [InlineData("Depth.V", null, "A B Depth.V G R")]
    [InlineData("Z", null, "A B G R Z")]
    [InlineData("ViewLayer.Depth.Z", null, "Composite.Combined.A Composite.Combined.R ViewLayer.Depth.Z")]
    [InlineData("V", null, "B G R V")]
    [InlineData("Z", "f.exr: of the channels Y, Z, Z is read as depth; --depth-channel names another.", "Y Z")]
    [InlineData("R", "f.exr: of the channels B, G, R, R is read as depth; --depth-channel names another.", "B G R")]
    public void Depth_wins_over_colours(string depth, string? note, string channels)
    {
        Plane plane = ExrFile.Decode(Write(channels.Split(' '), depth), "f.exr");
        Assert.Equal(Depth, plane.Values);
        Assert.Equal(note, plane.Note);
    }

    [Fact]
    public void A_channel_can_be_named()
    {
        Assert.Equal(Depth, ExrFile.Decode(Write(["Y", "Z"], "Y"), "f.exr", "Y").Values);
        Assert.Equal("f.exr: the EXR has no channel X, but Y, Z.", Refusal(() => ExrFile.Decode(Write(["Y", "Z"], "Y"), "f.exr", "X")));
    }

    [Fact]
    public void Of_two_depths_none_is_taken() =>
        Assert.Equal(
            "f.exr: the EXR has the channels Left.Depth.Z, R, Right.Depth.Z, but Left.Depth.Z and Right.Depth.Z could be depth; --depth-channel names it.",
            Refusal(() => ExrFile.Decode(Write(["Left.Depth.Z", "R", "Right.Depth.Z"], "R"), "f.exr")));

    [Theory]
    [InlineData(4, 2)]
    [InlineData(7, 5)]
    [InlineData(64, 64)]
    public void Tiles_are_put_together(int width, int height)
    {
        Plane plane = ExrFile.Decode(Write(["R", "Z"], "Z", (width, height)), "f.exr");
        Assert.Equal((5, 7), (plane.Height, plane.Width));
        Assert.Equal(Depth, plane.Values);
    }

    [Fact]
    public void A_tile_that_is_not_there_is_refused()
    {
        byte[] file = Write(["Z"], "Z", (4, 2));
        // The first chunk begins with its column.
        int first = (int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(TableAt(file)));
        file[first] = 9;
        Assert.Equal("f.exr: a chunk of the EXR claims tile 9,0, which is not its own.", Refusal(() => ExrFile.Decode(file, "f.exr")));
    }

    /// <summary>Words below and above 2¹⁴ different ones have wavelets of their own; OpenCV wrote both, and the same uncompressed.</summary>
    [Theory]
    [InlineData("piz_short.exr", 45, 70)]
    [InlineData("piz_long.exr", 32, 700)]
    public void Piz_is_read(string file, int height, int width)
    {
        Plane plane = ExrFile.Decode(Fixture.Bytes(file), file);
        Assert.Equal((height, width), (plane.Height, plane.Width));
        Assert.Equal(
            file == "piz_short.exr" ? Pictures.Depth(height, width) : Pictures.Fill(height, width, (y, x) => (y * 700L + x) * 2654435 % 16777213),
            plane.Values);
    }

    private static string Refusal(Action action) => Assert.Throws<InvalidDataException>(action).Message;

    private static int TableAt(byte[] file) => file.AsSpan().IndexOf("screenWindowWidth\0float\0"u8) + 24 + 8 + 1;

    /// <summary>An EXR after its specification, uncompressed: the depth in one channel, 9 in the others, as halves.</summary>
    private static byte[] Write(string[] channels, string depth, (int Width, int Height)? tile = null)
    {
        const int width = 7, height = 5;
        var head = new MemoryStream();
        void Attribute(string name, string type, byte[] value) => head.Write([.. Encoding.ASCII.GetBytes($"{name}\0{type}\0"), .. Int(value.Length), .. value]);
        head.Write([.. Int(20000630), .. Int(tile is null ? 2 : 2 | 0x200)]);
        Attribute("channels", "chlist", [.. channels.SelectMany(name => (byte[])[.. Encoding.ASCII.GetBytes(name + "\0"), .. Int(name == depth ? Float : Half), 0, 0, 0, 0, .. Int(1), .. Int(1)]), 0]);
        Attribute("compression", "compression", [0]);
        Attribute("dataWindow", "box2i", [.. Int(0), .. Int(0), .. Int(width - 1), .. Int(height - 1)]);
        Attribute("displayWindow", "box2i", [.. Int(0), .. Int(0), .. Int(width - 1), .. Int(height - 1)]);
        Attribute("lineOrder", "lineOrder", [0]);
        if (tile is var (tileWidth, tileHeight))
        {
            Attribute("tiles", "tiledesc", [.. Int(tileWidth), .. Int(tileHeight), 0]);
            Attribute("type", "string", Encoding.ASCII.GetBytes("tiledimage"));
        }

        Attribute("screenWindowWidth", "float", BitConverter.GetBytes(1f));
        head.WriteByte(0);

        (int w, int h) = tile ?? (width, 1);
        var chunks = new List<byte[]>();
        for (int top = 0; top < height; top += h)
        {
            for (int left = 0; left < width; left += w)
            {
                var body = new MemoryStream();
                for (int y = top; y < Math.Min(height, top + h); y++)
                {
                    foreach (string name in channels)
                    {
                        for (int x = left; x < Math.Min(width, left + w); x++)
                        {
                            body.Write(name == depth ? BitConverter.GetBytes(Depth[y * width + x]) : BitConverter.GetBytes((System.Half)9));
                        }
                    }
                }

                byte[] place = tile is null ? Int(top) : [.. Int(left / w), .. Int(top / h), .. Int(0), .. Int(0)];
                chunks.Add([.. place, .. Int((int)body.Length), .. body.ToArray()]);
            }
        }

        long at = head.Length + 8 * chunks.Count;
        foreach (byte[] chunk in chunks)
        {
            head.Write(BitConverter.GetBytes(at));
            at += chunk.Length;
        }

        chunks.ForEach(chunk => head.Write(chunk));
        return head.ToArray();
    }

    private static byte[] Int(int value) => BitConverter.GetBytes(value);
}
