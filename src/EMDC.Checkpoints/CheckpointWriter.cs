using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;

namespace EMDC.Checkpoints;

/// <summary>
/// A checkpoint as <c>torch.save</c> has written it since 1.6: a zip archive with the pickle <c>data.pkl</c> and beside it a file of
/// bytes for each tensor. The pickle is
/// <code>{'state_dict': OrderedDict of name → tensor, 'arch': 'EMDC', 'epoch': 0, 'best_acc': 0.0, 'samples': n}</code>
/// which is the published checkpoint's form.
/// </summary>
internal static class CheckpointWriter
{
    private const string Folder = "archive/";

    public static void Write(Stream stream, IEnumerable<(string Name, int[] Shape, float[] Values)> tensors, long samples)
    {
        (string Name, int[] Shape, float[] Values)[] all = [.. tensors];
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        Add(archive, "data.pkl", Pickle(all, samples));
        Add(archive, "byteorder", "little"u8);
        for (int i = 0; i < all.Length; i++)
        {
            Add(archive, $"data/{i}", MemoryMarshal.AsBytes(all[i].Values.AsSpan()));
        }

        Add(archive, "version", "3\n"u8);
    }

    private static void Add(ZipArchive archive, string name, ReadOnlySpan<byte> bytes)
    {
        ZipArchiveEntry entry = archive.CreateEntry(Folder + name, CompressionLevel.NoCompression);
        entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero); // the same weights, the same bytes
        using Stream stream = entry.Open();
        stream.Write(bytes);
    }

    private static byte[] Pickle((string Name, int[] Shape, float[] Values)[] tensors, long samples)
    {
        var p = new Pickler();
        p.Op(0x80).Op(2).Op('}').Op('(').Text("state_dict"); // protocol 2, a dict, its items
        p.Global("collections", "OrderedDict").Op(')').Op('R').Op('(');
        for (int i = 0; i < tensors.Length; i++)
        {
            (string name, int[] shape, float[] values) = tensors[i];
            p.Text(name).Global("torch._utils", "_rebuild_tensor_v2").Op('(');
            p.Op('(').Text("storage").Global("torch", "FloatStorage").Text($"{i}").Text("cpu").Number(values.Length).Op('t').Op('Q');
            p.Number(0).Tuple(shape).Tuple(Strides(shape)).Op(0x89); // offset, sizes, strides, requires no gradient
            p.Global("collections", "OrderedDict").Op(')').Op('R').Op('t').Op('R'); // no hooks; the call
        }

        p.Op('u').Text("arch").Text("EMDC").Text("epoch").Number(0).Text("best_acc").Real(0).Text("samples");
        p.Number((int)Math.Min(samples, int.MaxValue)).Op('u').Op('.');
        return p.Bytes;
    }

    private static int[] Strides(int[] shape)
    {
        var strides = new int[shape.Length];
        for (int i = shape.Length - 1, stride = 1; i >= 0; stride *= shape[i--])
        {
            strides[i] = stride;
        }

        return strides;
    }

    /// <summary>The few instructions of a pickle that are needed.</summary>
    private sealed class Pickler
    {
        private readonly MemoryStream _bytes = new();

        public byte[] Bytes => _bytes.ToArray();

        public Pickler Op(int code)
        {
            _bytes.WriteByte((byte)code);
            return this;
        }

        public Pickler Text(string text)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            return Op('X').Little(bytes.Length).Raw(bytes);
        }

        public Pickler Number(int number) => Op('J').Little(number);

        public Pickler Real(double number)
        {
            var bytes = new byte[8];
            BinaryPrimitives.WriteDoubleBigEndian(bytes, number);
            return Op('G').Raw(bytes);
        }

        public Pickler Global(string module, string name) => Op('c').Raw(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));

        public Pickler Tuple(int[] numbers)
        {
            Op('(');
            foreach (int number in numbers)
            {
                Number(number);
            }

            return Op('t');
        }

        private Pickler Little(int number)
        {
            var bytes = new byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
            return Raw(bytes);
        }

        private Pickler Raw(byte[] bytes)
        {
            _bytes.Write(bytes);
            return this;
        }
    }
}
