using System.Text.Json;
using System.Text.Json.Serialization;
using EMDC.Cli.Commands;
using EMDC.Cli.Evaluation;

namespace EMDC.Cli;

/// <summary>Results for other programs: records, whose properties are the fields in snake case.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(BenchmarkJson))]
[JsonSerializable(typeof(ProfileJson))]
[JsonSerializable(typeof(EvaluationJson))]
internal sealed partial class Json : JsonSerializerContext
{
    /// <summary>Writes one document and a line end.</summary>
    public static void Write<T>(TextWriter output, T results) => output.WriteLine(JsonSerializer.Serialize(results, typeof(T), Default));

    /// <summary>A measurement with the digits it is worth; null where there is none.</summary>
    public static double? Measured(double? value, int digits = 3) => value is { } measured ? Math.Round(measured, digits) : null;
}
