using System.Runtime.CompilerServices;
using EMDC.Operators;
using EMDC.Simd;

namespace EMDC.Training;

internal sealed unsafe partial class TrainingOperators<S, V>
{
    /// <summary>rezero is read from the weights at each run, not taken from here.</summary>
    public void ConfidenceFusion(ConvWeights w, float rezero, Tensor features, Tensor local, Tensor global, Tensor confidence, Tensor y)
    {
        EMDC.Operators.ConfidenceFusion.Check(w, features, local, global, confidence, y);
        var (x, a, b) = ((SimdTensor)features, (SimdTensor)local, (SimdTensor)global);
        Writes(confidence);
        Writes(y);

        // Of the confidence itself nothing can be told back once rezero is 0.
        SimdTensor sigmoid = PlanesLike(x, "sigmoid", 1);
        List<Step> forward = [];
        SimdTensor columns = ColumnsOf(forward, weights.Columns(w), w.Kernel, DenseConv<S, V>.Planes(x), x);
        forward.Add(new TrainingFuseStep<S, V>(columns, weights, a, b, sigmoid, (SimdTensor)confidence, (SimdTensor)y));
        PlanePool.Return(columns);
        Record("ConfidenceFusion", w, x, y, EMDC.Operators.ConfidenceFusion.Macs(w, y), [.. forward], Backward);

        List<Step> Backward()
        {
            List<Step> steps = [];
            SimdTensor dy = Complete(y, steps), dz = PlanesLike(x, "gradient of alpha", 1);
            var (da, addA) = Begin(local, steps, whole: true);
            var (db, addB) = Begin(global, steps, whole: true);
            steps.Add(new FuseGradientStep<S, V>(weights, frame, sigmoid, a, b, dy, dz, da, db));
            steps.Add(WeightGradientStep<S, V>.OfOne(_memory, _scratch, frame, w, dz, x));
            Transpose(steps, w, dz, features);
            PlanePool.Return(dz);
            Served(y);
            Served(confidence);
            return steps;
        }
    }
}

/// <summary>s = sigmoid(Σ_v columns[v, j + v − 3]), c = s·rezero, y = local·c + global·(1 − c).</summary>
internal sealed unsafe class TrainingFuseStep<S, V>(
    SimdTensor columns, TrainingWeights weights, SimdTensor local, SimdTensor global, SimdTensor sigmoid, SimdTensor confidence, SimdTensor y)
    : Step where S : struct, ISimd<V> where V : struct
{
    public override int Tasks => 1;

    public override void Execute(int task, int worker) => Run(weights.Folded.Rezero);

    [MethodImpl(Jit.Kernel)]
    private void Run(float rezero)
    {
        V one = S.Broadcast(1f);
        for (int p = 0, length = y.Line; p < length; p += S.Width)
        {
            // sigmoid(z) = 1 / (1 + e⁻ᶻ); e⁻ᶻ stays finite.
            V e = SimdMath.Exp<S, V>(S.Min(S.Subtract(S.Zero, ColumnSum.At<S, V>(columns, p)), S.Broadcast(87f)));
            V mask = S.Load(y.Mask + p);
            V s = S.And(S.Divide(one, S.Add(one, e)), mask);
            V c = S.Multiply(s, S.Broadcast(rezero));
            V mixed = S.Fma(S.Load(local.Origin + p), c, S.Multiply(S.Load(global.Origin + p), S.Subtract(one, c)));
            S.Store(sigmoid.Origin + p, s);
            S.Store(confidence.Origin + p, c);
            S.Store(y.Origin + p, S.And(mixed, mask));
        }
    }
}

/// <summary>
/// With s the sigmoid and c = s·rezero:
/// <code>
/// dlocal  += dy·c        dglobal += dy·(1 − c)
/// dc       = dy·(local − global)
/// drezero += Σ_p dc·s    dz = dc·rezero·s·(1 − s)
/// </code>
/// </summary>
internal sealed unsafe class FuseGradientStep<S, V>(
    TrainingWeights weights, TrainingFrame frame, SimdTensor sigmoid, SimdTensor local, SimdTensor global,
    SimdTensor dy, SimdTensor dz, SimdTensor dlocal, SimdTensor dglobal) : Step
    where S : struct, ISimd<V> where V : struct
{
    public override int Tasks => 1;

    public override void Execute(int task, int worker) => frame.Into.Rezero += Run(weights.Folded.Rezero);

    [MethodImpl(Jit.Kernel)]
    private float Run(float rezero)
    {
        V one = S.Broadcast(1f), r = S.Broadcast(rezero), sum = S.Zero;
        for (int p = 0, length = dy.Line; p < length; p += S.Width)
        {
            V d = S.Load(dy.Origin + p), s = S.Load(sigmoid.Origin + p), c = S.Multiply(s, r);
            V dc = S.Multiply(d, S.Subtract(S.Load(local.Origin + p), S.Load(global.Origin + p)));
            S.Store(dlocal.Origin + p, S.Fma(d, c, S.Load(dlocal.Origin + p)));
            S.Store(dglobal.Origin + p, S.Fma(d, S.Subtract(one, c), S.Load(dglobal.Origin + p)));
            sum = S.Fma(dc, s, sum);
            S.Store(dz.Origin + p, S.Multiply(S.Multiply(dc, r), S.Multiply(s, S.Subtract(one, s))));
        }

        return S.Sum(sum);
    }
}
