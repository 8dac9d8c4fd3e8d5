using System.Collections.Concurrent;
using System.Security.Cryptography;
using EMDC.Weights;

namespace EMDC.Tests.Parity;

/// <summary>
/// The golden parameters: offset + scale · u in float32, with u from the hash of the parameter's name and the index, equal bit
/// for bit to those of tools/train/golden/parameters.py, where the reasons for the numbers stand. Names and shapes come from
/// the list that PyTorch wrote, the batch norms' running statistics from a file.
/// </summary>
public static class GoldenParameters
{
    // How much larger than 1/√fan_in a convolution's weights are; the first prefix that fits counts, 1 where none does.
    private static readonly (string Prefix, float Gain)[] Gains =
        [("alpha", 16), ("guid_conv1_", 4), ("fuse_conv1.", 4), ("guid_conv", 1.5f), ("fuse_conv", 2), ("ls_conv", 2)];

    private static readonly ConcurrentDictionary<int, (string Name, int[] Shape, float[] Values)[]> Made = [];

    /// <summary>Every parameter of the network with nine or six stages, as float32; the arrays are the caller's, to train if it likes.</summary>
    public static IEnumerable<(string Name, int[] Shape, float[] Values)> StateDict(int stages) =>
        Made.GetOrAdd(stages, static stages =>
        {
            var statistics = SafetensorsFile.Read(GoldenFile.PathOf("batch-norm-statistics.safetensors"));
            return [.. Listed(stages).Select(p => (p.Name, p.Shape, Values(p.Name, p.Shape, statistics)))];
        }).Select(p => (p.Name, p.Shape, (float[])p.Values.Clone()));

    /// <summary>PyTorch's list: name, shape and checksum of each parameter.</summary>
    public static IEnumerable<(string Name, int[] Shape, string Checksum)> Listed(int stages)
    {
        foreach (string line in File.ReadLines(GoldenFile.PathOf(stages == 9 ? "parameters-nine.txt" : "parameters-six.txt")))
        {
            string[] parts = line.Split(' ');
            yield return (parts[0], [.. parts[1].Split('x').Select(int.Parse)], parts[2]);
        }
    }

    /// <summary>The first 16 hexadecimal digits of the SHA-256 of the little-endian float32 bytes.</summary>
    public static string Checksum(float[] values)
    {
        byte[] bytes = new byte[values.Length * sizeof(float)];
        for (int i = 0; i < values.Length; i++)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        }

        return Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];
    }

    private static float[] Values(string name, int[] shape, SafetensorsFile statistics)
    {
        if (statistics.TryGet(name, out var measured))
        {
            return measured.ToFloat32();
        }

        var (scale, offset) = ScaleAndOffset(name, shape);
        uint hash = GoldenHash.Name(name);
        float[] values = new float[shape.Aggregate(1, (a, b) => a * b)];
        for (int i = 0; i < values.Length; i++)
        {
            // Two operations, two roundings; the compiler does not fuse them.
            float scaled = scale * GoldenHash.Symmetric(hash, i);
            values[i] = offset + scaled;
        }

        return values;
    }

    private static (float Scale, float Offset) ScaleAndOffset(string name, int[] shape)
    {
        if (shape.Length == 4)
        {
            int fanIn = shape[1] * shape[2] * shape[3];
            int bitLength = 32 - int.LeadingZeroCount(fanIn);
            float gain = Gains.FirstOrDefault(g => name.StartsWith(g.Prefix, StringComparison.Ordinal), (Prefix: "", Gain: 1)).Gain;
            return (gain / (1 << (bitLength / 2)), 0);
        }

        bool weight = name.EndsWith(".weight", StringComparison.Ordinal);
        return name switch
        {
            "rezero" => (0, 0.75f),
            _ when name.EndsWith(".act.weight", StringComparison.Ordinal) => (0.5f, 0.25f),
            _ when name.StartsWith("enc.", StringComparison.Ordinal) => weight ? (1, 2) : (2, 2),
            _ when name.Contains(".bn.", StringComparison.Ordinal) => weight ? (0.5f, 1) : (0.5f, 0),
            _ when name.StartsWith("dep_conv", StringComparison.Ordinal) => (0.25f, 0.5f),
            _ when name.StartsWith("ls_conv2", StringComparison.Ordinal) => (0.25f, 0.5f),
            _ => (0.25f, 0),
        };
    }
}
