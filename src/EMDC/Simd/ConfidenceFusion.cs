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
        var columns = (SimdTensor)Tensor($"{w.Name} columns", 7, x.Height, x.Width, x.Reach);

        // One output channel would leave the register tile of a dense convolution nearly empty. So the seven columns of the
        // stencil become seven output channels of a 7×1 convolution, and the second step adds them up, each shifted to its
        // place: the same multiply-adds, at the speed of the other convolutions.
        if (!_packed.TryGetValue(w, out PackedWeights? packed))
        {
            packed = new PackedWeights(ColumnsFirst(w), new float[7], 7 * w.InChannels, nines: false);
            _packed.Add(w, packed);
        }

        nint[] taps = [.. Enumerable.Range(-3, 7).Select(u => (nint)u * x.Stride)];
        var conv = new DenseConv<S, V>(_memory, packed, DenseConv<S, V>.Planes(x), taps);
        Record("ConfidenceFusion", w, $"{x.Shape} → {y.Shape}", Operators.ConfidenceFusion.Macs(w, y), Floats(x, local, global, y),
            new DenseConvStep<S, V>(conv, x.Channels, columns, Activation.None, null),
            new FuseStep<S, V>(columns, rezero, (SimdTensor)local, (SimdTensor)global, (SimdTensor)confidence, (SimdTensor)y));
        Release(columns);
    }

    /// <summary>1×C×7×7 → 7×C×7: w[v, c, u] of column v.</summary>
    private static float[] ColumnsFirst(ConvWeights w)
    {
        var columns = new float[w.Weight.Length];
        for (int i = 0; i < columns.Length; i++)
        {
            int c = i / 49, u = i / 7 % 7, v = i % 7;
            columns[(((v * w.InChannels) + c) * 7) + u] = w.Weight[i];
        }

        return columns;
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
        float* t = columns.Origin - 3;
        nint next = columns.Plane + 1;
        V one = S.Broadcast(1f);
        for (int p = from; p < to; p += S.Width)
        {
            V sum = S.Load(t + p);
            for (int v = 1; v < 7; v++)
            {
                sum = S.Add(sum, S.Load(t + p + (v * next)));
            }

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
