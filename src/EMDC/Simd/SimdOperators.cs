using System.Diagnostics;
using EMDC.Operators;

namespace EMDC.Simd;

/// <summary>
/// The CPU backend for one vector width: it records each operator as steps, allocates all memory while recording, and runs
/// the steps on its threads. Each operator's part of this class stands in the file of the operator's name.
/// </summary>
internal sealed unsafe partial class SimdOperators<S, V> : IBackend where S : struct, ISimd<V> where V : struct
{
    private readonly Workers _workers;
    private readonly Dictionary<ConvWeights, PackedWeights> _packed = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<ConvWeights, PackedWeights[]> _winograd = new(ReferenceEqualityComparer.Instance);
    private readonly PlanePools _pools = new();
    private readonly List<PlannedOperator> _plan = [];
    private readonly List<Step[]> _steps = [];
    private readonly NativeArrays _memory = new();
    private readonly WorkerScratch _scratch;
    private readonly HostFrame _host = new();
    private readonly bool _keepTensors;

    // Kernels of the funnel, shared by its stages, which run one after the other.
    private float* _affinity;
    private long _affinityFloats;

    /// <param name="threads">Threads, the caller's included.</param>
    /// <param name="keepTensors">Whether released tensors keep their memory, so that tests can look at every stage.</param>
    public SimdOperators(int threads, bool keepTensors = false)
    {
        _workers = new Workers(threads);
        _scratch = new WorkerScratch(threads);
        _keepTensors = keepTensors;
        Device = new DeviceInfo("cpu", $"{S.Name}, {threads} thread{(threads == 1 ? "" : "s")}");
    }

    public DeviceInfo Device { get; }

    public long KernelLaunches => 0;

    public IReadOnlyList<PlannedOperator> Plan => _plan;

    public Tensor Tensor(string name, int channels, int height, int width, int reach = 1) => _pools.Take(name, channels, height, width, reach);

    public void Release(Tensor tensor)
    {
        if (!_keepTensors)
        {
            PlanePool.Return((SimdTensor)tensor);
        }
    }

    public void Reset()
    {
        _plan.Clear();
        _steps.Clear();
        _memory.Dispose();
        _scratch.Dispose();
        _affinity = null;
        _affinityFloats = 0;
        _pools.Dispose();
    }

    public int Run(in Frame frame, CancellationToken cancellation) => Run(frame, profile: false, cancellation);

    /// <summary>Copies nothing, so all is left to <see cref="Collect"/>.</summary>
    public void Submit(in Frame frame, CancellationToken cancellation)
    {
    }

    public int Collect(in Frame frame, CancellationToken cancellation) => Run(frame, cancellation);

    public int RunProfiled(in Frame frame, CancellationToken cancellation) => Run(frame, profile: true, cancellation);

    public void RunOperator(int index)
    {
        foreach (Step step in _steps[index])
        {
            _workers.Run(step);
        }
    }

    public void Write(Tensor tensor, ReadOnlySpan<float> values)
    {
        var t = (SimdTensor)tensor;
        for (int row = 0; row < t.Channels * t.Height; row++)
        {
            values.Slice(row * t.Width, t.Width).CopyTo(Row(t, row));
        }
    }

    public void Read(Tensor tensor, Span<float> values)
    {
        var t = (SimdTensor)tensor;
        for (int row = 0; row < t.Channels * t.Height; row++)
        {
            Row(t, row).CopyTo(values.Slice(row * t.Width, t.Width));
        }
    }

    public void Dispose()
    {
        _workers.Dispose();
        Reset();
        foreach (PackedWeights packed in _packed.Values.Concat(_winograd.Values.SelectMany(packed => packed)))
        {
            packed.Dispose();
        }

        _packed.Clear();
        _winograd.Clear();
    }

    private int Run(in Frame frame, bool profile, CancellationToken cancellation)
    {
        fixed (byte* rgb = frame.Rgb)
        fixed (float* sparse = frame.Sparse, dense = frame.Dense, global = frame.Global, local = frame.Local, confidence = frame.Confidence)
        {
            _host.Bind(frame, rgb, sparse, dense, global, local, confidence);
            for (int i = 0; i < _steps.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                long start = profile ? Stopwatch.GetTimestamp() : 0;
                RunOperator(i);
                if (profile)
                {
                    _plan[i].Ticks += Stopwatch.GetTimestamp() - start;
                }
            }

            return _host.Measured;
        }
    }

    private static Span<float> Row(SimdTensor t, int row) =>
        new(t.Channel(row / t.Height) + ((long)(row % t.Height) * t.Stride), t.Width);

    private void Record(string op, ConvWeights? w, string shape, long macs, long floats, params Step[] steps)
    {
        long weights = w is null ? 0 : w.Weight.Length + w.Bias.Length;
        _plan.Add(new PlannedOperator(op, w?.Name ?? "", shape, macs, (floats + weights) * sizeof(float)));
        _steps.Add(steps);
    }

    private PackedWeights Packed(ConvWeights w, bool nines = true)
    {
        if (!_packed.TryGetValue(w, out PackedWeights? packed))
        {
            packed = new PackedWeights(w.Weight, w.Bias, w.Weight.Length / w.OutChannels, nines);
            _packed.Add(w, packed);
        }

        return packed;
    }

    private static void SameLine(string op, Tensor x, Tensor y)
    {
        if (x.Reach != y.Reach)
        {
            throw new EmdcException($"{op}: {x.Name} has a reach of {x.Reach} and {y.Name} of {y.Reach}, but the CPU's kernels need them equal.");
        }
    }

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

/// <summary>The caller's frame while the plan runs.</summary>
internal sealed unsafe class HostFrame
{
    private readonly nint[] _maps = new nint[4];

    public int Height { get; private set; }

    public int Width { get; private set; }

    public byte* Rgb { get; private set; }

    public float* Sparse { get; private set; }

    public float MaxDepth { get; private set; }

    /// <summary>m of <see cref="InputPreparation"/>, set by its first step.</summary>
    public float Maximum { get; set; }

    /// <summary>Number of measured pixels, set by the same step.</summary>
    public int Measured { get; set; }

    public float* Map(OutputMap map) => (float*)_maps[(int)map];

    public void Bind(in Frame frame, byte* rgb, float* sparse, float* dense, float* global, float* local, float* confidence)
    {
        (Height, Width, MaxDepth) = (frame.Height, frame.Width, frame.MaxDepth);
        Rgb = rgb;
        Sparse = sparse;
        _maps[(int)OutputMap.Dense] = (nint)dense;
        _maps[(int)OutputMap.Global] = (nint)global;
        _maps[(int)OutputMap.Local] = (nint)local;
        _maps[(int)OutputMap.Confidence] = (nint)confidence;
    }
}
