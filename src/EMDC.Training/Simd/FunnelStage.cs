using System.Runtime.CompilerServices;
using EMDC.Operators;
using EMDC.Simd;

namespace EMDC.Training;

internal sealed unsafe partial class TrainingOperators<S, V>
{
    // The two sets of logits of the inference's plan take turns; here every stage keeps its own, under the name of those.
    private readonly Dictionary<Tensor, SimdTensor> _logits = [];

    // Of the stage that runs; they cost less to compute again than to keep.
    private SimdTensor? _affinity;

    /// <inheritdoc/>
    public void FunnelStage(FunnelStageWeights w, in FunnelState from, in FunnelState to, Tensor depth)
    {
        EMDC.Operators.FunnelStage.Check(w, from, to, depth);
        int n = w.Dilations;
        Tensor y0 = from.Y, result = to.Y;
        SimdTensor last = _logits.GetValueOrDefault(from.Guidance, (SimdTensor)from.Guidance);
        SimdTensor lastFuse = _logits.GetValueOrDefault(from.Fuse, (SimdTensor)from.Fuse);
        SimdTensor y = (SimdTensor)y0, guidance = last, fuse = lastFuse;
        SimdTensor affinity = _affinity ??= PlanesLike(y, "affinity", 1 + (8 * 3));
        Writes(result);

        List<Step> forward = [];
        if (!w.IsFirst)
        {
            guidance = _logits[to.Guidance] = (SimdTensor)Tensor($"guidance of {w.Name}", 9 * n, y.Height, y.Width, y.Reach);
            Writes(guidance);
            for (int k = 0; k < n; k++)
            {
                forward.Add(Logits(w.Guidance[k], With(y, (SimdTensor)last.Slice(9 * k, 9)), (SimdTensor)guidance.Slice(9 * k, 9)));
            }

            if (w.Fuse is not null)
            {
                fuse = _logits[to.Fuse] = (SimdTensor)Tensor($"fuse of {w.Name}", n, y.Height, y.Width, y.Reach);
                Writes(fuse);
                forward.Add(Logits(w.Fuse, With(y, (SimdTensor)lastFuse.Slice(0, w.Fuse.InChannels - 1)), fuse));
            }
        }

        // y after each iteration.
        var ys = new SimdTensor[w.Iterations + 1];
        (ys[0], ys[^1]) = (y, (SimdTensor)result);
        for (int t = 1; t < w.Iterations; t++)
        {
            ys[t] = PlanesLike(y, $"{w.Name} y{t}", 1);
        }

        var softmax = new FunnelSoftmax<S, V>(guidance, fuse, (SimdTensor)depth, n);
        nint[] offsets = Offsets(n, y.Stride);
        forward.Add(new AffinityStep<S, V>(softmax, affinity, frame, countsLogits: true));
        for (int t = 0; t < w.Iterations; t++)
        {
            forward.Add(new PropagateStep<S, V>(_memory, affinity, ys[t], ys[t + 1], offsets));
        }

        Record("FunnelStage", null, y0, result, EMDC.Operators.FunnelStage.Macs(w, y0), [.. forward], Backward);

        List<Step> Backward()
        {
            List<Step> steps = [new AffinityStep<S, V>(softmax, affinity, frame, countsLogits: false)];

            // ∂L/∂y after each iteration; that of the last one came from the next stage.
            var dys = new SimdTensor[w.Iterations + 1];
            dys[^1] = Complete(result, steps);
            var (dy0, added) = Begin(y0, steps);
            if (added)
            {
                throw new EmdcException($"FunnelStage {w.Name}: something else reads {y0.Name} later, but the stage must be its last reader.");
            }

            for (int t = w.Iterations - 1; t >= 0; t--)
            {
                dys[t] = t == 0 ? dy0 : PlanesLike(y, $"gradient of y{t}", 1);
                steps.Add(new SpreadStep<S, V>(_memory, affinity, dys[t + 1], dys[t], offsets));
            }

            var (dguidance, add) = Begin(guidance.Slice(0, 9 * n), steps);
            SimdTensor? dfuse = n == 1 ? null : Begin(fuse.Slice(0, n), steps, whole: true).Gradient;
            steps.Add(new SoftmaxGradientStep<S, V>(_memory, softmax, ys[..^1], dys[1..], dguidance, dfuse, add, offsets, frame));
            for (int t = 1; t < w.Iterations; t++)
            {
                PlanePool.Return(dys[t]);
            }

            if (!w.IsFirst)
            {
                for (int k = 0; k < n; k++)
                {
                    LogitsGradient(steps, w.Guidance[k], (SimdTensor)last.Slice(9 * k, 9), y, (SimdTensor)dguidance.Slice(9 * k, 9));
                }

                nint[] planes = DenseConv<S, V>.Planes(dguidance);
                if (w.Fuse is not null)
                {
                    LogitsGradient(steps, w.Fuse, (SimdTensor)lastFuse.Slice(0, w.Fuse.InChannels - 1), y, dfuse!);
                    planes = [.. planes, .. DenseConv<S, V>.Planes(dfuse!)];
                }

                // All convolutions read y as their last channel: one sum over all of their outputs.
                SimdTensor columns = ColumnsOf(steps, weights.DepthColumns(w), 3, planes, y);
                steps.Add(new ColumnSumStep<S, V>(columns, None, Activation.None, dy0, dy0));
                PlanePool.Return(columns);
                Served(guidance);
                if (w.Fuse is not null)
                {
                    Served(fuse);
                }
            }

            Served(result);
            return steps;
        }
    }

