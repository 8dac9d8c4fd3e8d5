using System.Runtime.CompilerServices;
using EMDC.Operators;

namespace EMDC.Simd;

internal sealed unsafe partial class SimdOperators<S, V>
{
    /// <summary>
    /// One output channel would leave the register tile of a dense convolution nearly empty. So the K columns of the stencil
    /// become K output channels of a K×1 convolution,
    /// <code>
    /// columns[v, i, j] = Σ_c Σ_u w[0, c, u, v] · x[c, i + u − K/2, j],
    /// </code>
    /// and a second step adds them up, each shifted to its place (<see cref="ColumnSum"/>): the same multiply-adds at the
    /// speed of the other convolutions. The caller releases the tensor.
    /// </summary>
    private (Step Step, SimdTensor Columns) Columns(ConvWeights w, SimdTensor x)
    {
        int k = w.Kernel;
        var columns = (SimdTensor)Tensor($"{w.Name} columns", k, x.Height, x.Width, x.Reach);
        if (!_packed.TryGetValue(w, out PackedWeights? packed))
        {
            packed = new PackedWeights(ColumnsFirst(w), new float[k], k * w.InChannels, nines: false);
            _packed.Add(w, packed);
        }

        nint[] taps = [.. Enumerable.Range(-(k / 2), k).Select(u => (nint)u * x.Stride)];
        var conv = new DenseConv<S, V>(_memory, packed, DenseConv<S, V>.Planes(x), taps);
        return (new DenseConvStep<S, V>(conv, x.Channels, columns, Activation.None, null), columns);
    }

    /// <summary>1×C×K×K → K×C×K: w[v, c, u] of column v.</summary>
    private static float[] ColumnsFirst(ConvWeights w)
    {
        int k = w.Kernel;
        var columns = new float[w.Weight.Length];
        for (int i = 0; i < columns.Length; i++)
        {
            int c = i / (k * k), u = i / k % k, v = i % k;
            columns[(((v * w.InChannels) + c) * k) + u] = w.Weight[i];
        }

        return columns;
    }
}

/// <summary>Σ_v columns[v, i, j + v − K/2].</summary>
internal static unsafe class ColumnSum
{
    [MethodImpl(Jit.Inline)]
    public static V At<S, V>(SimdTensor columns, int pixel) where S : struct, ISimd<V> where V : struct
    {
        float* t = columns.Origin + pixel - (columns.Channels / 2);
        V sum = S.Load(t);
        for (int v = 1; v < columns.Channels; v++)
        {
            t += columns.Plane + 1;
            sum = S.Add(sum, S.Load(t));
        }

        return sum;
    }
}

/// <summary>y = clamp(bias[0] + the sum of the columns) (+ residual). A task is a strip of the line.</summary>
internal sealed unsafe class ColumnSumStep<S, V>(SimdTensor columns, float[] bias, Activation activation, SimdTensor? residual, SimdTensor y) : Step
    where S : struct, ISimd<V> where V : struct
{
    private const int Strip = 4096;

    public override int Tasks => (y.Line + Strip - 1) / Strip;

    public override void Execute(int task, int worker) => Run(task * Strip, Math.Min((task + 1) * Strip, y.Line));

    [MethodImpl(Jit.Kernel)]
    private void Run(int from, int to)
    {
        V b = S.Broadcast(bias[0]), low = S.Broadcast(activation.Low), high = S.Broadcast(activation.High);
        for (int p = from; p < to; p += S.Width)
        {
            V sum = S.Min(S.Max(S.Add(ColumnSum.At<S, V>(columns, p), b), low), high);
            if (residual is not null)
            {
                sum = S.Add(sum, S.Load(residual.Origin + p));
            }

            S.Store(y.Origin + p, S.And(sum, S.Load(y.Mask + p)));
        }
    }
}
