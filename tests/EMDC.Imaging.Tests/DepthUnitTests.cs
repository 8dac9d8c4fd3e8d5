namespace EMDC.Imaging.Tests;

/// <summary>Files in the wrong unit are asked about, with the option that makes all of them plausible; obeying it ends the question.</summary>
public sealed class DepthUnitTests : IDisposable
{
    private const int Height = 48, Width = 64;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>A room: a wall from 1.2 m to 4.2 m, a box before it, and what was not measured.</summary>
    private static float[] Room => Pictures.Fill(Height, Width, (y, x) => (x + y) % 7 == 0 ? 0 : y is > 20 and < 40 && x is > 10 and < 30 ? 0.9f + y / 500f : 1.2f + x * 3f / Width);

    private static int[] Millimetres => [.. Room.Select(metres => (int)MathF.Round(1000 * metres))];

    [Fact]
    public void Centimetres_as_floats()
    {
        string path = Npy([.. Room.Select(metres => 100.03f * metres)]);
        AssertAsked(path, new(), "the median depth is 2", "--depth-scale 0.01 makes it 0.942–4.15 m.", new() { Scale = 0.01f }, 1.0003f);
    }

    [Fact]
    public void Millimetres_as_floats()
    {
        string path = Npy([.. Room.Select(metres => metres > 0 ? 1000 * metres + 0.25f : 0)]);
        AssertAsked(path, new(), "the median depth is 2", "--depth-scale 0.001 makes it 0.942–4.15 m.", new() { Scale = 0.001f }, 1);
    }

    [Fact]
    public void Background_is_no_wrong_scale()
    {
        float[] room = Room, rendered = [.. room.Select((metres, i) => i % 5 < 3 ? 1e10f : metres)];
        DepthMap map = DepthFile.Read(Npy(rendered));
        Assert.Equal([.. room.Select((metres, i) => i % 5 < 3 ? 0 : metres)], map.Metres);
        Assert.Equal([$"{_folder["d.npy"]}: {rendered.Count(v => v == 1e10f)} pixels hold a number that renderers write for the background, and count as not measured."], map.Notes);
    }

    [Fact]
    public void Suns_rotated_bits()
    {
        // Farther than the room, so that much of it lies beyond 20 m when it is read as it is.
        string path = Png(v => (v + 1500) << 3 | (v + 1500) >> 13, keepZero: true);
        Assert.Contains(": 88 % of the depths lie beyond 20 m and are dropped (--max-depth); is the scale right? --depth-format sun makes it 2.44–5.65 m.", Assert.Single(DepthFile.Read(path, new() { Scale = 0.001f }).Notes));
        AssertMillimetres(v => v + 1500, DepthFile.Read(path, new() { Format = DepthFormat.Sun }));
    }

    [Fact]
    public void Swapped_bytes_of_a_png()
    {
        string path = Png(v => (v & 0xFF) << 8 | v >> 8, keepZero: true);
        Assert.Contains("is the scale right? --depth-byte-order little makes it 0.942–4.15 m.", Assert.Single(DepthFile.Read(path).Notes));
        AssertMillimetres(v => v, DepthFile.Read(path, new() { ByteOrder = ByteOrder.Little }));
    }

    [Fact]
    public void Swapped_bytes_of_a_pgm()
    {
        byte[] body = [.. Millimetres.SelectMany(v => new[] { (byte)v, (byte)(v >> 8) })];
        string path = Write("d.pgm", [.. System.Text.Encoding.ASCII.GetBytes($"P5 {Width} {Height} 65535\n"), .. body]);
        Assert.Contains("--depth-byte-order little makes it", Assert.Single(DepthFile.Read(path).Notes));
        AssertMillimetres(v => v, DepthFile.Read(path, new() { ByteOrder = ByteOrder.Little }));
    }

    [Fact]
    public void ARCores_confidence_above_13_bits()
    {
        int pixel = 0;
        string path = Png(v => v | (pixel++ * 5 % 8) << 13, keepZero: true);
        Assert.Contains("--depth-format arcore makes it", Assert.Single(DepthFile.Read(path).Notes));
        pixel = 0;

        // A confidence of 1 means none.
        AssertMillimetres(v => pixel++ * 5 % 8 == 1 ? 0 : v, DepthFile.Read(path, new() { Format = DepthFormat.ARCore }), keepZero: true);
    }

