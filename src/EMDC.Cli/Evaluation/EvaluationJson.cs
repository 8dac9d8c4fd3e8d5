using System.Text.Json;
using EMDC.Evaluation;

namespace EMDC.Cli.Evaluation;

/// <summary>The results for other programs.</summary>
internal static class EvaluationJson
{
    public static void Write(TextWriter output, string device, string weights, IReadOnlyList<SetResult> sets) => Json.Write(output, json =>
    {
        json.WriteStartObject();
        json.WriteString("device", device);
        json.WriteString("weights", weights);
        json.WriteStartArray("sets");
        foreach (SetResult set in sets)
        {
            WriteSet(json, set);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void WriteSet(Utf8JsonWriter json, SetResult set)
    {
        json.WriteStartObject();
        json.WriteString("name", set.Set.Name);
        json.WriteString("list", set.Set.List);
        json.WriteNumber("frames", set.Set.Lines.Count);
        json.WriteNumber("static_scenes", set.Methods[0].Summary().StaticScenes);
        json.WriteMeasured("spots_per_frame", set.Spots);
        json.WriteBoolean("truth_has_holes", set.HasHoles);
        json.WriteStartArray("methods");
        foreach (MethodResult method in set.Methods)
        {
            json.WriteStartObject();
            json.WriteString("method", method.Name);
            WriteErrors(json, method.Summary());
            bool isTimed = method.Milliseconds.Count > 0;
            json.WriteMeasured("median_ms", isTimed ? Percentiles.Median(method.Milliseconds) : null);
            json.WriteMeasured("p90_ms", isTimed ? Percentiles.Rank(method.Milliseconds, 90) : null);
            json.WriteStartArray("scenes");
            foreach (var (scene, frames) in set.Scenes)
            {
                json.WriteStartObject();
                json.WriteString("scene", scene);
                json.WriteNumber("frames", frames.Count);
                WriteErrors(json, method.Summary(scene, frames));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteErrors(Utf8JsonWriter json, ErrorSummary errors)
    {
        Metric("rmae", errors.Rmae);
        Metric("rmae_median", errors.MedianRmae);
        json.WriteNumber("frames_rmae_above_0_1", errors.Failed);
        Metric("ewmae", errors.Ewmae);
        Metric("ewmae_known", errors.KnownEwmae);
        Metric("rds", errors.Rds);
        Metric("rtsd", errors.Rtsd);
        Metric("score", errors.Score);
        json.WriteBoolean("score_has_rtsd", errors.Rtsd is not null);
        Metric("rmse_m", errors.Rmse);
        Metric("mae_m", errors.Mae);
        Metric("rel", errors.Rmae);
        Metric("delta_1_25", errors.Delta);

        void Metric(string name, double? value)
        {
            if (value is { } number)
            {
                json.WriteNumber(name, Math.Round(number, 6));
            }
            else
            {
                json.WriteNull(name);
            }
        }
    }
}
