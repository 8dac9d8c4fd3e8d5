using System.Diagnostics;
using EMDC.Operators;
using ILGPU;
using ILGPU.Runtime;

namespace EMDC.Kernels;

/// <summary>
/// The backend that runs hand-written ILGPU kernels. It records each operator as launches with all their arguments, uploads
/// weights once, and runs the launches frame by frame. Each operator's part of this class stands in the file of its name, the
/// kernels themselves in the folder Kernels.
/// </summary>
internal sealed partial class IlgpuOperators : IOperators
{
    private readonly Context _context;
    private readonly Accelerator _accelerator;
    private readonly Launchers _launchers;
    private readonly DeviceWeights _weights;
    private readonly Tiling _tiling;
    private readonly bool _keepTensors;
    private readonly Dictionary<(int Height, int Width), PlanePool> _pools = [];
    private readonly List<PlannedOperator> _plan = [];
    private readonly List<Action> _steps = [];
    private readonly List<TiledStep> _tiled = [];
    private readonly List<IlgpuTensor> _released = [];
    private Staging? _staging;
    private InputShape _input;
    private int _paddedPixels;

    public IlgpuOperators(Context context, Accelerator accelerator, DeviceInfo device, Tiling tiling, bool keepTensors)
    {
        (_context, _accelerator, Device, _tiling, _keepTensors) = (context, accelerator, device, tiling, keepTensors);
        _launchers = new Launchers(accelerator);
        _weights = new DeviceWeights(accelerator);
    }

    public DeviceInfo Device { get; }

    public IReadOnlyList<PlannedOperator> Plan => _plan;

    public long KernelLaunches { get; private set; }

    /// <summary>The recorded launches whose tiles can be chosen.</summary>
    public IReadOnlyList<TiledStep> TiledSteps => _tiled;

    public Tiling Tiling => _tiling;

    /// <summary>What tiles are kept for: the device and its driver.</summary>
    public TunedDevice Tuned => Platform.Tuned(_accelerator);

    /// <summary>Waits until all that was launched is done.</summary>
    public void Synchronize() => _accelerator.Synchronize();

    public Tensor Tensor(string name, int channels, int height, int width, int reach = 1)
    {
        if (!_pools.TryGetValue((height, width), out PlanePool? pool))
        {
            pool = new PlanePool(_accelerator, height, width, reach);
            _pools.Add((height, width), pool);
        }
        else if (pool.Reach != reach)
        {
            throw new EmdcException($"{name} is {channels}×{height}×{width} with a reach of {reach}, but tensors of that size here have {pool.Reach}.");
        }

        var (slab, first) = pool.Take(channels);
        return new IlgpuTensor(name, channels, pool, slab, first);
    }

    /// <summary>
    /// The memory is free one operator later: that operator may be fused with the one before, which then reads its input later
    /// than it was recorded. With the release of what stood between the two it is certain that nobody else reads it.
    /// </summary>
    public void Release(Tensor tensor)
    {
        var released = (IlgpuTensor)tensor;
        Fuse(released);
        if (!_keepTensors)
        {
            _released.Add(released);
        }
    }

    public void Reset()
    {
        _plan.Clear();
        _steps.Clear();
        _tiled.Clear();
        _released.Clear();
        _maps.Clear();
        (_depthwise, _pointwise) = (null, null);
        _staging?.Dispose();
        _staging = null;
        foreach (PlanePool pool in _pools.Values)
        {
            pool.Dispose();
        }

        _pools.Clear();
    }

    public int Run(in Frame frame, CancellationToken cancellation) => Run(frame, profile: false, cancellation);

    public int RunProfiled(in Frame frame, CancellationToken cancellation) => Run(frame, profile: true, cancellation);

    public void RunOperator(int index)
    {
        _steps[index]();
        _accelerator.Synchronize();
    }