    [Fact]
    public void Tens_of_metres_have_no_other_unit()
    {
        string path = Npy([.. Room.Select(metres => 15.37f * metres)]);
        string note = Assert.Single(DepthFile.Read(path).Notes);
        Assert.EndsWith(" % of the depths lie beyond 20 m and are dropped (--max-depth); is the scale right? No usual unit makes all of it plausible, --depth-scale names another.", note);
        Assert.Empty(DepthFile.Read(path, new() { MaxDepth = 80 }).Notes);
    }

    [Fact]
    public void A_few_far_depths_raise_no_question()
    {
        string path = Npy([.. Room.Select((metres, i) => i % 20 == 0 ? 50 : metres)]);
        Assert.Empty(DepthFile.Read(path).Notes);
        Assert.Empty(DepthFile.Read(Png(v => v, keepZero: true)).Notes);
    }

    [Theory]
    [InlineData(ByteOrder.Little)]
    [InlineData(ByteOrder.Big)]
    public void Raw_integers_are_told_by_their_length(ByteOrder order)
    {
        byte[] raw = [.. Millimetres.SelectMany(v => order == ByteOrder.Little ? new[] { (byte)v, (byte)(v >> 8) } : [(byte)(v >> 8), (byte)v])];
        DepthMap map = DepthFile.Read(Write("d.raw", raw), new() { Size = (Height, Width), ByteOrder = order });
        AssertMillimetres(v => v, map);
        Assert.True(map.UsedDefaultScale);
        Assert.Equal(
            $"{_folder["d.raw"]}: 48×64 numbers of type f4 need 12288 bytes, but the file has 6144.",
            Assert.Throws<InvalidDataException>(() => DepthFile.Read(_folder["d.raw"], new() { Size = (Height, Width), Type = "f4" })).Message);
    }

    [Fact]
    public void Files_that_tell_their_byte_order_take_no_other()
    {
        string path = Npy(Room);
        Assert.Equal(
            $"{path}: this file tells itself what it holds, but a byte order is for raw files, PNG and PGM.",
            Assert.Throws<InvalidDataException>(() => DepthFile.Read(path, new() { ByteOrder = ByteOrder.Little })).Message);
    }

    private void AssertAsked(string path, DepthReadOptions wrong, string seen, string better, DepthReadOptions right, float factor)
    {
        string note = Assert.Single(DepthFile.Read(path, wrong).Notes);
        Assert.StartsWith($"{path}: {seen}", note);
        Assert.EndsWith($" m; is the scale right? {better}", note);
        DepthMap map = DepthFile.Read(path, right);
        Assert.Empty(map.Notes);
        Assert.All(Room.Zip(map.Metres), pair => Assert.Equal(pair.First * factor, pair.Second, 1e-3));
    }

    private static void AssertMillimetres(Func<int, int> expected, DepthMap map, bool keepZero = false)
    {
        Assert.DoesNotContain(map.Notes, note => note.Contains("scale"));
        Assert.Equal([.. Millimetres.Select(v => v == 0 && !keepZero ? 0f : (v == 0 ? 0 * expected(v) : expected(v)) * 0.001f)], map.Metres);
    }

    private string Npy(float[] values)
    {
        DepthFile.Write(_folder["d.npy"], values, Width, Height);
        return _folder["d.npy"];
    }

    /// <summary>A PNG of the room's millimetres with changed bits.</summary>
    private string Png(Func<int, int> bits, bool keepZero)
    {
        float[] stored = [.. Millimetres.Select(v => v == 0 && keepZero ? 0 * bits(v) : (float)(bits(v) & 0xFFFF))];
        DepthFile.Write(_folder["d.png"], stored, Width, Height, scale: 1);
        return _folder["d.png"];
    }

    private string Write(string name, byte[] content)
    {
        File.WriteAllBytes(_folder[name], content);
        return _folder[name];
    }
}
