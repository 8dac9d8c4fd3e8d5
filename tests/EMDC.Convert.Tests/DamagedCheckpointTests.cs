using System.Buffers.Binary;
using System.IO.Compression;
using FsCheck.Xunit;
using static EMDC.Convert.Tests.CheckpointBuilder;

namespace EMDC.Convert.Tests;

/// <summary>Files that are hostile, damaged or something else: one sentence each, and nothing but that.</summary>
public sealed class DamagedCheckpointTests
{
    private static readonly byte[] Three = Counted(3, 1, 2, 3)[8..];

    private static string One(string tensor) => StateDict(("w", tensor));

    public static TheoryData<string, string> Pickles => new()
    {
        // Every way in which a pickle can name a function, with a class that BUILD would have filled.
        { "cposix\nsystem\n(Vtouch emdc-was-here\ntR.", Foreign("posix.system") },
        { "\u0080\u0004\u008c\u0005posix\u008c\u0006system\u0093\u008c\u0005touch\u0085R.", Foreign("posix.system") },
        { "(Vtouch emdc-was-here\niposix\nsystem\n.", Foreign("posix.system") },
        { "(cos\nsystem\nVtouch emdc-was-here\no.", Foreign("os.system") },
        { "c__builtin__\neval\n(V1\ntR.", Foreign("__builtin__.eval") },
        { "ccollections\nOrderedDict\n)R}V__setstate__\ncposix\nsystem\nsbVtouch\nb.", Foreign("posix.system") },
        { "ctorch\nload\n)R.", Foreign("torch.load") },
        { "ctorch\nFloatStorage\n)R.", "the pickle calls torch.FloatStorage with arguments that it does not take." },
        { "ccollections\nOrderedDict\n(I1\ntR.", "the pickle calls collections.OrderedDict with arguments that it does not take." },
        { "(ccollections\nOrderedDict\no.", Unknown("6F") },
        { "(icollections\nOrderedDict\n.", Unknown("69") },
        { "ccollections\nOrderedDict\n)\u0081.", Unknown("81") },
        { "\u0082\u0001.", Unknown("82") },
        { "P1\n.", Unknown("50") },
        { "I1\nI2\n\u0093.", "the pickle names a global by something that is no string." },
        { "Vx\n)R.", "the pickle calls something that is no function." },
        { "I1\n}b.", "the pickle sets the state of something that is no OrderedDict." },

        // A stack, a memo and marks that do not add up.
        { ".", "the pickle takes more from its stack than it put there." },
        { "(0.", "the pickle takes more from its stack than it put there." },
        { "t.", "the pickle goes back to a mark that it never set." },
        { "h\u0007.", "the pickle asks for memo 7, which it never wrote." },
        { "I1\nI2\na.", "the pickle appends to something that is no list." },
        { "}(I1\nu.", "the pickle sets items of something that is no dict." },
        { "\u0080\u0009.", "the pickle has protocol 9, but at most 5 is read." },
        { "Ione\n.", "the pickle has 'one' where a whole number is needed." },
        { "Fone\n.", "the pickle has 'one' where a number is needed." },
        { "Vx", "the pickle has a line without an end." },
        { "X\u00ff\u00ff\u00ff\u007fx", "the pickle ends after 6 bytes, in the middle of an instruction." },
        { "\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ffx", "the pickle ends after 10 bytes, in the middle of an instruction." },

        // Little to write and much to do.
        { new string('(', 2_000_001), TooMuch },
        { $"(l{Repeat("(I1\nNta", 1000)}p0\n{Repeat("ccollections\nOrderedDict\n(g0\ntR0", 2000)}N.", TooMuch },
        {
            $"X\u00e9\u0003\0\0{new string('x', 1001)}p0\n0}}g0\nNs.",
            "the pickle has a dict key of 1001 characters, but at most 1000 are read."
        },
        { One(Tensor(new string('x', 101), "3", "3", "1")), NoStorage },

        // Objects that are no state dict.
        { "]q\0h\0a.", "the checkpoint holds no dict of names and tensors." },
        { "}.", "the checkpoint has neither state_dict nor tensors at its top, only an empty dict." },
        { "}(Vepoch\nI1\nVmodel\n}u.", "the checkpoint has neither state_dict nor tensors at its top, only 'epoch, model'." },
        { "}Vstate_dict\nNs.", "state_dict is no dict of names and tensors." },
        { "}Vstate_dict\n}Vx\u001b[2J\nI1\nsss.", "the pickle takes more from its stack than it put there." },
        { "}Vstate_dict\n}Vx\u001b[2J\nI1\nss.", "the state dict has 'x?[2J', which is no tensor." },
        {
            StateDict(("w", Tensor("0", "3", "3", "1")), ("module.w", Tensor("0", "3", "3", "1"))),
            "the state dict has 'w' twice, with and without 'module.'."
        },

        // Tensors that reach out of their storages.
        {
            One(Tensor("0", "3", "-3", "1")),
            "a tensor of shape [-3], strides [1] and offset 0 was found, but none may be negative and no size larger than 2147483647."
        },
        {
            One(Tensor("0", "3", "3", "-1", "2")),
            "a tensor of shape [3], strides [-1] and offset 2 was found, but none may be negative and no size larger than 2147483647."
        },
        {
            One(Tensor("0", "3", "3", "1", "-1")),
            "a tensor of shape [3], strides [1] and offset -1 was found, but none may be negative and no size larger than 2147483647."
        },
        {
            One(Tensor("0", "3", "4294967297", "0")),
            "a tensor of shape [4294967297], strides [0] and offset 0 was found, but none may be negative and no size larger than 2147483647."
        },
        {
            One(Tensor("0", "3", "3", "1", "1")),
            "a tensor of shape [3], strides [1] and offset 1 reaches element 3 of storage '0', which has 3."
        },
        {
            One(Tensor("0", "3", "2147483647 2147483647", "9223372036854775807 9223372036854775807")),
            "a tensor of shape [2147483647, 2147483647], strides [9223372036854775807, 9223372036854775807] and offset 0 "
            + "reaches element 39614081220238680645057904644 of storage '0', which has 3."
        },
        { One(Tensor("0", "3", "1 3", "1")), BadTensor },
        { One(Tensor("0", "3", "1 1 1 1 1 1 1 1 1", "1 1 1 1 1 1 1 1 1")), BadTensor },
        { One(Tensor("0", "3", "100000001", "0")), "the tensors have more than 33554432 elements together." },
        {
            One(Tensor("0", "3", "2000000000 2000000000 2000000000", "0 0 0")), "the tensors have more than 33554432 elements together."
        },
        {
            StateDict([.. Enumerable.Range(0, 11).Select(i => ($"w{i}", Tensor("0", "3", "10000000", "0")))]),
            "the tensors have more than 33554432 elements together."
        },
        { One(Tensor("0", "-3", "3", "1")), NoStorage },
        { One(Tensor("0", "9223372036854775807", "3", "1")), NoStorage },
        { "I1\nQ.", NoStorage },
        { One(Tensor("0", "3", "3", "1", view: "I1\n")), NoView },
        { One(Tensor("0", "3", "3", "1", view: "(Vv\nI2\nI2\nt")), NoView },
        { One(Tensor("0", "3", "3", "1", view: "(Vv\nI-1\nI2\nt")), NoView },
        { One(Tensor("0", "4", "3", "1")), "storage '0' has 12 bytes, but its 4 F32 need 16." },
        { One(Tensor("0", "3", "3", "1", storage: "HalfStorage")), "storage '0' has 12 bytes, but its 3 F16 need 6." },
        { One(Tensor("1", "3", "3", "1")), "storage '1' is not in the zip archive." },
        { One(Tensor("../../secret", "3", "3", "1")), "storage '../../secret' is not in the zip archive." },
        {
            StateDict(("v", Tensor("0", "3", "3", "1")), ("w", Tensor("0", "6", "3", "1", storage: "HalfStorage"))),
            "storage '0' is 3 F32 in one place and 6 F16 in another."
        },
    };

    private const string TooMuch = "the pickle has more than 2000000 instructions.";
    private const string BadTensor = "the pickle calls torch._utils._rebuild_tensor_v2 with arguments that it does not take.";
    private const string NoStorage = "the pickle has a persistent id that names no storage with a type, a key and a size.";
    private const string NoView = "storage '0' of 3 elements has a view that lies outside it.";

    [Theory, MemberData(nameof(Pickles))]
    public void A_bad_pickle_is_refused_in_one_sentence(string pickle, string sentence)
    {
        Refused(Zip(pickle, ("0", Three)), sentence);
        Assert.False(File.Exists("emdc-was-here"));
    }

    [Fact]
    public void A_file_that_is_something_else_is_refused()
    {
        const string Sentence = "the file is neither a zip archive nor a pickle with PyTorch's magic number.";
        Refused([], Sentence);
        Refused(Bytes("\u0089PNG\r\n\u001a\n"), Sentence);
        Refused(Bytes("\u0080\u0002}q\0."), Sentence);
        Refused(new byte[1_000_000], Sentence);
    }

    [Fact]
    public void Zip_archives_that_lie_are_refused()
    {
        string pickle = One(Tensor("0", "3", "3", "1"));
        Refused(Archive([("a/data/0", Three)]), "the zip archive has 0 entries named data.pkl, but a checkpoint has one.");
        Refused(
            Archive([("a/data.pkl", Bytes(pickle)), ("b/data.pkl", [])]),
            "the zip archive has 2 entries named data.pkl, but a checkpoint has one.");
        Refused(
            Archive([("a/data.pkl", Bytes(pickle)), ("a/data.pkl", [])]), "the zip archive has the entry 'a/data.pkl' twice.");
        Refused(
            Archive([("a/data.pkl", Bytes(pickle)), ("a/byteorder", Bytes("big")), ("a/data/0", Three)]),
            "the checkpoint was not written on a little-endian machine.");

        byte[] changed = Zip(pickle, ("0", Three));
        changed[changed.AsSpan().IndexOf(Three)] ^= 1;
        Refused(changed, "the zip entry 'archive/data/0' is damaged: its checksum is 29abdade, but the directory says b20e96b1.");
    }

    [Fact]
    public void A_deflated_archive_is_read_and_a_zip_bomb_is_not()
    {
        (string, byte[])[] entries = [("data.pkl", Bytes(One(Tensor("0", "3", "3", "1")))), ("byteorder", Bytes("little")), ("data/0", Three)];
        var tensor = Assert.Single(Checkpoint.Parse("x.pth", Archive(entries, CompressionLevel.SmallestSize)).Tensors);
        Assert.Equal([1f, 2f, 3f], tensor.ToFloat32());

        byte[] bomb = Archive(
            [("data.pkl", Bytes(One(Tensor("0", "10000000", "3", "1")))), ("data/0", new byte[40_000_000])], CompressionLevel.SmallestSize);
        Assert.InRange(bomb.Length, 0, 100_000);
        Refused(bomb, "the zip entry 'data/0' claims 40000000 bytes, more than 16 times the file; this is no checkpoint.");
        Refused(
            Archive([("data.pkl", new byte[17 << 20])], CompressionLevel.NoCompression),
            "data.pkl claims 17825792 bytes, but at most 16777216 are read.");
    }

    [Fact]
    public void A_directory_that_claims_another_length_is_not_believed()
    {
        byte[] file = Zip(One(Tensor("0", "4", "4", "1")), ("0", Three));
        int directory = file.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(directory + 24), 16);
        var error = Assert.Throws<EmdcException>(() => Checkpoint.Parse("x.pth", file));
        Assert.StartsWith("x.pth: the zip archive is damaged: ", error.Message);
    }

    [Fact]
    public void Sequential_files_that_do_not_hold_together_are_refused()
    {
        string root = One(Tensor("0", "3", "3", "1"));
        const string Keys = "(lV0\na.";
        byte[] data = Counted(3, 1, 2, 3);
        Assert.Equal([1f, 2f, 3f], Assert.Single(Checkpoint.Parse("x.pth", Legacy(root, Keys, data)).Tensors).ToFloat32());

        Refused(Legacy(root, Keys, data, magic: "I1\n."), "the file is neither a zip archive nor a pickle with PyTorch's magic number.");
        Refused(Legacy(root, Keys, data, protocol: "I1002\n."), "the protocol is not 1001, the only one of PyTorch's sequential format.");
        Refused(
            Legacy(root, Keys, data, machine: "}Vlittle_endian\nI00\ns."), "the checkpoint was not written on a little-endian machine.");
        Refused(
            Legacy(root, Keys, data, machine: $"{Tensor("0", "3", "3", "1")}."),
            "the file has a persistent id outside the checkpoint's object.");
        Refused(Legacy(root, "}.", data), "the list of storage keys is no list.");
        Refused(Legacy(root, "(lV9\na.", data), "the list of storage keys has '9', which names no storage or one twice.");
        Refused(Legacy(root, "(lV0\naV0\na.", data), "the list of storage keys has '0', which names no storage or one twice.");
        Refused(Legacy(root, "(l.", data), "storage '0' is not in the file.");
        Refused(Legacy(root, Keys, []), "storage '0' needs 12 bytes, but the file has 0 left.");
        Refused(Legacy(root, Keys, data[..^1]), "storage '0' needs 12 bytes, but the file has 11 left.");
        Refused(Legacy(root, Keys, Counted(-3, 1, 2, 3)), "storage '0' has -3 elements in the file, but 3 in the pickle.");
        Refused(
            Legacy(One(Tensor("0", "1000000000000", "3", "1")), Keys, data), "storage '0' needs 4000000000000 bytes, but the file has 12 left.");
    }

    [Property(MaxTest = 300)]
    public bool A_zip_archive_cut_or_flipped_anywhere_gives_a_sentence_or_the_right_tensors(uint where, byte bit, bool cut)
    {
        byte[] whole = Fixture("types_zip.pth", "views_zip.pth", where);
        byte[] damaged = Damage(whole, where, bit, cut);
        return Try(damaged) is not { } tensors || Same(Checkpoint.Parse("x.pth", whole), tensors);
    }

    // The sequential format has no checksums: damage to names and numbers is not seen, damage to the structure is.
    [Property(MaxTest = 300)]
    public bool A_sequential_file_cut_or_flipped_anywhere_gives_a_sentence_or_whole_tensors(uint where, byte bit, bool cut)
    {
        byte[] damaged = Damage(Fixture("types_legacy.pth", "views_legacy.pth", where), where, bit, cut);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var read = Try(damaged);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return allocated < 4_000_000 && (read is null || !cut);
    }

    private static Checkpoint? Try(byte[] file)
    {
        try
        {
            return Checkpoint.Parse("x.pth", file);
        }
        catch (EmdcException error)
        {
            Assert.StartsWith("x.pth: ", error.Message);
            Assert.EndsWith(".", error.Message);
            Assert.DoesNotContain('\n', error.Message);
            return null;
        }
    }

    private static byte[] Fixture(string one, string other, uint where) =>
        File.ReadAllBytes(CheckpointTests.Fixture(where % 2 == 0 ? one : other));

    private static byte[] Damage(byte[] whole, uint where, byte bit, bool cut)
    {
        // FsCheck draws small numbers; the hash spreads them over the file.
        int at = (int)((where * 2654435761u) % (uint)whole.Length);
        if (cut)
        {
            return whole[..at];
        }

        byte[] damaged = [.. whole];
        damaged[at] ^= (byte)(1 << (bit % 8));
        return damaged;
    }

    private static bool Same(Checkpoint expected, Checkpoint actual) =>
        expected.Tensors.Count == actual.Tensors.Count
        && expected.Tensors.Zip(actual.Tensors).All(p => p.First.Name == p.Second.Name
            && p.First.DType == p.Second.DType
            && p.First.Shape.AsSpan().SequenceEqual(p.Second.Shape)
            && p.First.Data.Span.SequenceEqual(p.Second.Data.Span));

    private static void Refused(byte[] file, string sentence)
    {
        var error = Assert.Throws<EmdcException>(() => Checkpoint.Parse("x.pth", file));
        Assert.Equal($"x.pth: {sentence}", error.Message);
    }

    private static string Repeat(string part, int times) => string.Concat(Enumerable.Repeat(part, times));

    private static string Foreign(string name) =>
        $"the pickle asks for '{name}', which no tensor needs; it was refused and nothing was called.";

    private static string Unknown(string opcode) =>
        $"the pickle has the instruction 0x{opcode}, which no tensor needs, so this is no checkpoint or a damaged one.";
}