    public void Write(Tensor tensor, ReadOnlySpan<float> values)
    {
        var t = (IlgpuTensor)tensor;
        Layout layout = t.Pool.PixelLayout;
        var planes = new float[4 * t.View.Length];
        for (int row = 0; row < t.Channels * t.Height; row++)
        {
            values.Slice(row * t.Width, t.Width).CopyTo(planes.AsSpan(layout.At(row / t.Height, row % t.Height, 0)));
        }

        t.Pixels.CopyFromCPU(planes);
    }

    public void Read(Tensor tensor, Span<float> values)
    {
        var t = (IlgpuTensor)tensor;
        Layout layout = t.Pool.PixelLayout;
        var planes = new float[4 * t.View.Length];
        t.Pixels.CopyToCPU(planes);
        for (int row = 0; row < t.Channels * t.Height; row++)
        {
            planes.AsSpan(layout.At(row / t.Height, row % t.Height, 0), t.Width).CopyTo(values[(row * t.Width)..]);
        }
    }

    public void Dispose()
    {
        Reset();
        _weights.Dispose();
        _accelerator.Dispose();
        _context.Dispose();
    }

    private int Run(in Frame frame, bool profile, CancellationToken cancellation)
    {
        if (_staging is not null)
        {
            _input = _input with { Height = frame.Height, Width = frame.Width, MaxDepth = frame.MaxDepth };
            _staging.Upload(frame);
        }

        for (int i = 0; i < _steps.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            _steps[i]();
            if (profile)
            {
                _accelerator.Synchronize();
                _plan[i].Ticks += Stopwatch.GetTimestamp() - start;
            }
        }

        if (_staging is null)
        {
            _accelerator.Synchronize();
            return 0;
        }

        _staging.DownloadCounts();
        for (int slot = 0; slot < _maps.Count; slot++)
        {
            if (Map(frame, _maps[slot].Map).Length > 0)
            {
                _staging.DownloadMap(slot);
            }
        }

        _accelerator.Synchronize();
        for (int slot = 0; slot < _maps.Count; slot++)
        {
            _staging.Hand(slot, Map(frame, _maps[slot].Map));
        }

        return _staging.Measured;
    }

    private static Span<float> Map(in Frame frame, OutputMap map) => map switch
    {
        OutputMap.Dense => frame.Dense,
        OutputMap.Global => frame.Global,
        OutputMap.Local => frame.Local,
        _ => frame.Confidence,
    };

    /// <summary>The next step, with its tile; and what makes it with another.</summary>
    private Action Tiled(TileKey key, IlgpuTensor y, Func<Tile, Action> cut)
    {
        _tiled.Add(new TiledStep(_steps.Count, key, _tiling.Of(key), y, cut));
        return cut(_tiling.Of(key));
    }

    private void Record(string op, string layer, string shape, long macs, long floats, Action step)
    {
        _plan.Add(new PlannedOperator(op, layer, shape, macs, floats * sizeof(float)));
        _steps.Add(step);
        foreach (IlgpuTensor tensor in _released)
        {
            PlanePool.Return(tensor);
        }

        _released.Clear();
    }

    private void Record(string op, ConvWeights w, string shape, long macs, long floats, Action step) =>
        Record(op, w.Name, shape, macs, floats + w.Weight.Length + w.Bias.Length, step);

    private static long Floats(params ReadOnlySpan<Tensor?> tensors)
    {
        long sum = 0;
        foreach (Tensor? t in tensors)
        {
            sum += t is null ? 0 : (long)t.Channels * t.Height * t.Width;
        }

        return sum;
    }
}

/// <summary>A recorded launch whose tile can be chosen.</summary>
/// <param name="Step">Its place in the plan.</param>
/// <param name="Key">What it is.</param>
/// <param name="Tile">The tile it has.</param>
/// <param name="Y">The tensor it writes.</param>
/// <param name="Cut">The launch with another tile.</param>
internal sealed record TiledStep(int Step, TileKey Key, Tile Tile, Tensor Y, Func<Tile, Action> Cut);
