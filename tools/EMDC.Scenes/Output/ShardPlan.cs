using System.Text.Json;
using EMDC.Scenes.Layouts;
using EMDC.Scenes.Photographs;
using EMDC.Scenes.World;

namespace EMDC.Scenes.Output;

/// <summary>What a shard holds; its <c>shard.json</c> says the same.</summary>
/// <param name="Family">Which world.</param>
/// <param name="Seed">Which of its endless sets of frames.</param>
/// <param name="First">Number of its first frame.</param>
/// <param name="Frames">How many there are.</param>
/// <param name="Draws">Independent draws of the depth sensor for each.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
internal sealed record ShardPlan(Family Family, ulong Seed, long First, int Frames, int Draws, int Height, int Width)
{
    /// <summary>Units of a metre: the largest depth, 10 m, and spots up to 13.1 m fit into 16 bit.</summary>
    public const int UnitsPerMetre = 5000;

    /// <summary>Samples drawn from the frames in place of the frames themselves.</summary>
    public SamplePlan? Samples { get; init; }

    /// <summary>Entries of the arrays: frames, or samples.</summary>
    public int Entries => Samples is null ? Frames : Samples.Count * Frames;

    /// <summary>What textures and collages are made of.</summary>
    public PhotoLibrary? Photographs { get; init; }

    /// <summary>Metres to units; what is too far to be said is the farthest there is.</summary>
    public static void Store(ReadOnlySpan<float> metres, Span<ushort> units)
    {
        for (int i = 0; i < metres.Length; i++)
        {
            units[i] = (ushort)Math.Min(metres[i] * UnitsPerMetre + 0.5f, ushort.MaxValue);
        }
    }

    public string Json()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("generator", "EMDC.Scenes");
            json.WriteNumber("version", SceneBuilder.Version);
            json.WriteString("family", Family.ToString().ToLowerInvariant());
            json.WriteNumber("seed", Seed);
            if (Photographs is not null)
            {
                json.WriteString("photographs", Photographs.Key);
            }

            json.WriteNumber("first", First);
            json.WriteNumber("frames", Frames);
            json.WriteNumber("draws", Draws);
            json.WriteNumber("height", Height);
            json.WriteNumber("width", Width);
            json.WriteNumber("units_per_metre", UnitsPerMetre);
            Samples?.Write(json);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }
}
