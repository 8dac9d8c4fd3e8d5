using System.Text.Json;

namespace EMDC.Scenes.Output;

/// <summary>Samples as <c>emdc train</c> draws them: a part of a frame, seen by a random camera and measured by a random sensor.</summary>
/// <param name="Count">Samples for each frame, on average: each takes any frame of its shard.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Options">How samples differ from frames.</param>
internal sealed record SamplePlan(int Count, int Height, int Width, AugmentationOptions Options)
{
    /// <summary>What 16 bits of a shard hold: 13.1 m.</summary>
    public const float Farthest = 13;

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("samples");
        json.WriteNumber("count", Count);
        json.WriteNumber("height", Height);
        json.WriteNumber("width", Width);
        json.WriteNumber("flatten", Options.FlattenChance);
        json.WriteNumber("usual", Options.UsualChance);
        json.WriteNumber("own_spots", Options.OwnSpotsChance);
        json.WriteEndObject();
    }
}