    private static readonly float[] None = [0];

    private static nint[] With(SimdTensor y, SimdTensor logits) => [.. DenseConv<S, V>.Planes(logits), (nint)y.Origin];

    private DenseConvStep<S, V> Logits(ConvWeights w, nint[] planes, SimdTensor to)
    {
        var conv = new DenseConv<S, V>(_memory, weights.Packed(w), planes, DenseConv<S, V>.Square(3, to.Stride));
        return new DenseConvStep<S, V>(conv, planes.Length, to, Activation.None, null);
    }

    /// <summary>Weights, bias and input logits; the input depth is left to the caller.</summary>
    private void LogitsGradient(List<Step> steps, ConvWeights w, SimdTensor x, SimdTensor y, SimdTensor dz)
    {
        steps.Add(new ClampGradientStep<S, V>(dz, dz, Activation.None, w, frame));
        steps.Add(WeightGradientStep<S, V>.Of(_memory, _scratch, frame, w, dz, With(y, x)));
        var (dx, add) = Begin(x, steps);
        var conv = new DenseConv<S, V>(_memory, weights.FlippedLogits(w), DenseConv<S, V>.Planes(dz), DenseConv<S, V>.Square(3, dz.Stride));
        steps.Add(new DenseConvStep<S, V>(conv, dz.Channels, dx, Activation.None, add ? dx : null));
    }

    /// <summary>The taps of <see cref="FunnelSoftmax{S, V}"/>'s order: the centre, then the 8 neighbours of each dilation.</summary>
    private static nint[] Offsets(int dilations, int stride)
    {
        nint[] taps = [.. DenseConv<S, V>.Square(3, stride).Where(tap => tap != 0)];
        return [0, .. Enumerable.Range(1, dilations).SelectMany(k => taps.Select(tap => k * tap))];
    }
}

