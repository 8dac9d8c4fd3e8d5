using System.Text;
using System.Text.Json;

namespace EMDC.Cli;

/// <summary>Results for other programs. Written by hand, because a serializer would need reflection.</summary>
internal static class Json
{
    /// <summary>Writes one document and a line end.</summary>
    public static void Write(TextWriter output, Action<Utf8JsonWriter> content)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            content(json);
        }

        output.WriteLine(Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length));
    }

    /// <summary>A measurement, with the digits it is worth; null where there is none.</summary>
    public static void WriteMeasured(this Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } measured)
        {
            json.WriteNumber(name, Math.Round(measured, 3));
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
