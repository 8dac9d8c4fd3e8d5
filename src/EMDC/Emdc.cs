using EMDC.Completion;
using EMDC.Network;
using EMDC.Operators;
using EMDC.Simd;
using EMDC.Weights;

namespace EMDC;

/// <summary>
/// The engine: dense depth from an RGB frame and sparse ToF depth of the same size, pixel on pixel.
/// <code>
/// using var emdc = Emdc.Load("weights/emdc.safetensors");
/// emdc.Complete(rgb, sparse, dense, height: 192, width: 256);
/// </code>
/// <para>
/// Frames: 8×8 to 16384×16384 pixels, RGB as height×width×3 bytes, depth as height×width float32 in metres, 0, NaN, infinite
/// or negative where nothing was measured. Sides that are no multiples of 32 are padded inside and cropped back.
/// </para>
/// <para>
/// From one spot to a full map: the network is given spots as dense as it knows them, at a smaller size where they are few
/// (<see cref="Completion.WorkingFrame"/>), the measurements are laid over its result (<see cref="Completion.Anchoring"/>), in which
/// nothing is 0 or behind the camera, and what is plane is freed of the sensor's noise (<see cref="Completion.Planes"/>). <see cref="EmdcOptions.Raw"/> gives the bare network.
/// </para>
/// <para>
/// The first frame of a size allocates what the size needs; further frames of that size allocate nothing, unless their spots allow the
/// network another size.
/// </para>
/// <para>
/// Many frames: <see cref="Submit"/> one while the one before it is not yet collected, and a device copies it in and out beside
/// the kernels of the others; the results are the same bits.
/// <code>
/// emdc.Submit(rgb[0], sparse[0], height, width);
/// for (int i = 0; i &lt; frames; i++)
/// {
///     if (i + 1 &lt; frames) emdc.Submit(rgb[i + 1], sparse[i + 1], height, width);
///     emdc.Collect(new DepthMaps { Dense = dense[i] });
/// }
/// </code>
/// </para>
/// <para>
/// Thread safety: one frame at a time. Calls from several threads wait for each other; for frames side by side load one
/// engine a thread, each with its share of <see cref="EmdcOptions.Threads"/>. Frames are submitted and collected by one thread.
/// </para>
/// </summary>
public sealed class Emdc : IDisposable
{
    /// <summary>The smallest side of a frame.</summary>
    public const int SmallestSide = 8;

    /// <summary>The largest side of a frame.</summary>
    public const int LargestSide = 16384;

    /// <summary>Frames that can be submitted and not yet collected.</summary>
    public const int MostSubmitted = 2;

    private const int WarmUpStep = 7;

    // Bytes, measured: what the weights become, and what a pixel needs on all levels together.
    private const long MemoryOfWeights = 100 << 20, MemoryOfPixel = 1100;

    private readonly EmdcOptions _options;
    private readonly EmdcWeights _weights;
    private readonly IBackend _backend;
    private readonly Lock _lock = new();
    private readonly Queue<Submitted> _submitted = new(MostSubmitted);

    // One for each submitted frame; the next one's is free as long as there are fewer than most.
    private readonly WorkingFrame[] _working = [new(), new()];
    private readonly RegistrationSearch _registration = new();
    private readonly JointUpsampling _upsampling = new();
    private readonly SpotTiles _tiles = new();
    private readonly Anchoring _anchoring = new();
    private readonly Planes _planes = new();
    private readonly Workers? _workers;
    private int _next;
    private readonly Uncertainty _uncertainty = new();
    private readonly float[]? _uncertaintyCoefficients;
    private (int Height, int Width) _recorded;
    private bool _disposed;

    private Emdc(StateDict state, EmdcOptions options)
    {
        CheckSize(options.Height, options.Width);
        if (!(options.MaxDepth > 0))
        {
            throw new EmdcException($"The largest depth is {options.MaxDepth} m, but must be above 0.");
        }

        if (!(options.Scale is null or (> 0 and <= 1)))
        {
            throw new EmdcException($"The scale is {options.Scale}, but must be above 0 and at most 1.");
        }

        _options = options;
        _uncertaintyCoefficients = state.Uncertainty?.ToArray();
        _backend = Devices.Open(options);
        _weights = new EmdcWeights(state);
        _workers = options.Raw ? null : new Workers(Devices.Threads(options));
    }

    /// <summary>What runs the network.</summary>
    public DeviceInfo Device => _backend.Device;

