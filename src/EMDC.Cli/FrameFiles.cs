namespace EMDC.Cli;

/// <summary>The files of one frame; outputs that are null are not wanted.</summary>
internal sealed record FrameFiles(string Rgb, string Depth, string Output)
{
    public string? Global { get; init; }
    public string? Local { get; init; }
    public string? Confidence { get; init; }
    public string? Preview { get; init; }
}
