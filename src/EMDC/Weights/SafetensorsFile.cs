using System.Buffers.Binary;
using System.Text.Json;

namespace EMDC.Weights;

/// <summary>
/// A file in the safetensors format: the length of the header (8 bytes, little-endian), the header (JSON: name → type, shape,
/// first and last offset; <c>__metadata__</c> → strings), the data. The whole file is read into one buffer, tensors are parts.
/// </summary>
public sealed class SafetensorsFile
{
    private const long MaxFile = 1L << 30;
    private const long MaxHeader = 100_000_000;
    private const int MaxTensors = 65_536;
    private const int MaxDimensions = 8;

    private readonly string _path;
    private readonly Dictionary<string, string> _metadata = [];
    private readonly Dictionary<string, SafetensorsTensor> _byName = [];
    private readonly List<SafetensorsTensor> _tensors = [];

    private SafetensorsFile(string path, byte[] bytes)
    {
        _path = path;
        if (bytes.Length < 8)
        {
            throw Fault($"the file has {bytes.Length} bytes, but a safetensors file begins with 8 that give the header's length");
        }

        ulong header = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        if (header > MaxHeader)
        {
            throw Fault($"the header claims {header} bytes, but at most {MaxHeader} are read; this is no safetensors file");
        }

        if (header > (ulong)(bytes.Length - 8))
        {
            throw Fault($"the header claims {header} bytes, but only {bytes.Length - 8} follow its length");
        }

        var entries = ReadHeader(bytes.AsSpan(8, (int)header));
        Slice(entries, bytes.AsMemory(8 + (int)header));
    }

    /// <summary>The free strings of the header.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>The tensors in the order of the header.</summary>
    public IReadOnlyList<SafetensorsTensor> Tensors => _tensors;

    /// <summary>Reads and checks a file.</summary>
    /// <exception cref="EmdcException">The file cannot be read or is not a whole safetensors file.</exception>
    public static SafetensorsFile Read(string path) => Parse(path, Bytes(path));

    /// <summary>Reads a file that is in memory; <paramref name="name"/> stands in the messages.</summary>
    /// <exception cref="EmdcException">The bytes are not a whole safetensors file.</exception>
    public static SafetensorsFile Parse(string name, byte[] bytes) => new(name, bytes);

    /// <summary>Looks a tensor up by its name.</summary>
    public bool TryGet(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SafetensorsTensor? tensor) =>
        _byName.TryGetValue(name, out tensor);

    private static byte[] Bytes(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            long length = RandomAccess.GetLength(file);
            if (length > MaxFile)
            {
                throw new EmdcException($"{path}: the file has {length} bytes, but weights files of at most {MaxFile} are read.");
            }

            byte[] bytes = GC.AllocateUninitializedArray<byte>((int)length);
            for (int done = 0; done < bytes.Length;)
            {
                int read = RandomAccess.Read(file, bytes.AsSpan(done), done);
                if (read == 0)
                {
                    throw new EmdcException($"{path}: the file ended after {done} of its {length} bytes.");
                }

                done += read;
            }

            return bytes;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new EmdcException($"{path}: there is no such file.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException
            or ArgumentException)
        {
            throw new EmdcException($"{path}: the file cannot be read: {error.Message}", error);
        }
    }

    private List<Entry> ReadHeader(ReadOnlySpan<byte> header)
    {
        var entries = new List<Entry>();
        try
        {
            var json = new Utf8JsonReader(header);
            Expect(ref json, JsonTokenType.StartObject, "the header");
            while (Next(ref json) == JsonTokenType.PropertyName)
            {
                string name = json.GetString()!;
                if (name == "__metadata__")
                {
                    ReadMetadata(ref json);
                }
                else if (entries.Count == MaxTensors)
                {
                    throw Fault($"the header lists more than {MaxTensors} tensors");
                }
                else
                {
                    entries.Add(ReadEntry(ref json, name));
                }
            }

            // Only spaces may follow; the reader throws on anything else.
            json.Read();
            return entries;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new EmdcException(
                $"{_path}: the header is not JSON in UTF-8, so this is no safetensors file or a damaged one.", error);
        }
    }

    private void ReadMetadata(ref Utf8JsonReader json)
    {
        Expect(ref json, JsonTokenType.StartObject, "__metadata__");
        while (Next(ref json) == JsonTokenType.PropertyName)
        {
            string key = json.GetString()!;
            Expect(ref json, JsonTokenType.String, $"__metadata__ '{Names.Show(key)}'");
            _metadata[key] = json.GetString()!;
        }
    }

