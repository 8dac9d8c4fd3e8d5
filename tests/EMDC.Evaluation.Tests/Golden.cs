using System.Text.Json;

namespace EMDC.Evaluation.Tests;

/// <summary>The goldens beside <c>golden/make.py</c>.</summary>
internal static class Golden
{
    public static JsonElement[] Cases(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "golden", name)));
        return [.. document.RootElement.Clone().EnumerateArray()];
    }

    public static TheoryData<int> Numbers(string name) => [.. Enumerable.Range(0, Cases(name).Length)];

    public static float[] Floats(JsonElement array) => [.. array.EnumerateArray().Select(value => (float)value.GetDouble())];

    public static int[] Integers(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetInt32())];
}
