using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EMDC.Weights;

/// <summary>
/// Writes the safetensors format: wide types first, then by name, so that the same tensors always give the same bytes and every
/// tensor is aligned to its type; the header is padded with spaces to a multiple of 8.
/// </summary>
public static class SafetensorsWriter
{
    /// <summary>Writes a whole file to <paramref name="stream"/>.</summary>
    /// <exception cref="ArgumentException">Two tensors have the same name.</exception>
    public static void Write(
        Stream stream, IEnumerable<SafetensorsTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var ordered = tensors.OrderByDescending(t => t.DType.Size()).ThenBy(t => t.Name, StringComparer.Ordinal).ToList();
        var header = new ArrayBufferWriter<byte>();
        WriteHeader(header, ordered, metadata);
        while (header.WrittenCount % 8 != 0)
        {
            header.Write(" "u8);
        }

        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.WrittenCount);
        stream.Write(length);
        stream.Write(header.WrittenSpan);
        foreach (var tensor in ordered)
        {
            stream.Write(tensor.Data.Span);
        }
    }

    /// <summary>Writes a file under a temporary name beside <paramref name="path"/> and renames it, so that no half-written one
    /// is ever there.</summary>
    /// <exception cref="EmdcException">The file cannot be written.</exception>
    public static void Write(
        string path, IEnumerable<SafetensorsTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        try
        {
            AtomicFile.Write(path, stream => Write(stream, tensors, metadata));
        }
        catch (IOException error)
        {
            throw new EmdcException(error.Message, error);
        }
    }

    private static void WriteHeader(
        ArrayBufferWriter<byte> header, List<SafetensorsTensor> ordered, IReadOnlyDictionary<string, string>? metadata)
    {
        using var json = new Utf8JsonWriter(header, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        if (metadata is not null)
        {
            json.WriteStartObject("__metadata__");
            foreach (var (key, value) in metadata.OrderBy(m => m.Key, StringComparer.Ordinal))
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
        }

        long offset = 0;
        var names = new HashSet<string>();
        foreach (var tensor in ordered)
        {
            if (!names.Add(tensor.Name))
            {
                throw new ArgumentException($"Two tensors are named '{tensor.Name}'.");
            }

            json.WriteStartObject(tensor.Name);
            json.WriteString("dtype", tensor.DType.ToString());
            json.WriteStartArray("shape");
            foreach (int size in tensor.Shape)
            {
                json.WriteNumberValue(size);
            }

            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(offset);
            json.WriteNumberValue(offset += tensor.Data.Length);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
