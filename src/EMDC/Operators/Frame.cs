namespace EMDC.Operators;

/// <summary>One frame of the caller: what goes in, and where the maps go. Maps of length 0 are not wanted.</summary>
public readonly ref struct Frame
{
    /// <summary>Rows of the caller's images.</summary>
    public required int Height { get; init; }

    /// <summary>Columns of the caller's images.</summary>
    public required int Width { get; init; }

    /// <summary>Height×Width×3, 8 bits a channel.</summary>
    public required ReadOnlySpan<byte> Rgb { get; init; }

    /// <summary>Height×Width metres, 0 where nothing was measured.</summary>
    public required ReadOnlySpan<float> Sparse { get; init; }

    /// <summary>Height×Width metres, the final depth.</summary>
    public Span<float> Dense { get; init; }

    /// <summary>Height×Width metres, the global branch.</summary>
    public Span<float> Global { get; init; }

    /// <summary>Height×Width metres, the local branch.</summary>
    public Span<float> Local { get; init; }

    /// <summary>Height×Width, the confidence in the local branch.</summary>
    public Span<float> Confidence { get; init; }

    /// <summary>Measured depth above this many metres is dropped.</summary>
    public required float MaxDepth { get; init; }
}
