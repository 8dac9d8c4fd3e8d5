using System.Buffers.Binary;
using System.Text;
using EMDC.Weights;
using FsCheck.Xunit;

namespace EMDC.Tests.Weights;

public sealed class SafetensorsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static SafetensorsTensor[] Tensors =>
    [
        SafetensorsTensor.From("b", [3], [1, -2, 0.5f], DType.F16),
        SafetensorsTensor.From("z/ä\"", [2, 1], [3, 4]),
        SafetensorsTensor.From("a", [], [0.1f]),
        SafetensorsTensor.From("empty", [0, 7], []),
        new("count", DType.I64, [1], BitConverter.GetBytes(12L)),
    ];

    [Fact]
    public void Reads_what_it_writes()
    {
        string path = _folder["x.safetensors"];
        SafetensorsWriter.Write(path, Tensors, new Dictionary<string, string> { ["tool"] = "test \"1\"", ["source"] = "ä.pth" });
        var file = SafetensorsFile.Read(path);
        Assert.Equal(["count", "a", "empty", "z/ä\"", "b"], file.Tensors.Select(t => t.Name));
        Assert.Equal("test \"1\"", file.Metadata["tool"]);
        Assert.Equal("ä.pth", file.Metadata["source"]);
        foreach (var expected in Tensors)
        {
            Assert.True(file.TryGet(expected.Name, out var actual));
            Assert.Equal(expected.DType, actual.DType);
            Assert.Equal(expected.Shape, actual.Shape);
            Assert.Equal(expected.Data.ToArray(), actual.Data.ToArray());
        }

        Assert.False(file.TryGet("c", out _));
        Assert.Equal([path], Directory.GetFiles(_folder.Root));
    }

    [Fact]
    public void Writes_the_bytes_of_the_format()
    {
        var stream = new MemoryStream();
        SafetensorsWriter.Write(
            stream, [SafetensorsTensor.From("w", [2], [1, 2], DType.F16)], new Dictionary<string, string> { ["k"] = "v" });
        const string Header = "{\"__metadata__\":{\"k\":\"v\"},\"w\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]}}";
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, 80);
        Assert.Equal([.. length, .. Encoding.UTF8.GetBytes(Header.PadRight(80)), 0x00, 0x3C, 0x00, 0x40], stream.ToArray());
    }

    [Fact]
    public void Writes_the_same_bytes_whatever_the_order()
    {
        Assert.Equal(Bytes(Tensors), Bytes([.. Tensors.Reverse()]));
        var error = Assert.Throws<ArgumentException>(() => Bytes([Tensors[0], Tensors[0]]));
        Assert.Equal("Two tensors are named 'b'.", error.Message);
    }

    [Fact]
    public void Data_must_fill_the_shape_and_be_of_a_floating_point_type_to_become_values()
    {
        var error = Assert.Throws<ArgumentException>(() => new SafetensorsTensor("w", DType.F32, [2, 3], new byte[4]));
        Assert.Equal("w: 4 bytes do not hold 2×3 elements of F32.", error.Message);
        Assert.Throws<ArgumentException>(() => new SafetensorsTensor("w", DType.F32, [-1, -1], new byte[4]));
        Assert.Throws<ArgumentException>(() => new SafetensorsTensor("w", DType.F32, [1 << 30, 1 << 30, 16], default));
        Assert.Equal(
            "count: the type is I64, but F16, BF16, F32 or F64 is needed.",
            Assert.Throws<EmdcException>(() => Tensors[4].ToFloat32()).Message);
    }

    public static TheoryData<string, string> Headers => new()
    {
        { "", NoJson },
        { "{", NoJson },
        { "{}x", NoJson },
        { "{\"w\":", NoJson },
        { "{\"\\ud800\":{}}", NoJson },
        { "[]", "the header: found StartArray where StartObject is needed." },
        { "{\"w\":1}", "tensor 'w': found Number where StartObject is needed." },
        { "{\"__metadata__\":{\"k\":1}}", "__metadata__ 'k': found Number where String is needed." },
        { "{\"w\":{}}", "tensor 'w' needs dtype, shape and two data_offsets." },
        { "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", "tensor 'w' needs dtype, shape and two data_offsets." },
        { Entry("F8_E4M3", "[1]", "[0,4]"), "tensor 'w' has the type 'F8_E4M3', but F16, BF16, F32 or F64 is needed." },
        { Entry("2", "[1]", "[0,4]"), "tensor 'w' has the type '2', but F16, BF16, F32 or F64 is needed." },
        { Entry("F32", "[-1]", "[0,4]"), "tensor 'w', shape: a whole number from 0 on is needed." },
        { Entry("F32", "[0.5]", "[0,4]"), "tensor 'w', shape: a whole number from 0 on is needed." },
        { Entry("F32", "[[1]]", "[0,4]"), "tensor 'w', shape: a whole number from 0 on is needed." },
        { Entry("F32", "[1e99]", "[0,4]"), "tensor 'w', shape: a whole number from 0 on is needed." },
        { Entry("F32", "[4294967297]", "[0,4]"), "tensor 'w' has the size 4294967297, which is too large." },
        { Entry("F32", "[1,1,1,1,1,1,1,1,1]", "[0,4]"), "tensor 'w', shape: more than 8 numbers." },
        { Entry("F32", "[1]", "[0,4,8]"), "tensor 'w', data_offsets: more than 2 numbers." },
        { Entry("F32", "[1]", "[0,4],\"x\":1"), "tensor 'w' has the field 'x', but only dtype, shape and data_offsets are known." },
        { Entry("F32", "[2]", "[0,4]"), "tensor 'w' has 4 bytes, which do not hold 2 elements of F32." },
        {
            Entry("F32", "[2147483647,2147483647,4,2147483647]", "[0,4]"),
            "tensor 'w' has 4 bytes, which do not hold 2147483647×2147483647×4×2147483647 elements of F32."
        },
        { Entry("F32", "[2]", "[0,8]"), "tensor 'w' lies at bytes 0 to 8, but the data has 4." },
        { Entry("F32", "[0]", "[0,0]"), "the tensors end at byte 0 of the data, but it has 4." },
        { Entry("F16", "[1]", "[2,4]"), "tensor 'w' begins at byte 2 of the data, but the one before ends at 0." },
        { Entry("F16", "[1]", "[0,4],\"dtype\":\"F32\"},\"w\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[4,4]"), "tensor 'w' is there twice." },
        {
            Entry("F32", "[1]", "[0,4]},\"v\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[2,4]"),
            "tensor 'v' begins at byte 2 of the data, but the one before ends at 4."
        },
        {
            Entry("F32", "[1]", "[0,4]},\"v\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[4,2]"),
            "tensor 'v' lies at bytes 4 to 2, but the data has 4."
        },
        {
            Entry("F32", "[1]", "[0,4]},\"" + new string('x', 70) + "\\u001b\":{\"dtype\":\"?\",\"shape\":[1],\"data_offsets\":[4,2]"),
            "tensor '" + new string('x', 59) + "…' has the type '?', but F16, BF16, F32 or F64 is needed."
        },
    };

    private const string NoJson = "the header is not JSON in UTF-8, so this is no safetensors file or a damaged one.";

    [Theory, MemberData(nameof(Headers))]
    public void A_header_that_does_not_serve_is_refused_in_one_sentence(string header, string sentence)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        Refused([.. length, .. text, 0, 0, 0x80, 0x3F], sentence);
    }

    [Fact]
    public void A_length_that_lies_is_refused()
    {
        Refused([], "the file has 0 bytes, but a safetensors file begins with 8 that give the header's length.");
        Refused([1, 2, 3], "the file has 3 bytes, but a safetensors file begins with 8 that give the header's length.");
        Refused([9, 0, 0, 0, 0, 0, 0, 0, 1], "the header claims 9 bytes, but only 1 follow its length.");
        Refused(
            [0, 0, 0, 0, 0, 0, 0, 0x80],
            "the header claims 9223372036854775808 bytes, but at most 100000000 are read; this is no safetensors file.");
    }

    [Fact]
    public void Too_many_tensors_are_refused()
    {
        string entry = "\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}";
        byte[] text = Encoding.UTF8.GetBytes($"{{{string.Join(',', Enumerable.Range(0, 65_537).Select(i => $"\"{i}{entry}"))}}}");
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        Refused([.. length, .. text], "the header lists more than 65536 tensors.");
    }

    [Fact]
    public void Files_that_cannot_be_read_or_written_are_named()
    {
        string absent = _folder["none/x.safetensors"];
        Assert.Equal($"{absent}: there is no such file.", Assert.Throws<EmdcException>(() => SafetensorsFile.Read(absent)).Message);
        Assert.Equal(
            $"{absent}: the folder {_folder["none"]} does not exist.", Assert.Throws<EmdcException>(() => SafetensorsWriter.Write(absent, Tensors)).Message);
        Assert.StartsWith(
            $"{_folder.Root}: the file cannot be read: ", Assert.Throws<EmdcException>(() => SafetensorsFile.Read(_folder.Root)).Message);
        Assert.Equal(
            $"{_folder.Root}: this is a folder, but a file is to be written.",
            Assert.Throws<EmdcException>(() => SafetensorsWriter.Write(_folder.Root, Tensors)).Message);
        Assert.Empty(Directory.GetFiles(_folder.Root));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(_folder.Root)!, $"{Path.GetFileName(_folder.Root)}*"));
    }

    [Fact]
    public void A_file_with_a_hole_of_gigabytes_is_refused_unread()
    {
        string path = _folder["x.safetensors"];
        using (var stream = File.Create(path))
        {
            stream.SetLength((1L << 30) + 1);
        }

        Assert.Equal(
            $"{path}: the file has 1073741825 bytes, but weights files of at most 1073741824 are read.",
            Assert.Throws<EmdcException>(() => SafetensorsFile.Read(path)).Message);
    }

    // There are no checksums: a changed digit may give another file that is well-formed. A shorter one never is.
    [Property(MaxTest = 500)]
    public bool A_file_cut_or_flipped_anywhere_gives_a_sentence_or_tensors_within_it(uint where, byte bit, bool cut)
    {
        byte[] whole = Bytes(Tensors);
        int at = (int)((where * 2654435761u) % (uint)whole.Length);
        byte[] damaged = cut ? whole[..at] : whole;
        if (!cut)
        {
            damaged[at] ^= (byte)(1 << (bit % 8));
        }

        try
        {
            var file = SafetensorsFile.Parse("x.safetensors", damaged);
            return !cut && file.Tensors.Sum(t => t.Data.Length) < damaged.Length;
        }
        catch (EmdcException error)
        {
            return error.Message.StartsWith("x.safetensors: ") && error.Message.EndsWith('.') && !error.Message.Contains('\n');
        }
    }

    private static byte[] Bytes(SafetensorsTensor[] tensors)
    {
        var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, tensors);
        return stream.ToArray();
    }

    private static string Entry(string type, string shape, string offsets) =>
        $"{{\"w\":{{\"dtype\":\"{type}\",\"shape\":{shape},\"data_offsets\":{offsets}}}}}";

    private static void Refused(byte[] file, string sentence) => Assert.Equal(
        $"x.safetensors: {sentence}", Assert.Throws<EmdcException>(() => SafetensorsFile.Parse("x.safetensors", file)).Message);
}
