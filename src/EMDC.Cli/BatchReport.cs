using System.Text.Json;
using System.Text.Json.Serialization;

namespace EMDC.Cli;

/// <summary>What a run over a list did, for other programs (<c>--report</c>).</summary>
internal sealed record BatchReport
{
    public required string List { get; init; }

    /// <summary>The share of the list, "3/16"; null for all of it.</summary>
    public required string? Shard { get; init; }

    public required string Weights { get; init; }
    public required string Device { get; init; }
    public bool Interrupted { get; set; }
    public int Done => Frames.Count(frame => frame.Status == FrameStatus.Done);
    public int Skipped => Frames.Count(frame => frame.Status == FrameStatus.Skipped);
    public int Failed => Frames.Count(frame => frame.Status == FrameStatus.Failed);

    /// <summary>Half of the frames that were done took less, in the network and what belongs to it, files not counted.</summary>
    public double? MedianMs => Frames.Where(frame => frame.Ms is not null).Select(frame => frame.Ms).Order().ToArray() is { Length: > 0 } times ? times[times.Length / 2] : null;

    /// <summary>In the order in which they were finished; what an interrupted run did not come to is missing.</summary>
    public List<FrameEntry> Frames { get; } = [];

    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(string path)
    {
        AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, this, ReportJson.Default.BatchReport));
    }
}

/// <summary>What became of a line of the list.</summary>
internal sealed record FrameEntry(int Line, string Rgb, string Output, FrameStatus Status)
{
    /// <summary>The sentence that the user was told.</summary>
    public string? Reason { get; init; }

    public double? Ms { get; init; }
    public int? Spots { get; init; }

    /// <summary>Pixels that were bounded from below.</summary>
    public int? Bounded { get; init; }

    /// <summary>Rows down and columns right by which the colours lay beside the depth.</summary>
    public int[]? Shift { get; init; }

    /// <summary>Height and width that the network worked at.</summary>
    public int[]? WorkedAt { get; init; }

    public float? NearestM { get; init; }
    public float? FarthestM { get; init; }
}

/// <summary>How a frame ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FrameStatus>))]
internal enum FrameStatus
{
    [JsonStringEnumMemberName("done")]
    Done,

    [JsonStringEnumMemberName("skipped")]
    Skipped,

    [JsonStringEnumMemberName("failed")]
    Failed,
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BatchReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
