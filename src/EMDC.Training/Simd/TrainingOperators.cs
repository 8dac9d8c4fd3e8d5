using EMDC.Operators;
using EMDC.Simd;

namespace EMDC.Training;

/// <summary>
/// The recording half of a backend whose plan runs forwards and backwards on one thread. Tensors keep their values to the end of
/// the backward pass, so <see cref="Release"/> does nothing; their gradients lie in planes of the same shape (zeros in the border,
/// so that a stencil runs over them as over any tensor), which serve others as soon as all operators that wrote the tensor are done.
/// Each operator's part of this class stands in the file of the operator's name.
/// </summary>
internal sealed unsafe partial class TrainingOperators<S, V>(TrainingWeights weights, TrainingFrame frame) : ISingleOperators
    where S : struct, ISimd<V> where V : struct
{
    private readonly List<TrainedOperator> _operators = [];
    private readonly PlanePools _pools = new();
    private readonly List<Kept> _kept = [];
    private readonly NativeArrays _memory = new();
    private readonly WorkerScratch _scratch = new(1);

    public DeviceInfo Device { get; } = new("cpu", $"{S.Name}, training");

    public IReadOnlyList<TrainedOperator> Operators => _operators;

    public IReadOnlyList<PlannedOperator> Plan => [.. _operators.Select(op => op.Planned)];

    public long Bytes => _pools.Bytes + _memory.Bytes + _scratch.Bytes;

    public Tensor Tensor(string name, int channels, int height, int width, int reach = 1)
    {
        SimdTensor tensor = Planes(name, channels, height, width, reach);
        _kept.Add(new Kept(tensor));
        return tensor;
    }

    public void Release(Tensor tensor)
    {
    }

    public void Write(Tensor tensor, ReadOnlySpan<float> values)
    {
        for (int row = 0; row < tensor.Channels * tensor.Height; row++)
        {
            values.Slice(row * tensor.Width, tensor.Width).CopyTo(Row((SimdTensor)tensor, row));
        }
    }

    public float[] Read(Tensor tensor, bool gradient = false)
    {
        SimdTensor from = gradient ? Begin(tensor, []).Gradient : (SimdTensor)tensor;
        return [.. Enumerable.Range(0, tensor.Channels * tensor.Height).SelectMany(row => Row(from, row).ToArray())];
    }

    public void Cotangent(Tensor y, float[] values) => Record("Cotangent", null, y, y, 0, [], () =>
    {
        List<Step> steps = [];
        steps.Add(new CopyStep(this, Begin(y, steps, whole: true).Gradient, values));
        return steps;
    });

    private static Span<float> Row(SimdTensor t, int row) =>
        new(t.Channel(row / t.Height) + ((long)(row % t.Height) * t.Stride), t.Width);

    private sealed class CopyStep(TrainingOperators<S, V> op, SimdTensor to, float[] values) : Step
    {
        public override int Tasks => 1;

        public override void Execute(int task, int worker) => op.Write(to, values);
    }

    public void Finish()
    {
        for (int i = _operators.Count - 1; i >= 0; i--)
        {
            _operators[i].RecordBackward();
        }
    }

    public void Dispose()
    {
        _pools.Dispose();
        _memory.Dispose();
        _scratch.Dispose();
    }

    /// <summary>Planes that are no tensor of the network: scratch memory and gradients.</summary>
    private SimdTensor Planes(string name, int channels, int height, int width, int reach) => _pools.Take(name, channels, height, width, reach);

    private SimdTensor PlanesLike(SimdTensor t, string name, int channels) => Planes(name, channels, t.Height, t.Width, t.Reach);

    private void Record(
        string op, ConvWeights? w, Tensor x, Tensor y, long macs, Step[] forward, Func<List<Step>> backward)
    {
        var planned = new PlannedOperator(op, w?.Name ?? y.Name, $"{x.Shape} → {y.Shape}", macs, 0);
        _operators.Add(new TrainedOperator(planned, forward, backward));
    }

    private Kept Of(SimdTensor t) => _kept.First(
        kept => ReferenceEquals(kept.Value.Slab, t.Slab) && t.First >= kept.Value.First && t.First < kept.Value.First + kept.Value.Channels);

    /// <summary>Says while recording forwards that an operator writes this tensor; without a gradient, it needs none.</summary>
    private void Writes(Tensor y, bool gradient = true)
    {
        Kept kept = Of((SimdTensor)y);
        kept.Writers++;
        if (!gradient)
        {
            kept.Leaf.AddRange(Enumerable.Range(((SimdTensor)y).First - kept.Value.First, y.Channels));
        }
    }

    /// <summary>Whether any channel of the tensor takes a gradient.</summary>
    private bool TakesGradient(Tensor x)
    {
        Kept kept = Of((SimdTensor)x);
        int first = ((SimdTensor)x).First - kept.Value.First;
        return Enumerable.Range(first, x.Channels).Any(c => !kept.Leaf.Contains(c));
    }

    /// <summary>∂L/∂y, complete: all that read y come later in the network. The operator that asks may change it.</summary>
    private SimdTensor Complete(Tensor y, List<Step> steps)
    {
        var (gradient, _) = Begin(y, steps, whole: true);
        return gradient;
    }

    /// <summary>Says that the gradient of y has served its operator.</summary>
    private void Served(Tensor y)
    {
        Kept kept = Of((SimdTensor)y);
        if (--kept.Writers == 0 && kept.Gradient is not null)
        {
            PlanePool.Return(kept.Gradient);
            kept.Gradient = null;
        }
    }

    /// <summary>Where an operator adds ∂L/∂x, and whether something is there already: if not, it writes.</summary>
    private (SimdTensor Gradient, bool Add) Begin(Tensor x, List<Step> steps, bool whole = false)
    {
        var t = (SimdTensor)x;
        Kept kept = Of(t);
        kept.Gradient ??= PlanesLike(t, $"gradient of {kept.Value.Name}", kept.Value.Channels);
        int first = t.First - kept.Value.First;
        Span<bool> begun = kept.Begun.AsSpan(first, t.Channels);
        bool any = begun.Contains(true);
        for (int c = 0; c < t.Channels && (any || whole); c++)
        {
            if (!begun[c])
            {
                steps.Add(new ClearStep((SimdTensor)kept.Gradient.Slice(first + c, 1)));
            }
        }

        begun.Fill(true);
        return ((SimdTensor)kept.Gradient.Slice(first, t.Channels), any);
    }

    /// <summary>A tensor of the network and its gradient.</summary>
    private sealed class Kept(SimdTensor value)
    {
        public SimdTensor Value => value;

        public SimdTensor? Gradient { get; set; }

        /// <summary>Channels that hold a part of their gradient.</summary>
        public bool[] Begun { get; } = new bool[value.Channels];

        /// <summary>Channels without gradient.</summary>
        public List<int> Leaf { get; } = [];

        /// <summary>Operators that write the tensor and have not had its gradient yet.</summary>
        public int Writers { get; set; }
    }
}

/// <summary><see cref="TrainingOperators{S, V}"/> of any width.</summary>
internal interface ITrainingPlan : IDisposable
{
    /// <summary>In the order of the forward pass.</summary>
    IReadOnlyList<TrainedOperator> Operators { get; }

    /// <summary>All memory of the plan.</summary>
    long Bytes { get; }

    /// <summary>Records the backward pass, which needs to know the whole forward one.</summary>
    void Finish();
}

/// <summary>What tests of single operators need besides.</summary>
internal interface ISingleOperators : ITrainingPlan, IOperators
{
    /// <summary>Copies C×H×W values to a tensor.</summary>
    void Write(Tensor tensor, ReadOnlySpan<float> values);

    /// <summary>A tensor's C×H×W values or, after the backward pass, those of the gradient of one that no operator writes.</summary>
    float[] Read(Tensor tensor, bool gradient = false);

    /// <summary>Records L += Σ values · y.</summary>
    void Cotangent(Tensor y, float[] values);
}
