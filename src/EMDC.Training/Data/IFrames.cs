namespace EMDC.Training.Data;

/// <summary>Frames on a disk or in memory; any thread may read.</summary>
internal interface IFrames : IDisposable
{
    int Count { get; }

    /// <summary>A frame, with the spots of one of its draws (taken modulo the draws it has).</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    StoredFrame Read(int frame, int draw);
}

/// <summary>A frame as it is kept: 8-bit colours and 16-bit depths.</summary>
internal readonly ref struct StoredFrame
{
    public required int Height { get; init; }

    public required int Width { get; init; }

    /// <summary>H×W×3.</summary>
    public required ReadOnlySpan<byte> Rgb { get; init; }

    /// <summary>H×W, 0 = unknown.</summary>
    public required ReadOnlySpan<ushort> Depth { get; init; }

    /// <summary>H×W, 0 = not measured; empty where the frame has no spots of its own.</summary>
    public required ReadOnlySpan<ushort> Spots { get; init; }

    /// <summary>Metres per unit of <see cref="Depth"/> and <see cref="Spots"/>.</summary>
    public required float Unit { get; init; }
}
