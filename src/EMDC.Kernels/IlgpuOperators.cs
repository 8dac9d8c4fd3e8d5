using EMDC.Operators;
using ILGPU;
using ILGPU.Runtime;

namespace EMDC.Kernels;

/// <summary>
/// The backend that runs hand-written ILGPU kernels. It records each operator as launches with all their arguments, uploads
/// weights once, and runs the launches frame by frame. Each operator's part of this class stands in the file of its name, the
/// kernels themselves in the folder Kernels.
/// </summary>
internal sealed partial class IlgpuOperators : IBackend
{
    private readonly Context _context;
    private readonly Accelerator _accelerator;
    private readonly DeviceCalls _device;
    private readonly Launchers _launchers;
    private readonly DeviceWeights _weights;
    private readonly Tiling _tiling;
    private readonly bool _keepTensors;
    private readonly Dictionary<(int Height, int Width), PlanePool> _pools = [];
    private readonly List<PlannedOperator> _plan = [];
    private readonly List<Action> _steps = [];
    private readonly List<TiledStep> _tiled = [];
    private readonly List<IlgpuTensor> _released = [];

    /// <param name="context">Is disposed of with this object, and so is the device.</param>
    /// <param name="device">The device.</param>
    /// <param name="launchers">Its kernels.</param>
    /// <param name="tiling">How launches are cut.</param>
    /// <param name="keepTensors">Whether released tensors keep their memory.</param>
    public IlgpuOperators(Context context, DeviceCalls device, Launchers launchers, Tiling tiling, bool keepTensors)
    {
        (_context, _device, _launchers, _tiling, _keepTensors) = (context, device, launchers, tiling, keepTensors);
        _accelerator = device.Accelerator;
        _copies = _accelerator.CreateStream();
        _weights = new DeviceWeights(device);
    }

    public DeviceInfo Device => _device.Device;

    public IReadOnlyList<PlannedOperator> Plan => _plan;

    public long KernelLaunches { get; private set; }

    /// <summary>The recorded launches whose tiles can be chosen.</summary>
    public IReadOnlyList<TiledStep> TiledSteps => _tiled;

    public Tiling Tiling => _tiling;

    /// <summary>What tiles are kept for: the device and its driver.</summary>
    public TunedDevice Tuned => Platform.Tuned(_accelerator);

    /// <summary>Does something on the device and waits until it is done.</summary>
    public void Perform(string what, Action action) => _device.Do(what, () =>
    {
        action();
        _accelerator.Synchronize();
    });

    public Tensor Tensor(string name, int channels, int height, int width, int reach = 1)
    {
        if (!_pools.TryGetValue((height, width), out PlanePool? pool))
        {
            pool = new PlanePool(_device, height, width, reach);
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
        Free([.. _staging.OfType<Staging>(), .. _pools.Values]);
        (_staging[0], _staging[1], _running, _waiting, _current) = (null, null, null, null, null);
        _pools.Clear();
    }

    public void RunOperator(int index) => Perform(StepName(index), _steps[index]);

    public void Write(Tensor tensor, ReadOnlySpan<float> values)
    {
        var t = (IlgpuTensor)tensor;
        Layout layout = t.Pool.PixelLayout;
        var planes = new float[4 * t.View.Length];
        for (int row = 0; row < t.Channels * t.Height; row++)
        {
            values.Slice(row * t.Width, t.Width).CopyTo(planes.AsSpan(layout.At(row / t.Height, row % t.Height, 0)));
        }

        _device.Do("the copy of a tensor to the device", () => t.Pixels.CopyFromCPU(planes));
    }

    public void Read(Tensor tensor, Span<float> values)
    {
        var t = (IlgpuTensor)tensor;
        Layout layout = t.Pool.PixelLayout;
        var planes = new float[4 * t.View.Length];
        _device.Do("the copy of a tensor from the device", () => t.Pixels.CopyToCPU(planes));
        for (int row = 0; row < t.Channels * t.Height; row++)
        {
            planes.AsSpan(layout.At(row / t.Height, row % t.Height, 0), t.Width).CopyTo(values[(row * t.Width)..]);
        }
    }

    public void Dispose()
    {
        Reset();
        Free([_weights, _copies, _accelerator, _context]);
    }

    /// <summary>A device that failed refuses to free what it holds, too; what it failed at has been told by then.</summary>
    private static void Free(IEnumerable<IDisposable> held)
    {
        foreach (IDisposable one in held)
        {
            try
            {
                one.Dispose();
            }
            catch (Exception cause) when (DeviceCalls.IsOfDevice(cause))
            {
            }
        }
    }

    private string StepName(int step) => $"{_plan[step].Operator} {_plan[step].Layer}".TrimEnd();

    /// <summary>The next step, with its tile; and what makes it with another.</summary>
    private Action Tiled(TileKey key, ArrayView<float>[] written, Func<Tile, Action> cut)
    {
        _tiled.Add(new TiledStep(_steps.Count, key, _tiling.Of(key), written, cut));
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
/// <param name="Written">The memory it writes to, borders included.</param>
/// <param name="Cut">The launch with another tile.</param>
internal sealed record TiledStep(int Step, TileKey Key, Tile Tile, ArrayView<float>[] Written, Func<Tile, Action> Cut);
