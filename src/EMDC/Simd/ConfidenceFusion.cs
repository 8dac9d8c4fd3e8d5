using System.Runtime.CompilerServices;
using EMDC.Operators;

namespace EMDC.Simd;

internal sealed unsafe partial class SimdOperators<S, V>
{
    /// <inheritdoc/>
    public void ConfidenceFusion(ConvWeights w, float rezero, Tensor features, Tensor local, Tensor global, Tensor confidence, Tensor y)
    {
        Operators.ConfidenceFusion.Check(w, features, local, global, confidence, y);
        var x = (SimdTensor)features;
        var (sums, columns) = Columns(w, x);
        Record("ConfidenceFusion", w, $"{x.Shape} → {y.Shape}", Operators.ConfidenceFusion.Macs(w, y), Floats(x, local, global, y),
            sums,
            new FuseStep<S, V>(columns, rezero, (SimdTensor)local, (SimdTensor)global, (SimdTensor)confidence, (SimdTensor)y));
        Release(columns);
    }
}

/// <summary>c = sigmoid(Σ_v columns[v, j + v − 3])·rezero and y = local·c + global·(1 − c). A task is a strip of the line.</summary>
internal sealed unsafe class FuseStep<S, V>(
    SimdTensor columns, float rezero, SimdTensor local, SimdTensor global, SimdTensor confidence, SimdTensor y) : Step
    where S : struct, ISimd<V> where V : struct
{
    private const int Strip = 4096;

    public override int Tasks => (y.Line + Strip - 1) / Strip;

    public override void Execute(int task, int worker) => Run(task * Strip, Math.Min((task + 1) * Strip, y.Line));

    [MethodImpl(Jit.Kernel)]
    private void Run(int from, int to)
    {
        V one = S.Broadcast(1f);
        for (int p = from; p < to; p += S.Width)
        {
            V sum = ColumnSum.At<S, V>(columns, p);

            // sigmoid(z) = 1 / (1 + e⁻ᶻ); e⁻ᶻ stays finite.
            V e = SimdMath.Exp<S, V>(S.Min(S.Subtract(S.Zero, sum), S.Broadcast(87f)));
            V mask = S.Load(y.Mask + p);
            V c = S.And(S.Divide(S.Broadcast(rezero), S.Add(one, e)), mask);
            V mixed = S.Fma(S.Load(local.Origin + p), c, S.Multiply(S.Load(global.Origin + p), S.Subtract(one, c)));
            S.Store(confidence.Origin + p, c);
            S.Store(y.Origin + p, S.And(mixed, mask));
        }
    }
}
