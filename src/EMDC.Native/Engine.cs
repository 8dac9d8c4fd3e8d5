using EMDC.Kernels;
using EMDC.Weights;

namespace EMDC.Native;

/// <summary>One <c>emdc</c>: the engine, and memory for images that cannot be used where they are. One call at a time.</summary>
internal sealed unsafe class Engine : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Emdc _emdc;
    private readonly float _maxDepth;

    // Copies of the frames under way; a frame that runs alone has the first.
    private readonly Copy[] _copies = [new(), new()];
    private readonly Queue<(int Height, int Width)> _submitted = new(Emdc.MostSubmitted);
    private readonly float[][] _maps = [[], [], [], [], []];
    private int _next;
    private bool _closed;

    public Engine(StateDict weights, in Options options)
    {
        string device = options.Device is null ? "cpu" : Utf8.Read(options.Device, "options.device");
        _maxDepth = options.MaxDepth == 0 ? 20 : options.MaxDepth;
        _emdc = Emdc.Load(weights, new EmdcOptions
        {
            Device = device,
            Providers = device == "cpu" ? [] : Providers,
            Threads = options.Threads,
            MaxDepth = _maxDepth,
            KeepMeasured = options.KeepMeasured != 0,
            Raw = options.Raw != 0,
            Scale = options.Scale == 0 ? null : options.Scale,
            Registration = options.Registered == 0 ? null : new PixelShift(options.ShiftDown, options.ShiftRight),
        });
    }

    /// <summary>Who brings the devices other than <c>cpu</c>. Notes have nobody here to read them.</summary>
    public static IReadOnlyList<IDeviceProvider> Providers { get; } = [new KernelDevices { Note = _ => { } }];

    public void WarmUp(int height, int width)
    {
        lock (_lock)
        {
            CheckOpen();
            CheckNoneSubmitted();
            _emdc.WarmUp(height, width);
        }
    }

    public FrameReport Complete(in NativeFrame frame, in NativeMaps maps)
    {
        Images.Check(frame);
        CheckMaps(maps, frame.Width);
        lock (_lock)
        {
            CheckOpen();
            CheckNoneSubmitted();
            Read(frame, _copies[0], keep: false, out ReadOnlySpan<byte> rgb, out ReadOnlySpan<float> depth);
            DepthMaps to = Target(maps, frame.Height, frame.Width);
            _emdc.Complete(rgb, depth, to, frame.Height, frame.Width);
            Write(maps, frame.Height, frame.Width);
            return _emdc.Report;
        }
    }

    public void Submit(in NativeFrame frame)
    {
        Images.Check(frame);
        lock (_lock)
        {
            CheckOpen();
            if (_submitted.Count == Emdc.MostSubmitted)
            {
                throw new CallException(Status.Busy, $"{Emdc.MostSubmitted} frames are submitted; one must be collected first.");
            }

            // The copy is free; the spots in it decide at which size the network works, and so whether the frame fits beside the other.
            Copy copy = _copies[_next];
            Read(frame, copy, keep: true, out _, out ReadOnlySpan<float> depth);
            int pixels = frame.Height * frame.Width;
            if (!_emdc.CanSubmit(depth, frame.Height, frame.Width))
            {
                throw new CallException(
                    Status.Busy,
                    $"A frame of {_submitted.Peek().Width}×{_submitted.Peek().Height} is submitted; one of {frame.Width}×{frame.Height} must wait until it is collected.");
            }

            _emdc.Submit(copy.Rgb.AsMemory(0, 3 * pixels), copy.Depth.AsMemory(0, pixels), frame.Height, frame.Width);
            _submitted.Enqueue((frame.Height, frame.Width));
            _next ^= 1;
        }
    }

    public FrameReport Collect(in NativeMaps maps)
    {
        lock (_lock)
        {
            CheckOpen();
            if (!_submitted.TryPeek(out (int Height, int Width) size))
            {
                throw new CallException(Status.Busy, "No frame is submitted that could be collected.");
            }

            CheckMaps(maps, size.Width);
            DepthMaps to = Target(maps, size.Height, size.Width);
            _submitted.Dequeue();
            _emdc.Collect(to);
            Write(maps, size.Height, size.Width);
            return _emdc.Report;
        }
    }

    public string Profile(in NativeFrame frame, int runs)
    {
        Images.Check(frame);
        if (runs is < 1 or > 100_000)
        {
            throw new CallException(Status.BadCall, $"runs is {runs}, but must be 1 to 100000.");
        }

        lock (_lock)
        {
            CheckOpen();
            CheckNoneSubmitted();
            Read(frame, _copies[0], keep: false, out ReadOnlySpan<byte> rgb, out ReadOnlySpan<float> depth);
            Span<float> dense = Room(0, frame.Height * frame.Width);
            _emdc.Complete(rgb, depth, dense, frame.Height, frame.Width);
            foreach (Operators.PlannedOperator op in _emdc.Plan)
            {
                op.Ticks = 0;
            }

            for (int i = 0; i < runs; i++)
            {
                _emdc.Profile(rgb, depth, dense, frame.Height, frame.Width);
            }

            return ProfileText.Of(_emdc, frame.Height, frame.Width, runs);
        }
    }

    /// <summary>After the call that is under way.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _closed = true;
            _emdc.Dispose();
        }
    }

    /// <summary>The frame's images, copied where they must be, after a look whether anything was measured.</summary>
    private void Read(in NativeFrame frame, Copy copy, bool keep, out ReadOnlySpan<byte> rgb, out ReadOnlySpan<float> depth)
    {
        int pixels = frame.Height * frame.Width;
        if (keep || !Images.IsPlainRgb(frame))
        {
            Images.CopyRgb(frame, Grown(ref copy.Rgb, 3 * pixels));
            rgb = copy.Rgb.AsSpan(0, 3 * pixels);
        }
        else
        {
            rgb = new ReadOnlySpan<byte>(frame.Rgb, 3 * pixels);
        }

        if (keep || !Images.IsPlainDepth(frame))
        {
            Images.CopyDepth(frame, Grown(ref copy.Depth, pixels));
            depth = copy.Depth.AsSpan(0, pixels);
        }
        else
        {
            depth = new ReadOnlySpan<float>(frame.Depth, pixels);
        }

        foreach (float d in depth)
        {
            if (d > 0 && d <= _maxDepth && float.IsFinite(d))
            {
                return;
            }
        }

        throw new CallException(Status.NothingMeasured, $"The depth has no value above 0 and up to {_maxDepth} m; at least one measured pixel is needed.");
    }

    private DepthMaps Target(in NativeMaps maps, int height, int width)
    {
        bool plain = Images.IsPlain(maps, width);
        return new DepthMaps
        {
            Dense = Map(0, maps.Dense),
            Global = Map(1, maps.Global),
            Local = Map(2, maps.Local),
            Confidence = Map(3, maps.Confidence),
            Uncertainty = Map(4, maps.Uncertainty),
        };

        Span<float> Map(int index, float* to) =>
            to is null ? default : plain ? new Span<float>(to, height * width) : Room(index, height * width);
    }

    private void Write(in NativeMaps maps, int height, int width)
    {
        if (!Images.IsPlain(maps, width))
        {
            Map(0, maps.Dense, maps.Stride);
            Map(1, maps.Global, maps.Stride);
            Map(2, maps.Local, maps.Stride);
            Map(3, maps.Confidence, maps.Stride);
            Map(4, maps.Uncertainty, maps.Stride);
        }

        void Map(int index, float* to, nint stride)
        {
            if (to is not null)
            {
                Images.CopyMap(_maps[index], to, stride, height, width);
            }
        }
    }

    private Span<float> Room(int map, int pixels) => Grown(ref _maps[map], pixels).AsSpan(0, pixels);

    private static T[] Grown<T>(ref T[] memory, int length)
    {
        if (memory.Length < length)
        {
            memory = GC.AllocateUninitializedArray<T>(length);
        }

        return memory;
    }

    private static void CheckMaps(in NativeMaps maps, int width)
    {
        if (maps.Dense is null && maps.Global is null && maps.Local is null && maps.Confidence is null
            && maps.Uncertainty is null)
        {
            throw new CallException(Status.BadCall, "All maps are NULL, but at least one must receive a result.");
        }

        Images.CheckStride("maps.stride", maps.Stride, (nint)width * sizeof(float));
    }

    private void CheckOpen()
    {
        if (_closed)
        {
            throw new CallException(Status.BadCall, "The engine was closed while this call waited for it.");
        }
    }

    private void CheckNoneSubmitted()
    {
        if (_submitted.Count > 0)
        {
            throw new CallException(Status.Busy, $"{_submitted.Count} submitted frames must be collected first.");
        }
    }

    /// <summary>One frame's images without gaps.</summary>
    private sealed class Copy
    {
        public byte[] Rgb = [];
        public float[] Depth = [];
    }
}