    /// <summary>Whether the weights have coefficients for <see cref="DepthMaps.Uncertainty"/>, and so it may be asked for.</summary>
    public bool HasUncertainty => _uncertaintyCoefficients is not null;

    /// <summary>Kernels launched so far on a device that runs kernels; 0 on the CPU.</summary>
    public long KernelLaunches => _backend.KernelLaunches;

    /// <summary>The operators of the last recorded frame size, in the order they run.</summary>
    public IReadOnlyList<PlannedOperator> Plan => _backend.Plan;

    /// <summary>Loads weights from a safetensors file.</summary>
    /// <exception cref="EmdcException">The file does not serve, or the device is not there.</exception>
    public static Emdc Load(string path, EmdcOptions? options = null) => Load(StateDict.Load(path), options);

    /// <summary>Takes weights that are in memory.</summary>
    /// <exception cref="EmdcException">The device is not there.</exception>
    public static Emdc Load(StateDict state, EmdcOptions? options = null) => new(state, options ?? new EmdcOptions());

    /// <summary>Completes a frame of <see cref="EmdcOptions.Height"/> × <see cref="EmdcOptions.Width"/> pixels.</summary>
    /// <param name="rgb">Height×width×3 bytes.</param>
    /// <param name="sparse">Height×width metres, 0 where nothing was measured.</param>
    /// <param name="dense">Receives height×width metres.</param>
    /// <returns>The number of measured pixels that were used.</returns>
    /// <exception cref="EmdcException">A length does not fit the size, or nothing was measured.</exception>
    public int Complete(ReadOnlySpan<byte> rgb, ReadOnlySpan<float> sparse, Span<float> dense) =>
        Complete(rgb, sparse, dense, _options.Height, _options.Width);

    /// <summary>Completes a frame of any size.</summary>
    /// <param name="rgb">Height×width×3 bytes.</param>
    /// <param name="sparse">Height×width metres, 0 where nothing was measured.</param>
    /// <param name="dense">Receives height×width metres.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="cancellation">Looked at between operators; a cancelled call leaves <paramref name="dense"/> undefined.</param>
    /// <returns>The number of measured pixels that were used.</returns>
    /// <exception cref="EmdcException">A length does not fit the size, or nothing was measured.</exception>
    public int Complete(
        ReadOnlySpan<byte> rgb, ReadOnlySpan<float> sparse, Span<float> dense, int height, int width, CancellationToken cancellation = default) =>
        Complete(rgb, sparse, new DepthMaps { Dense = dense }, height, width, cancellation);

    /// <summary>Completes a frame and hands out the maps behind the result as well.</summary>
    /// <param name="rgb">Height×width×3 bytes.</param>
    /// <param name="sparse">Height×width metres, 0 where nothing was measured.</param>
    /// <param name="maps">Receive height×width values each; maps of length 0 are left out.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="cancellation">Looked at between operators; a cancelled call leaves the maps undefined.</param>
    /// <returns>The number of measured pixels that were used.</returns>
    /// <exception cref="EmdcException">A length does not fit the size, or nothing was measured.</exception>
    public int Complete(
        ReadOnlySpan<byte> rgb, ReadOnlySpan<float> sparse, in DepthMaps maps, int height, int width, CancellationToken cancellation = default)
    {
        Frame frame = ToFrame(rgb, sparse, maps, height, width);
        CheckMeasured(frame);
        lock (_lock)
        {
            CheckCollected();
            frame = WithMaps(frame, maps);
            WorkingFrame working = Prepare(frame);
            Frame given = Given(frame, working);
            _backend.Run(given, cancellation);
            int measured = Finish(frame, given, working);
            Estimate(frame, maps);
            return measured;
        }
    }

    /// <summary>What became of the frame that was completed or collected last.</summary>
    public FrameReport Report { get; private set; }

    /// <summary>
    /// Whether a frame can be submitted now. If not, a frame must be collected first: there are <see cref="MostSubmitted"/>, or they need
    /// memory of another size.
    /// </summary>
    /// <param name="sparse">Height×width metres, 0 where nothing was measured: how many there are decides the size.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    public bool CanSubmit(ReadOnlySpan<float> sparse, int height, int width)
    {
        lock (_lock)
        {
            return _submitted.Count == 0 || (_submitted.Count < MostSubmitted && _recorded == Padded(Measure(sparse, height, width)));
        }
    }