/// <summary>What a stage's kernels are made of, for a vector of pixels at a time.</summary>
internal sealed unsafe class FunnelSoftmax<S, V>(SimdTensor guidance, SimdTensor fuse, SimdTensor depth, int dilations)
    where S : struct, ISimd<V> where V : struct
{
    public int Dilations => dilations;

    public float* Guidance => guidance.Origin;

    public float* Fuse => fuse.Origin;

    public float* Depth => depth.Origin;

    public float* Mask => depth.Mask;

    public nint Plane => guidance.Plane;

    public int Line => guidance.Line;

    public long Pixels => (long)guidance.Height * guidance.Width;

    /// <summary>Softmaxes a pixel: one a dilation, and the fusion where there is something to fuse.</summary>
    public int Softmaxes => dilations == 1 ? 1 : dilations + 1;

    /// <summary>
    /// kernel[j] = softmax(g_0 … g_{count−1})_j for a vector of pixels, count at most 9; returns log Σ_j exp g_j.
    /// </summary>
    [MethodImpl(Jit.Inline)]
    public static V Softmax(float* g, nint plane, int count, float* kernel)
    {
        V max = S.Load(g);
        for (int j = 1; j < count; j++)
        {
            max = S.Max(max, S.Load(g + (j * plane)));
        }

        V sum = S.Zero;
        for (int j = 0; j < count; j++)
        {
            V e = SimdMath.Exp<S, V>(S.Subtract(S.Load(g + (j * plane)), max));
            S.Store(kernel + (j * S.Width), e);
            sum = S.Add(sum, e);
        }

        V scale = S.Divide(S.Broadcast(1f), sum);
        for (int j = 0; j < count; j++)
        {
            S.Store(kernel + (j * S.Width), S.Multiply(S.Load(kernel + (j * S.Width)), scale));
        }

        return S.Add(max, LogOfSum(sum));
    }

    /// <summary>
    /// log s for 1 ≤ s ≤ 9, what the sum of up to nine exponentials is whose largest is 1: log 3 + 2 artanh u with
    /// u = (s − 3) / (s + 3), |u| ≤ ½, by its series to u¹⁷; off by less than 3e-7.
    /// </summary>
    [MethodImpl(Jit.Inline)]
    private static V LogOfSum(V s)
    {
        V three = S.Broadcast(3f), u = S.Divide(S.Subtract(s, three), S.Add(s, three)), square = S.Multiply(u, u);
        V p = S.Broadcast(2f / 17);
        p = S.Fma(p, square, S.Broadcast(2f / 15));
        p = S.Fma(p, square, S.Broadcast(2f / 13));
        p = S.Fma(p, square, S.Broadcast(2f / 11));
        p = S.Fma(p, square, S.Broadcast(2f / 9));
        p = S.Fma(p, square, S.Broadcast(2f / 7));
        p = S.Fma(p, square, S.Broadcast(2f / 5));
        p = S.Fma(p, square, S.Broadcast(2f / 3));
        p = S.Fma(p, square, S.Broadcast(2f));
        return S.Fma(p, u, S.Broadcast(1.0986123f));
    }
}

/// <summary>
/// The kernels of a stage as planes: a[0] the centre of all windows, a[1 + 8(k − 1) …] the neighbours at dilation k. At a measured
/// pixel a[0] = 1 and all others are 0; in the border all are 0. Adds to <see cref="TrainingFrame.LogitSum"/> on the way.
/// </summary>
internal sealed unsafe class AffinityStep<S, V>(FunnelSoftmax<S, V> from, SimdTensor affinity, TrainingFrame frame, bool countsLogits) : Step
    where S : struct, ISimd<V> where V : struct
{
    public override int Tasks => 1;

    public override void Execute(int task, int worker)
    {
        float sum = Run();
        if (countsLogits)
        {
            frame.LogitSum += sum;
            frame.LogitTerms += from.Pixels * from.Softmaxes;
        }
    }

    [MethodImpl(Jit.Kernel)]
    private float Run()
    {
        int n = from.Dilations;
        float* shares = stackalloc float[3 * 16], kernel = stackalloc float[9 * 16];
        nint plane = affinity.Plane;
        V squares = S.Zero;
        for (int p = 0, length = from.Line; p < length; p += S.Width)
        {
            V mask = S.Load(from.Mask + p), kept = S.IsPositive(S.Load(from.Depth + p)), open = S.AndNot(mask, kept);
            V centre = S.And(S.Broadcast(1f), kept);
            S.Store(shares, S.Broadcast(1f));
            if (n > 1)
            {
                V log = S.And(FunnelSoftmax<S, V>.Softmax(from.Fuse + p, plane, n, shares), mask);
                squares = S.Fma(log, log, squares);
            }

            float* g = from.Guidance + p, a = affinity.Origin + p + plane;
            for (int k = 0; k < n; k++, g += 9 * plane)
            {
                V log = S.And(FunnelSoftmax<S, V>.Softmax(g, plane, 9, kernel), mask);
                squares = S.Fma(log, log, squares);
                V share = S.And(S.Load(shares + (k * S.Width)), open);
                for (int j = 0; j < 9; j++)
                {
                    V product = S.Multiply(share, S.Load(kernel + (j * S.Width)));
                    if (j == 4)
                    {
                        centre = S.Add(centre, product);
                    }
                    else
                    {
                        S.Store(a, product);
                        a += plane;
                    }
                }
            }

            S.Store(affinity.Origin + p, centre);
        }

        return S.Sum(squares);
    }
}