    private Entry ReadEntry(ref Utf8JsonReader json, string name)
    {
        string shown = Shown(name);
        string? type = null;
        long[]? shape = null;
        long[]? offsets = null;
        Expect(ref json, JsonTokenType.StartObject, shown);
        while (Next(ref json) == JsonTokenType.PropertyName)
        {
            string field = json.GetString()!;
            switch (field)
            {
                case "dtype":
                    Expect(ref json, JsonTokenType.String, $"{shown}, dtype");
                    type = json.GetString()!;
                    break;
                case "shape":
                    shape = ReadNumbers(ref json, shown, field, MaxDimensions);
                    break;
                case "data_offsets":
                    offsets = ReadNumbers(ref json, shown, field, 2);
                    break;
                default:
                    throw Fault($"{shown} has the field '{Names.Show(field)}', but only dtype, shape and data_offsets are known");
            }
        }

        if (type is null || shape is null || offsets is not { Length: 2 })
        {
            throw Fault($"{shown} needs dtype, shape and two data_offsets");
        }

        if (!DTypes.TryParse(type, out DType known))
        {
            throw Fault($"{shown} has the type '{Names.Show(type)}', but F16, BF16, F32 or F64 is needed");
        }

        int[] sizes = new int[shape.Length];
        for (int i = 0; i < sizes.Length; i++)
        {
            sizes[i] = shape[i] <= int.MaxValue
                ? (int)shape[i]
                : throw Fault($"{shown} has the size {shape[i]}, which is too large");
        }

        return new(name, known, sizes, offsets[0], offsets[1]);
    }

    private long[] ReadNumbers(ref Utf8JsonReader json, string shown, string field, int most)
    {
        var numbers = new List<long>(most);
        Expect(ref json, JsonTokenType.StartArray, $"{shown}, {field}");
        while (Next(ref json) != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.Number || !json.TryGetInt64(out long number) || number < 0)
            {
                throw Fault($"{shown}, {field}: a whole number from 0 on is needed");
            }

            if (numbers.Count == most)
            {
                throw Fault($"{shown}, {field}: more than {most} numbers");
            }

            numbers.Add(number);
        }

        return [.. numbers];
    }

    private static JsonTokenType Next(ref Utf8JsonReader json) =>
        json.Read() ? json.TokenType : throw new JsonException("The header ends too early.");

    private void Expect(ref Utf8JsonReader json, JsonTokenType type, string what)
    {
        if (Next(ref json) != type)
        {
            throw Fault($"{what}: found {json.TokenType} where {type} is needed");
        }
    }

    // The format wants the data to be covered without gap or overlap.
    private void Slice(List<Entry> entries, ReadOnlyMemory<byte> data)
    {
        long end = 0;
        foreach (var entry in entries.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.Begin != end)
            {
                throw Fault(
                    $"{Shown(entry.Name)} begins at byte {entry.Begin} of the data, but the one before ends at {end}");
            }

            if (entry.End < entry.Begin || entry.End > data.Length)
            {
                throw Fault(
                    $"{Shown(entry.Name)} lies at bytes {entry.Begin} to {entry.End}, but the data has {data.Length}");
            }

            end = entry.End;
        }

        if (end != data.Length)
        {
            throw Fault($"the tensors end at byte {end} of the data, but it has {data.Length}");
        }

        foreach (var (name, type, shape, begin, last) in entries)
        {
            if (!SafetensorsTensor.TryCount(shape, out long count) || count > (last - begin) / type.Size()
                || count * type.Size() != last - begin)
            {
                throw Fault($"{Shown(name)} has {last - begin} bytes, which do not hold "
                    + $"{SafetensorsTensor.Format(shape)} elements of {type}");
            }

            var tensor = new SafetensorsTensor(name, type, shape, data[(int)begin..(int)last]);
            if (!_byName.TryAdd(name, tensor))
            {
                throw Fault($"{Shown(name)} is there twice");
            }

            _tensors.Add(tensor);
        }
    }

    private static string Shown(string name) => $"tensor '{Names.Show(name)}'";

    private EmdcException Fault(string what) => new($"{_path}: {what}.");

    private readonly record struct Entry(string Name, DType Type, int[] Shape, long Begin, long End);
}