    /// <summary>
    /// Starts a frame, whose result <see cref="Collect"/> hands out. A device works on it from now on; the CPU, which has
    /// nothing to copy, does all when it is collected.
    /// </summary>
    /// <param name="rgb">Height×width×3 bytes, which must stay as they are until the frame is collected.</param>
    /// <param name="sparse">Height×width metres, 0 where nothing was measured; must stay as well.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="cancellation">Looked at between operators; a cancelled frame is not submitted.</param>
    /// <exception cref="EmdcException">A length does not fit the size, or nothing was measured; the frame is not submitted.</exception>
    /// <exception cref="InvalidOperationException"><see cref="CanSubmit"/> says no.</exception>
    public void Submit(
        ReadOnlyMemory<byte> rgb, ReadOnlyMemory<float> sparse, int height, int width, CancellationToken cancellation = default)
    {
        Frame frame = ToFrame(rgb.Span, sparse.Span, default, height, width);
        CheckMeasured(frame);
        lock (_lock)
        {
            if (!CanSubmit(sparse.Span, height, width))
            {
                throw new InvalidOperationException(
                    $"A frame of {height}×{width} cannot be submitted beside the {_submitted.Count} submitted before; one must be collected first.");
            }

            WorkingFrame working = Prepare(frame);
            _backend.Submit(Given(frame, working), cancellation);
            _submitted.Enqueue(new Submitted(rgb, sparse, height, width, working));
            _next = (_next + 1) % _working.Length;
        }
    }

