using EMDC.Operators;

namespace EMDC.Kernels;

/// <summary>
/// The backend that runs hand-written kernels on a <see cref="Kernels.Device"/>. It records operators as a list, makes launches of the
/// finished list, uploads weights once, and runs the launches frame by frame. Each operator's part of this class stands in the file of
/// its name, the kernels themselves in the folder Kernels.
/// </summary>
internal sealed partial class DeviceBackend : IBackend
{
    private readonly DeviceCalls _device;
    private readonly Queue _queue;
    private readonly Queue _copies;
    private readonly bool _keepTensors;
    private readonly Dictionary<(int Height, int Width), DevicePlanes> _planes = [];
    private readonly List<Operation> _recorded = [];
    private readonly List<Step> _steps = [];
    private readonly List<PlannedOperator> _plan = [];
    private readonly List<DeviceTensor> _released = [];
    private readonly HashSet<Tensor> _unwritten = new(ReferenceEqualityComparer.Instance);
    private bool _isFinished = true;

    /// <param name="device">Is disposed of with this object.</param>
    /// <param name="info">How it is listed.</param>
    /// <param name="tiling">How launches are cut.</param>
    /// <param name="keepTensors">Whether released tensors keep their memory.</param>
    public DeviceBackend(Device device, DeviceInfo info, Tiling tiling, bool keepTensors)
    {
        (_device, Device, Tiling, _keepTensors) = (new DeviceCalls(device), info, tiling, keepTensors);
        (_queue, _copies) = (device.CreateQueue(), device.CreateQueue());
        Weights = new DeviceWeights(_device, _queue);
    }

    public DeviceInfo Device { get; }

    public IReadOnlyList<PlannedOperator> Plan
    {
        get
        {
            Finish();
            return _plan;
        }
    }

    public long KernelLaunches { get; private set; }

    /// <summary>The launches of the plan, for a search of their tiles.</summary>
    public IEnumerable<Part> Parts
    {
        get
        {
            Finish();
            return _steps.SelectMany(step => step.Parts);
        }
    }

    /// <summary>The operators of the plan with their launches.</summary>
    public IReadOnlyList<Step> Steps
    {
        get
        {
            Finish();
            return _steps;
        }
    }

    public Tiling Tiling { get; }

    /// <summary>Hears of what the device could not do and goes on without.</summary>
    public Action<string> Note { get; init; } = Console.Error.WriteLine;

    public DeviceWeights Weights { get; }

    /// <summary>What tiles are kept for: the device and its driver.</summary>
    public TunedDevice Tuned => new(_device.Device.Traits.OwnName, _device.Device.Traits.Driver);

    /// <summary>What the package's tiles are kept for.</summary>
    public string? Kind => _device.Device.Traits.Kind;

    /// <summary>Whether an operator of the plan writes this tensor: what stood between two that became one is never written.</summary>
    public bool IsWritten(Tensor tensor)
    {
        Finish();
        return !_unwritten.Contains(tensor);
    }

    public Tensor Tensor(string name, int channels, int height, int width, int reach = 1)
    {
        if (!_planes.TryGetValue((height, width), out DevicePlanes? planes))
        {
            planes = new DevicePlanes(_device, _queue, height, width, reach);
            _planes.Add((height, width), planes);
        }
        else if (planes.Reach != reach)
        {
            throw new EmdcException($"{name} is {channels}×{height}×{width} with a reach of {reach}, but tensors of that size here have {planes.Reach}.");
        }

        var (slab, first) = planes.Take(channels);
        return new DeviceTensor(name, channels, planes, slab, first);
    }

    /// <summary>
    /// The memory is free one operator later: that operator may be fused with the one before, which then reads its input later
    /// than it was recorded.
    /// </summary>
    public void Release(Tensor tensor)
    {
        var released = (DeviceTensor)tensor;
        if (_recorded.Count > 0)
        {
            _recorded[^1].Released.Add(released);
            _isFinished = false;
        }

        if (!_keepTensors)
        {
            _released.Add(released);
        }
    }

    public void Reset()
    {
        // The graph first: it names the launches and the memory of the others.
        Free([.. Graphs, .. _steps, .. _staging.OfType<Staging>(), .. _planes.Values]);
        _graph = null;
        _recorded.Clear();
        _steps.Clear();
        _plan.Clear();
        _released.Clear();
        _unwritten.Clear();
        _maps = [];
        (_staging[0], _staging[1], _running, _waiting) = (null, null, null, null);
        _planes.Clear();
        _isFinished = true;
    }

    public void RunOperator(int index)
    {
        Finish();
        Step step = _steps[index];
        Perform(step.Name, step.Launches(_current));
    }

    public void Write(Tensor tensor, ReadOnlySpan<float> values)
    {
        var t = (DeviceTensor)tensor;
        Layout layout = t.Planes.PixelLayout;
        var planes = new float[t.Pixels.Length];
        for (int row = 0; row < t.Channels * t.Height; row++)
        {
            values.Slice(row * t.Width, t.Width).CopyTo(planes.AsSpan(layout.At(row / t.Height, row % t.Height, 0)));
        }

        WriteMemory(t.Pixels, planes);
    }

    public void Read(Tensor tensor, Span<float> values)
    {
        var t = (DeviceTensor)tensor;
        Layout layout = t.Planes.PixelLayout;
        float[] planes = ReadMemory(t.Pixels);
        for (int row = 0; row < t.Channels * t.Height; row++)
        {
            planes.AsSpan(layout.At(row / t.Height, row % t.Height, 0), t.Width).CopyTo(values[(row * t.Width)..]);
        }
    }

