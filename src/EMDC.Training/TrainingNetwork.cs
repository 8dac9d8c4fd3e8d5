using System.Diagnostics;
using System.Runtime.Intrinsics;
using EMDC.Network;
using EMDC.Operators;
using EMDC.Simd;

namespace EMDC.Training;

/// <summary>
/// The network at one frame size for one thread. It keeps every activation that the backward pass needs; nothing is allocated
/// after the constructor.
/// </summary>
internal sealed unsafe class TrainingNetwork : IDisposable
{
    private readonly TrainingWeights _weights;
    private readonly bool _ownsWeights;
    private readonly TrainingFrame _frame;
    private readonly ITrainingPlan _plan;
    private readonly int _pixels;

    /// <summary>A network with packed weights of its own, which reads <paramref name="w"/> anew at each <see cref="Forward"/>.</summary>
    /// <param name="w">The values of its arrays may change from step to step, their shapes may not.</param>
    /// <param name="height">Rows, a multiple of 32.</param>
    /// <param name="width">Columns, a multiple of 32.</param>
    public TrainingNetwork(EmdcWeights w, int height, int width)
        : this(new TrainingWeights(w), height, width) => _ownsWeights = true;

    /// <summary>A network that shares its packed weights: <see cref="TrainingWeights.Refresh"/> reads them anew.</summary>
    /// <param name="w">The weights.</param>
    /// <param name="height">Rows, a multiple of 32.</param>
    /// <param name="width">Columns, a multiple of 32.</param>
    /// <param name="simd">The width of vectors, as <see cref="EmdcOptions.Simd"/> names it.</param>
    public TrainingNetwork(TrainingWeights w, int height, int width, string simd = "auto")
    {
        if (height < 1 || width < 1 || height % EmdcNetwork.Multiple != 0 || width % EmdcNetwork.Multiple != 0)
        {
            throw new EmdcException($"A frame of {height}×{width} can't be trained on: both must be multiples of {EmdcNetwork.Multiple}.");
        }

        _weights = w;
        _pixels = height * width;
        _frame = new TrainingFrame(height, width);
        _plan = Devices.Simd(new EmdcOptions { Simd = simd }) switch
        {
            "512" => Plan<Simd512, Vector512<float>>(),
            "256" => Plan<Simd256, Vector256<float>>(),
            "128" => Plan<Simd128, Vector128<float>>(),
            _ => Plan<SimdScalar, float>(),
        };

        ITrainingPlan Plan<S, V>() where S : struct, ISimd<V> where V : struct
        {
            var plan = new TrainingOperators<S, V>(w, _frame);
            EmdcNetwork.Record(plan, w.Folded, height, width);
            plan.Finish();
            return plan;
        }
    }

    /// <summary>H×W metres, the final depth.</summary>
    public ReadOnlySpan<float> Dense => _frame.Map(OutputMap.Dense);

    /// <summary>H×W metres, the global branch.</summary>
    public ReadOnlySpan<float> Global => _frame.Map(OutputMap.Global);

    /// <summary>H×W metres, the local branch.</summary>
    public ReadOnlySpan<float> Local => _frame.Map(OutputMap.Local);

    /// <summary>
    /// Z of the last frame, what keeps the funnel's logits near 0 (a softmax sees only their differences, so that nothing else does):
    /// <code>
    /// Z = mean over all pixels and all softmaxes (kernels and fusions of all stages) of (log Σ_j exp z_j)²
    /// </code>
    /// </summary>
    public float LogitLoss => (float)(_frame.LogitSum / _frame.LogitTerms);

    /// <summary>All memory of the network, packed weights left out.</summary>
    public long Bytes => _plan.Bytes;

    /// <summary>The operators with the time spent so far in both directions.</summary>
    public IReadOnlyList<TrainedOperator> Operators => _plan.Operators;

    /// <summary>
    /// About how many bytes a network of this size allocates, packed weights left out: said before a run, within 5 % (a test compares
    /// it with <see cref="Bytes"/>).
    /// </summary>
    public static long BytesFor(int height, int width, int stages) =>
        ((stages == 9 ? 3530L : 3164L) * height * width) + ((stages == 9 ? 35_600L : 33_600L) * (height + width)) + 8_300_000;

    /// <summary>Runs one frame.</summary>
    /// <param name="rgb">3×H×W, ImageNet's mean and deviation taken out.</param>
    /// <param name="sparse">H×W metres, 0 where nothing was measured.</param>
    public void Forward(ReadOnlySpan<float> rgb, ReadOnlySpan<float> sparse)
    {
        Needs(rgb.Length, 3 * _pixels, "values of RGB");
        Needs(sparse.Length, _pixels, "depths");
        if (_ownsWeights)
        {
            _weights.Refresh();
        }

        (_frame.LogitSum, _frame.LogitTerms) = (0, 0);
        fixed (float* colours = rgb, depths = sparse)
        {
            _frame.Rgb = colours;
            _frame.Sparse = depths;
            for (int i = 0; i < _plan.Operators.Count; i++)
            {
                TrainedOperator op = _plan.Operators[i];
                long start = Stopwatch.GetTimestamp();
                op.Forward();
                op.ForwardTicks += Stopwatch.GetTimestamp() - start;
            }
        }
    }

    /// <summary>
    /// Adds the gradients of L + <paramref name="logitPenalty"/> · <see cref="LogitLoss"/> of the last frame to <paramref name="into"/>.
    /// </summary>
    /// <param name="dDense">∂L/∂dense, H×W.</param>
    /// <param name="dGlobal">∂L/∂global, H×W.</param>
    /// <param name="dLocal">∂L/∂local, H×W.</param>
    /// <param name="logitPenalty">Weight of <see cref="LogitLoss"/>.</param>
    /// <param name="into">Where they are added.</param>
    public void Backward(
        ReadOnlySpan<float> dDense, ReadOnlySpan<float> dGlobal, ReadOnlySpan<float> dLocal, float logitPenalty, EmdcGradients into)
    {
        Needs(dDense.Length, _pixels, "gradients of the final depth");
        Needs(dGlobal.Length, _pixels, "gradients of the global depth");
        Needs(dLocal.Length, _pixels, "gradients of the local depth");
        (_frame.LogitPenalty, _frame.Into) = (logitPenalty, into);
        fixed (float* dense = dDense, global = dGlobal, local = dLocal)
        {
            _frame.Bind(dense, global, local);
            for (int i = _plan.Operators.Count - 1; i >= 0; i--)
            {
                TrainedOperator op = _plan.Operators[i];
                long start = Stopwatch.GetTimestamp();
                op.Backward();
                op.BackwardTicks += Stopwatch.GetTimestamp() - start;
            }
        }
    }

    public void Dispose()
    {
        _plan.Dispose();
        if (_ownsWeights)
        {
            _weights.Dispose();
        }
    }

    private static void Needs(int given, int needed, string what)
    {
        if (given != needed)
        {
            throw new EmdcException($"{given} {what} were given, but the frame needs {needed}.");
        }
    }
}