/// <summary>One iteration of the funnel between two maps, forwards or backwards: the affinities and where each tap lies along the line.</summary>
internal abstract unsafe class IterationStep : Step
{
    protected readonly SimdTensor _a;
    protected readonly SimdTensor _from;
    protected readonly SimdTensor _to;
    protected readonly nint* _offsets;
    protected readonly int _taps;

    protected IterationStep(NativeArrays memory, SimdTensor affinity, SimdTensor from, SimdTensor to, nint[] offsets)
    {
        (_a, _from, _to, _taps) = (affinity, from, to, offsets.Length);
        _offsets = memory.Allocate<nint>(_taps);
        offsets.CopyTo(new Span<nint>(_offsets, _taps));
    }

    public override int Tasks => 1;
}

/// <summary>y'(p) = Σ_tap a_tap(p) · y(p + offset_tap).</summary>
internal sealed unsafe class PropagateStep<S, V>(NativeArrays memory, SimdTensor affinity, SimdTensor from, SimdTensor to, nint[] offsets)
    : IterationStep(memory, affinity, from, to, offsets) where S : struct, ISimd<V> where V : struct
{
    [MethodImpl(Jit.Kernel)]
    public override void Execute(int task, int worker)
    {
        nint plane = _a.Plane;
        for (int p = 0, length = _to.Line; p < length; p += S.Width)
        {
            float* a = _a.Origin + p, y = _from.Origin + p;
            V sum = S.Multiply(S.Load(a), S.Load(y));
            for (int tap = 1; tap < _taps; tap++)
            {
                a += plane;
                sum = S.Fma(S.Load(a), S.Load(y + _offsets[tap]), sum);
            }

            S.Store(_to.Origin + p, sum);
        }
    }
}

/// <summary>
/// The gradient of one iteration with respect to its input, gathered: dy(q) = Σ_tap a_tap(q − offset_tap) · dy'(q − offset_tap).
/// </summary>
internal sealed unsafe class SpreadStep<S, V>(NativeArrays memory, SimdTensor affinity, SimdTensor from, SimdTensor to, nint[] offsets)
    : IterationStep(memory, affinity, from, to, offsets) where S : struct, ISimd<V> where V : struct
{
    [MethodImpl(Jit.Kernel)]
    public override void Execute(int task, int worker)
    {
        nint plane = _a.Plane;
        for (int q = 0, length = _to.Line; q < length; q += S.Width)
        {
            float* a = _a.Origin + q, d = _from.Origin + q;
            V sum = S.Multiply(S.Load(a), S.Load(d));
            for (int tap = 1; tap < _taps; tap++)
            {
                a += plane;
                nint offset = _offsets[tap];
                sum = S.Fma(S.Load(a - offset), S.Load(d - offset), sum);
            }

            S.Store(_to.Origin + q, S.And(sum, S.Load(_to.Mask + q)));
        }
    }
}

/// <summary>
/// From the depths' gradients to the logits', with K_k = softmax(g_k), s = softmax(f) and z the penalty on logits:
/// <code>
/// da_tap  = Σ_t dy_{t+1}(p) · y_t(p + offset_tap)     0 where a depth was measured
/// inner_k = Σ_j K_{k,j} · da_{k,j}
/// dg_{k,j} += s_k · K_{k,j} · (da_{k,j} − inner_k) + 2z · log Σ exp g_k · K_{k,j}
/// df_k     += s_k · (inner_k − Σ_l s_l · inner_l)  + 2z · log Σ exp f   · s_k
/// </code>
/// </summary>
internal sealed unsafe class SoftmaxGradientStep<S, V> : Step where S : struct, ISimd<V> where V : struct
{
    private readonly FunnelSoftmax<S, V> _from;
    private readonly nint* _ys;
    private readonly nint* _dys;
    private readonly int _iterations;
    private readonly SimdTensor _dguidance;
    private readonly SimdTensor? _dfuse;
    private readonly bool _add;
    private readonly nint* _offsets;
    private readonly TrainingFrame _frame;

