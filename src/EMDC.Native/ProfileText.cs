using System.Diagnostics;
using System.Text;
using System.Text.Json;
using EMDC.Operators;

namespace EMDC.Native;

/// <summary>What <c>emdc_profile</c> tells.</summary>
internal static class ProfileText
{
    /// <summary>
    /// <c>{"device", "height", "width", "runs", "operators": [{"operator", "layer", "shape", "ms", "macs", "bytes"}, …]}</c>; milliseconds are
    /// means of the runs.
    /// </summary>
    public static string Of(Emdc emdc, int height, int width, int runs)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("device", emdc.Device.Name);
            json.WriteNumber("height", height);
            json.WriteNumber("width", width);
            json.WriteNumber("runs", runs);
            json.WriteStartArray("operators");
            foreach (PlannedOperator op in emdc.Plan)
            {
                json.WriteStartObject();
                json.WriteString("operator", op.Operator);
                json.WriteString("layer", op.Layer);
                json.WriteString("shape", op.Shape);
                json.WriteNumber("ms", Math.Round(op.Ticks * 1000.0 / Stopwatch.Frequency / runs, 4));
                json.WriteNumber("macs", op.Macs);
                json.WriteNumber("bytes", op.Bytes);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }
}
