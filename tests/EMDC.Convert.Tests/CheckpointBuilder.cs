using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using EMDC.Weights;

namespace EMDC.Convert.Tests;

/// <summary>Makes pickles and checkpoints in memory: whole state dicts, and files that no PyTorch would write.</summary>
internal static class CheckpointBuilder
{
    public static byte[] Bytes(string latin) => Encoding.Latin1.GetBytes(latin);

    /// <summary>A zip archive with <c>archive/data.pkl</c> and the given storages.</summary>
    public static byte[] Zip(byte[] pickle, params (string Key, byte[] Data)[] storages) =>
        Archive([("archive/data.pkl", pickle), .. storages.Select(s => ($"archive/data/{s.Key}", s.Data))]);

    public static byte[] Zip(string pickle, params (string Key, byte[] Data)[] storages) => Zip(Bytes(pickle), storages);

    public static byte[] Archive(
        IEnumerable<(string Name, byte[] Data)> entries, CompressionLevel level = CompressionLevel.NoCompression)
    {
        var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, data) in entries)
            {
                using var entry = archive.CreateEntry(name, level).Open();
                entry.Write(data);
            }
        }

        return stream.ToArray();
    }

    /// <summary>A checkpoint in the sequential format; by default as torch would begin it.</summary>
    public static byte[] Legacy(
        string root,
        string keys,
        byte[] storages,
        string magic = "\u0080\u0002\u008a\u000al\u00fc\u009cF\u00f9 j\u00a8P\u0019.",
        string protocol = "\u0080\u0002M\u00e9\u0003.",
        string machine = "\u0080\u0002}X\u000d\0\0\0little_endian\u0088s.") =>
        [.. Bytes(magic), .. Bytes(protocol), .. Bytes(machine), .. Bytes(root), .. Bytes(keys), .. storages];

    /// <summary>One storage of the sequential format: the number of elements, then their bytes.</summary>
    public static byte[] Counted(long count, params float[] values)
    {
        byte[] bytes = new byte[8 + (4 * values.Length)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, count);
        MemoryMarshal.AsBytes(values.AsSpan()).CopyTo(bytes.AsSpan(8));
        return bytes;
    }

    /// <summary>The pickle of a float32 tensor over storage <paramref name="key"/>; numbers as decimal text.</summary>
    public static string Tensor(
        string key, string count, string sizes, string strides, string offset = "0", string storage = "FloatStorage", string view = "")
    {
        static string Tuple(string numbers) =>
            $"({string.Concat(numbers.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(n => $"I{n}\n"))}t";
        return $"ctorch._utils\n_rebuild_tensor_v2\n((Vstorage\nctorch\n{storage}\nV{key}\nVcpu\nI{count}\n{view}tQ"
            + $"I{offset}\n{Tuple(sizes)}{Tuple(strides)}I00\nccollections\nOrderedDict\n)RtR";
    }

    /// <summary>The pickle of {'state_dict': {name: tensor, …}}.</summary>
    public static string StateDict(params (string Name, string Tensor)[] tensors) =>
        $"}}(Vstate_dict\n}}({string.Concat(tensors.Select(t => $"V{t.Name}\n{t.Tensor}"))}uu.";

    /// <summary>A whole checkpoint of float32 tensors, each with a storage of its own.</summary>
    public static byte[] Whole(IEnumerable<(string Name, int[] Shape, float[] Values)> tensors)
    {
        var list = tensors.ToList();
        string pickle = StateDict([.. list.Select((t, i) =>
            (t.Name, Tensor($"{i}", $"{t.Values.Length}", string.Join(' ', t.Shape), string.Join(' ', Strides(t.Shape)))))]);
        return Zip(pickle, [.. list.Select((t, i) => ($"{i}", MemoryMarshal.AsBytes(t.Values.AsSpan()).ToArray()))]);
    }

    /// <summary>All parameters of a network; element i of parameter p is ((37 i + 11 p) mod 64 − 32) / 8.</summary>
    public static List<(string Name, int[] Shape, float[] Values)> Parameters(ParameterManifest manifest) =>
        [.. manifest.Parameters.Select((p, i) => (p.Name, p.Shape, Values(i, p.Shape)))];

    public static float[] Values(int seed, params int[] shape)
    {
        float[] values = new float[shape.Aggregate(1, (product, size) => product * size)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = ((((37 * (long)i) + (11 * seed)) % 64) - 32) / 8f;
        }

        return values;
    }

    private static long[] Strides(int[] shape)
    {
        long[] strides = new long[shape.Length];
        long stride = 1;
        for (int i = shape.Length - 1; i >= 0; stride *= shape[i--])
        {
            strides[i] = stride;
        }

        return strides;
    }
}
