namespace EMDC;

/// <summary>What can be chosen when the engine is loaded.</summary>
public sealed record EmdcOptions
{
    /// <summary>
    /// The device: <c>cpu</c>, or one that <see cref="Providers"/> list (a name without a number means number 0). <c>auto</c>
    /// takes the first that a provider prefers to the CPU, and <c>cpu</c> where there is none.
    /// </summary>
    public string Device { get; init; } = "auto";

    /// <summary>Who opens devices other than <c>cpu</c>; none by default.</summary>
    public IReadOnlyList<IDeviceProvider> Providers { get; init; } = [];

    /// <summary>
    /// Runs every frame on the CPU as well and compares the results of all operators; the first that differs is named in an
    /// <see cref="EmdcException"/>. For a new device or driver; a frame takes the time and the memory of both.
    /// </summary>
    public bool Validate { get; init; }

    /// <summary>Threads, the caller's included; 0 takes all processors.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Vector instructions of the CPU: <c>auto</c> takes the widest that runs in hardware; <c>512</c>, <c>256</c>, <c>128</c>
    /// (bits) and <c>scalar</c> are for comparisons.
    /// </summary>
    public string Simd { get; init; } = "auto";

    /// <summary>Measured depth above this many metres is dropped, as the network was tested.</summary>
    public float MaxDepth { get; init; } = 20;

    /// <summary>Writes the measurements over the network's estimate where there is one.</summary>
    public bool KeepMeasured { get; init; }

    /// <summary>
    /// The bare network: all spots are given to it at the frame's own size, and its result is handed out as it is, even below 0.
    /// </summary>
    public bool Raw { get; init; }

    /// <summary>
    /// The size that the network works at as a part of the frame's, above 0 and at most 1; null lets the spots decide, how few they are.
    /// </summary>
    public float? Scale { get; init; }

    /// <summary>
    /// Where the colours lie to the depth; null finds it for every frame, as far as its spots tell it (<see cref="Completion.RegistrationSearch"/>), which
    /// <see cref="FrameReport.Shift"/> then says. A rig whose shift is known should name it, so that no two frames differ. The result has
    /// the depth's pixels: what was measured stays where it is, and the colours are moved. Without meaning with <see cref="Raw"/>.
    /// </summary>
    public PixelShift? Registration { get; init; }

    /// <summary>Rows of the frames that <see cref="Emdc.Complete(ReadOnlySpan{byte}, ReadOnlySpan{float}, Span{float})"/> takes.</summary>
    public int Height { get; init; } = 192;

    /// <summary>Columns of the frames that <see cref="Emdc.Complete(ReadOnlySpan{byte}, ReadOnlySpan{float}, Span{float})"/> takes.</summary>
    public int Width { get; init; } = 256;
}