    /// <summary>Copies values to the device's memory, borders included.</summary>
    internal void WriteMemory(View to, float[] values) =>
        _device.Do("the copy of a tensor to the device", () => _queue.Write<float>(to, values));

    /// <summary>Copies values from the device's memory, borders included.</summary>
    internal float[] ReadMemory(View from)
    {
        var values = new float[from.Length];
        _device.Do("the copy of a tensor from the device", () => _queue.Read<float>(from, values));
        return values;
    }

    /// <summary>Launches kernels and waits until they are done.</summary>
    internal void Perform(string what, params Launch[] launches) => _device.Do(what, () =>
    {
        foreach (Launch launch in launches)
        {
            _queue.Run(launch);
        }

        _queue.Wait();
    });

    /// <summary>
    /// Launches so often, as one replay where the device can: what is timed then is the kernels and not how fast the host launches them.
    /// </summary>
    internal Launch[] Repeat(Launch[] launches, int times)
    {
        Launch[] repeated = [.. Enumerable.Repeat(launches, times).SelectMany(once => once)];
        try
        {
            return _queue.Capture(repeated) is { } graph ? [graph] : repeated;
        }
        catch (Exception cause) when (_device.Device.Reason(cause) is not null)
        {
            return repeated;
        }
    }

    /// <summary>The launches of a part with a tile, for a search.</summary>
    internal Launch[] Cut(Part part, Tile tile) => part.Cut(tile, _current);

    /// <summary>A launch of a kernel with its tile.</summary>
    /// <param name="kernel">The kernel, which is compiled here and may allow smaller groups than the device.</param>
    /// <param name="tiles">Its tiles.</param>
    /// <param name="key">What the tile is kept for.</param>
    /// <param name="written">The memory it writes to, borders included.</param>
    /// <param name="shape">The record for a tile.</param>
    /// <param name="views">The views.</param>
    internal Part Part<S>(Kernel<S> kernel, KernelTiles tiles, TileKey key, View[] written, Func<Tile, S> shape, params View[] views) where S : unmanaged =>
        Part(kernel, kernel, tiles, key, written, shape, views);

    /// <summary>The same of a kernel that has a wide variant with the same arguments, for tiles whose multiple is more than 1.</summary>
    internal Part Part<S>(Kernel<S> kernel, Kernel<S> wide, KernelTiles tiles, TileKey key, View[] written, Func<Tile, S> shape, params View[] views)
        where S : unmanaged
    {
        return new(tiles, Limited(kernel), key, TileOf(kernel, wide, tiles, key), written, (cut, _) => [Bind(cut.Multiple > 1 ? wide : kernel, tiles.Grid(key, cut), shape(cut), views)]);
    }

    /// <summary>The tile of a kernel that has a wide variant; where that does not take it, the rule's for the groups that it takes.</summary>
    private Tile TileOf<S>(Kernel<S> kernel, Kernel<S> wide, KernelTiles tiles, TileKey key) where S : unmanaged
    {
        Tile tile = tiles.Of(Limited(kernel), key);
        return tile.Multiple == 1 || tiles.IsValid(Limited(wide), key, tile)
            ? tile
            : tiles.Default(Limited(kernel).Limit(_device.MaxThreads(wide)) with { Wide = false }, key);
    }

    /// <summary>How launches of a kernel are cut here.</summary>
    internal Tiling Limited<S>(Kernel<S> kernel) where S : unmanaged => Tiling.Limit(_device.MaxThreads(kernel)).Share(_device.SharedUnits(kernel));

    /// <summary>A kernel with its arguments.</summary>
    internal Launch<S> Bind<S>(Kernel<S> kernel, Groups groups, S shape, params ReadOnlySpan<View> views) where S : unmanaged =>
        _device.Bind(kernel, groups, shape, views);

    public void Dispose()
    {
        Reset();
        Free([Weights, _queue, _copies, _device.Device]);
    }

    /// <summary>A device that failed refuses to free what it holds, too; what it failed at has been told by then.</summary>
    private void Free(IEnumerable<IDisposable> held)
    {
        foreach (IDisposable one in held)
        {
            try
            {
                one.Dispose();
            }
            catch (Exception cause) when (_device.Device.Reason(cause) is not null)
            {
            }
        }
    }

    private void Record(Operation operation)
    {
        _recorded.Add(operation);
        _isFinished = false;
        foreach (DeviceTensor tensor in _released)
        {
            DevicePlanes.Return(tensor);
        }

        _released.Clear();
    }

    /// <summary>Makes the steps of what was recorded since.</summary>
    private void Finish()
    {
        if (_isFinished)
        {
            return;
        }

        Free([.. Graphs, .. _steps]);
        (_graph, _isCaptured, _firstFrame) = (null, false, _frames);
        _steps.Clear();
        _plan.Clear();
        _unwritten.Clear();
        foreach (Operation operation in Passes.Apply(_recorded, this))
        {
            _steps.Add(new Step(operation.Planned, operation.Parts(this)));
            _plan.Add(operation.Planned);
            if (operation.Between is { } between)
            {
                _unwritten.Add(between);
            }
        }

        (_graphStart, _graphEnd) = (_steps.FindIndex(step => !step.IsOfFrame), _steps.FindLastIndex(step => !step.IsOfFrame) + 1);
        _isFinished = true;
    }

    private IEnumerable<IDisposable> Graphs => _graph is null ? [] : [_graph];

    /// <summary>What a profile says of an operator with weights.</summary>
    private static PlannedOperator Planned(string op, ConvWeights w, string shape, long macs, long floats) =>
        new(op, w.Name, shape, macs, (floats + w.Weight.Length + w.Bias.Length) * sizeof(float));

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