    /// <summary>Finishes the oldest submitted frame. What goes wrong with a later one is told when that is collected.</summary>
    /// <param name="maps">Receive height×width values each; maps of length 0 are left out.</param>
    /// <param name="cancellation">Looked at between operators; on a device it keeps the next frame from being run, too.</param>
    /// <returns>The number of measured pixels that were used.</returns>
    /// <exception cref="EmdcException">A map's length does not fit, and the frame stays submitted; or the device failed.</exception>
    /// <exception cref="OperationCanceledException">This frame was cancelled before it was done.</exception>
    /// <exception cref="InvalidOperationException">No frame is submitted.</exception>
    public int Collect(in DepthMaps maps, CancellationToken cancellation = default)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_submitted.TryPeek(out Submitted oldest))
            {
                throw new InvalidOperationException("There is no submitted frame to collect.");
            }

            Frame frame = WithMaps(ToFrame(oldest.Rgb.Span, oldest.Sparse.Span, maps, oldest.Height, oldest.Width), maps);
            _submitted.Dequeue();
            Frame given = Given(frame, oldest.Working);
            _backend.Collect(given, cancellation);
            int measured = Finish(frame, given, oldest.Working);
            Estimate(frame, maps);
            return measured;
        }
    }

    /// <summary>Like <see cref="Complete(ReadOnlySpan{byte}, ReadOnlySpan{float}, Span{float}, int, int, CancellationToken)"/> of an engine
    /// with <see cref="EmdcOptions.Raw"/>, adding each operator's time to <see cref="PlannedOperator.Ticks"/> of <see cref="Plan"/>.</summary>
    public int Profile(
        ReadOnlySpan<byte> rgb, ReadOnlySpan<float> sparse, Span<float> dense, int height, int width, CancellationToken cancellation = default)
    {
        Frame frame = ToFrame(rgb, sparse, new DepthMaps { Dense = dense }, height, width);
        CheckMeasured(frame);
        lock (_lock)
        {
            CheckCollected();
            Prepare((height, width));
            int measured = _backend.RunProfiled(frame, cancellation);
            KeepMeasured(frame);
            return measured;
        }
    }

    /// <summary>Does now what the first frame of a size would do that has spots enough for it: allocates, compiles, and touches all
    /// memory.</summary>
    public void WarmUp(int height, int width)
    {
        CheckSize(height, width);
        var sparse = new float[height * width];
        for (int i = 0; i < sparse.Length; i++)
        {
            // Within whatever limit there is, and as many as the network needs for the frame's own size.
            sparse[i] = i / width % WarmUpStep == 0 && i % width % WarmUpStep == 0 ? Math.Min(1, _options.MaxDepth) : 0;
        }

        Complete(new byte[3 * height * width], sparse, new float[height * width], height, width);
    }

    /// <summary>Ends the engine's threads and frees its memory, after a frame that is under way.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (!_disposed)
            {
                _disposed = true;
                _backend.Dispose();
                _workers?.Dispose();
                _registration.Dispose();
                _tiles.Dispose();
                _anchoring.Dispose();
                _planes.Dispose();
            }
        }
    }

    /// <summary>Makes of a frame what the network is given, and records the network for its size.</summary>
    private WorkingFrame Prepare(in Frame frame)
    {
        Prepare(Measure(frame.Sparse, frame.Height, frame.Width));
        WorkingFrame working = _working[_next];
        if (!_options.Raw)
        {
            working.Fill(frame.Rgb, frame.Sparse, frame.Height, frame.Width, frame.MaxDepth, _options.Registration, _registration, _workers!);
        }

        return working;
    }

    private void Prepare((int Height, int Width) size)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        (int Height, int Width) padded = Padded(size);
        if (_recorded == padded)
        {
            return;
        }

        _recorded = default;
        _backend.Reset();
        try
        {
            EmdcNetwork.Record(_backend, _weights, padded.Height, padded.Width);
        }
        catch (OutOfMemoryException error)
        {
            throw new EmdcException(
                $"The network needs about {(MemoryOfWeights + (long)padded.Height * padded.Width * MemoryOfPixel) >> 20} MiB for frames of {size.Height}×{size.Width}, which the machine does not have.",
                error);
        }

        _recorded = padded;
    }

    /// <summary>The size that the network would work at.</summary>
    private (int Height, int Width) Measure(ReadOnlySpan<float> sparse, int height, int width)
    {
        _working[_next].Measure(sparse, height, width, LargestDepth, _options.Raw ? 1 : _options.Scale);
        return (_working[_next].Height, _working[_next].Width);
    }

    /// <summary>The frame that the network is given: the caller's own as far as it can be.</summary>
    private Frame Given(in Frame frame, WorkingFrame working)
    {
        if (_options.Raw)
        {
            return frame;
        }

        bool isWhole = working.IsWhole;
        return new Frame
        {
            Height = working.Height,
            Width = working.Width,
            Rgb = isWhole ? working.Registered(frame.Rgb) : working.Rgb,
            Sparse = working.Sparse,
            Dense = isWhole || frame.Dense.IsEmpty ? frame.Dense : working.Map(0),
            Global = isWhole || frame.Global.IsEmpty ? frame.Global : working.Map(1),
            Local = isWhole || frame.Local.IsEmpty ? frame.Local : working.Map(2),
            Confidence = isWhole || frame.Confidence.IsEmpty ? frame.Confidence : working.Map(3),
            MaxDepth = frame.MaxDepth,
        };
    }

    /// <summary>From the network's maps to the caller's.</summary>
    /// <returns>The number of measured pixels.</returns>
    private int Finish(in Frame frame, in Frame given, WorkingFrame working)
    {
        int bounded = 0;
        if (_workers is not null)
        {
            Enlarge(frame, given.Dense, frame.Dense, working);
            Enlarge(frame, given.Global, frame.Global, working);
            Enlarge(frame, given.Local, frame.Local, working);
            Enlarge(frame, given.Confidence, frame.Confidence, working);
            if (!frame.Dense.IsEmpty)
            {
                bounded = Refine(_workers, frame, working);
            }

            Bound(frame.Global, working.Least);
            Bound(frame.Local, working.Least);
        }

        KeepMeasured(frame);
        Report = new FrameReport(
            working.Spots, _options.Raw ? working.Spots : working.Used, working.Height, working.Width, working.Needed, bounded, _options.Raw ? PixelShift.None : working.Shift);
        return working.Spots;
    }

    private void Enlarge(in Frame frame, ReadOnlySpan<float> small, Span<float> map, WorkingFrame working)
    {
        if (!working.IsWhole && !map.IsEmpty)
        {
            _upsampling.Run(_workers!, working.Registered(frame.Rgb), frame.Height, frame.Width, working, small, map);
        }
    }

    private static void Bound(Span<float> map, float least)
    {
        foreach (ref float metres in map)
        {
            metres = metres < least ? least : metres;
        }
    }

    private void CheckCollected()
    {
        if (_submitted.Count > 0)
        {
            throw new InvalidOperationException($"{_submitted.Count} submitted frames must be collected before a frame runs alone.");
        }
    }

    /// <summary>Looks no further than the first measured pixel, so a frame that serves is not read twice.</summary>
    private void CheckMeasured(in Frame frame)
    {
        foreach (float d in frame.Sparse)
        {
            if (d > 0 && d <= frame.MaxDepth)
            {
                return;
            }
        }

        throw new EmdcException($"The sparse depth has no value above 0 and up to {_options.MaxDepth} m; at least one measured pixel is needed.");
    }

    /// <summary>Lays the measurements over the network's depth and takes the noise out of planes; returns how many pixels were bounded.</summary>
    private int Refine(Workers workers, in Frame frame, WorkingFrame working)
    {
        _tiles.Sort(workers, working.Spots, frame.Sparse, frame.MaxDepth, frame.Height, frame.Width);
        int bounded = _anchoring.Run(workers, working, _tiles, working.Registered(frame.Rgb), frame.Dense, frame.Height, frame.Width);
        _planes.Run(workers, working, _tiles, frame.Dense, frame.Height, frame.Width);
        return bounded;
    }

    private void KeepMeasured(in Frame frame)
    {
        if (_options.KeepMeasured)
        {
            for (int i = 0; i < frame.Dense.Length; i++)
            {
                float d = frame.Sparse[i];
                frame.Dense[i] = d > 0 && d <= frame.MaxDepth ? d : frame.Dense[i];
            }
        }
    }

    /// <summary>Where the uncertainty is wanted, the maps that it is estimated from are, too.</summary>
    private Frame WithMaps(Frame frame, DepthMaps maps) => maps.Uncertainty.IsEmpty ? frame : _uncertainty.WithMaps(frame);

    private void Estimate(in Frame frame, in DepthMaps maps)
    {
        if (!maps.Uncertainty.IsEmpty)
        {
            _uncertainty.Run(frame, _uncertaintyCoefficients, maps.Uncertainty);
        }
    }

    private Frame ToFrame(ReadOnlySpan<byte> rgb, ReadOnlySpan<float> sparse, in DepthMaps maps, int height, int width)
    {
        CheckSize(height, width);
        int pixels = height * width;
        CheckLength("rgb", rgb.Length, 3 * (long)pixels, optional: false);
        CheckLength("sparse", sparse.Length, pixels, optional: false);
        CheckLength("dense", maps.Dense.Length, pixels, optional: true);
        CheckLength("global", maps.Global.Length, pixels, optional: true);
        CheckLength("local", maps.Local.Length, pixels, optional: true);
        CheckLength("confidence", maps.Confidence.Length, pixels, optional: true);
        CheckLength("uncertainty", maps.Uncertainty.Length, pixels, optional: true);
        if (!maps.Uncertainty.IsEmpty && !HasUncertainty)
        {
            throw new EmdcException("The weights have no coefficients of the uncertainty, so it cannot be told.");
        }

        return new Frame
        {
            Height = height,
            Width = width,
            Rgb = rgb,
            Sparse = sparse,
            Dense = maps.Dense,
            Global = maps.Global,
            Local = maps.Local,
            Confidence = maps.Confidence,

            MaxDepth = LargestDepth,
        };

        void CheckLength(string name, int length, long needed, bool optional)
        {
            if (length != needed && !(optional && length == 0))
            {
                throw new EmdcException($"{name} has {length} values, but a frame of {height}×{width} needs {needed}.");
            }
        }
    }

    /// <summary>"No limit" is not to let infinities pass as measurements.</summary>
    private float LargestDepth => Math.Min(_options.MaxDepth, float.MaxValue);

    private static void CheckSize(int height, int width)
    {
        if (height is < SmallestSide or > LargestSide || width is < SmallestSide or > LargestSide)
        {
            throw new EmdcException($"A frame of {height}×{width} is out of range: both sides must be {SmallestSide} to {LargestSide} pixels.");
        }
    }

    private static (int Height, int Width) Padded((int Height, int Width) size) => (RoundUp(size.Height), RoundUp(size.Width));

    private static int RoundUp(int side) => (side + EmdcNetwork.Multiple - 1) / EmdcNetwork.Multiple * EmdcNetwork.Multiple;

    private readonly record struct Submitted(
        ReadOnlyMemory<byte> Rgb, ReadOnlyMemory<float> Sparse, int Height, int Width, WorkingFrame Working);
}

/// <summary>The caller's memory for the results of one frame, height×width float32 each; what is empty is left out.</summary>
public readonly ref struct DepthMaps
{
    /// <summary>The final depth in metres.</summary>
    public Span<float> Dense { get; init; }

    /// <summary>The global branch's depth in metres.</summary>
    public Span<float> Global { get; init; }

    /// <summary>The local branch's depth in metres.</summary>
    public Span<float> Local { get; init; }

    /// <summary>The confidence in the local branch, 0 … rezero.</summary>
    public Span<float> Confidence { get; init; }

    /// <summary>
    /// An estimate of the dense depth's standard deviation in metres, where <see cref="Emdc.HasUncertainty"/>; how good it is for the
    /// default weights, their model card tells.
    /// </summary>
    public Span<float> Uncertainty { get; init; }
}