    public SoftmaxGradientStep(
        NativeArrays memory, FunnelSoftmax<S, V> from, SimdTensor[] ys, SimdTensor[] dys, SimdTensor dguidance, SimdTensor? dfuse, bool add,
        nint[] offsets, TrainingFrame frame)
    {
        (_from, _iterations, _dguidance, _dfuse, _add, _frame) = (from, ys.Length, dguidance, dfuse, add, frame);
        _ys = memory.Allocate<nint>(ys.Length);
        _dys = memory.Allocate<nint>(ys.Length);
        _offsets = memory.Allocate<nint>(offsets.Length);
        for (int t = 0; t < ys.Length; t++)
        {
            (_ys[t], _dys[t]) = ((nint)ys[t].Origin, (nint)dys[t].Origin);
        }

        offsets.CopyTo(new Span<nint>(_offsets, offsets.Length));
    }

    public override int Tasks => 1;

    public override void Execute(int task, int worker) => Run(2 * _frame.LogitPenalty / _frame.LogitTerms);

    [MethodImpl(Jit.Kernel)]
    private void Run(float penalty)
    {
        int n = _from.Dilations;
        float* shares = stackalloc float[3 * 16], kernel = stackalloc float[9 * 16], inners = stackalloc float[3 * 16];
        float* da = stackalloc float[9 * 16];
        nint plane = _from.Plane;
        V z = S.Broadcast(penalty);
        for (int p = 0, length = _from.Line; p < length; p += S.Width)
        {
            V mask = S.Load(_from.Mask + p), open = S.AndNot(mask, S.IsPositive(S.Load(_from.Depth + p)));
            V fusePull = S.Zero, mean = S.Zero, centre = Dot(0, p, open);
            S.Store(shares, S.Broadcast(1f));
            if (n > 1)
            {
                fusePull = S.And(S.Multiply(z, FunnelSoftmax<S, V>.Softmax(_from.Fuse + p, plane, n, shares)), mask);
            }

            float* g = _from.Guidance + p, dg = _dguidance.Origin + p;
            for (int k = 0, tap = 1; k < n; k++, g += 9 * plane)
            {
                V pull = S.And(S.Multiply(z, FunnelSoftmax<S, V>.Softmax(g, plane, 9, kernel)), mask);
                V inner = S.Zero, share = S.Load(shares + (k * S.Width));
                for (int j = 0; j < 9; j++)
                {
                    V d = j == 4 ? centre : Dot(tap++, p, open);
                    S.Store(da + (j * S.Width), d);
                    inner = S.Fma(S.Load(kernel + (j * S.Width)), d, inner);
                }

                S.Store(inners + (k * S.Width), inner);
                mean = S.Fma(share, inner, mean);
                for (int j = 0; j < 9; j++, dg += plane)
                {
                    V d = S.Fma(share, S.Subtract(S.Load(da + (j * S.Width)), inner), pull);
                    d = S.Multiply(d, S.Load(kernel + (j * S.Width)));
                    S.Store(dg, _add ? S.Add(S.Load(dg), d) : d);
                }
            }

            for (int k = 0; n > 1 && k < n; k++)
            {
                V d = S.Add(S.Subtract(S.Load(inners + (k * S.Width)), mean), fusePull);
                float* df = _dfuse!.Channel(k) + p;
                S.Store(df, S.Fma(d, S.Load(shares + (k * S.Width)), S.Load(df)));
            }
        }
    }

    /// <summary>da of a tap.</summary>
    [MethodImpl(Jit.Inline)]
    private V Dot(int tap, int p, V open)
    {
        V sum = S.Zero;
        for (int t = 0; t < _iterations; t++)
        {
            sum = S.Fma(S.Load((float*)_dys[t] + p), S.Load((float*)_ys[t] + p + _offsets[tap]), sum);
        }

        return S.And(sum, open);
    }
}
