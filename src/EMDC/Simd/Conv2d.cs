using EMDC.Operators;

namespace EMDC.Simd;

internal sealed unsafe partial class SimdOperators<S, V>
{
    /// <inheritdoc/>
    public void Conv2d(ConvWeights w, Tensor x, Tensor y, Activation activation, int stride = 1, Tensor? residual = null)
    {
        Operators.Conv2d.Check(w, x, y, stride, residual);
        var (from, to) = ((SimdTensor)x, (SimdTensor)y);
        string shape = $"{x.Shape} → {y.Shape}";
        DenseConv<S, V> conv;
        if (stride == 1)
        {
            SameLine($"Conv2d {w.Name}", x, y);
            if (w.OutChannels == 1 && w.Kernel > 1)
            {
                var (sums, columns) = Columns(w, from);
                Record("Conv2d", w, shape, Operators.Conv2d.Macs(w, y), Floats(x, y, residual),
                    sums, new ColumnSumStep<S, V>(columns, w.Bias, activation, (SimdTensor?)residual, to));
                Release(columns);
                return;
            }

            if (residual is null && Winograd<S, V>.Serves(w, x))
            {
                Record("Conv2d", w, shape, Operators.Conv2d.Macs(w, y), Floats(x, y),
                    new WinogradConvStep<S, V>(Winograd(w, from), to, activation));
                return;
            }

            nint[] taps = DenseConv<S, V>.Square(w.Kernel, from.Stride);
            conv = new DenseConv<S, V>(_memory, Packed(w), DenseConv<S, V>.Planes(from), taps);
            Record("Conv2d", w, shape, Operators.Conv2d.Macs(w, y), Floats(x, y, residual),
                new DenseConvStep<S, V>(conv, x.Channels, to, activation, (SimdTensor?)residual));
            return;
        }

        // At stride 2 a tap reads every other pixel. Split into its four phases, the input is read along a line again.
        var phases = (SimdTensor)Tensor($"{x.Name} phases", 4 * x.Channels, y.Height, y.Width, y.Reach);
        Operators.Check.Reach($"Conv2d {w.Name}", phases, ((w.Kernel / 2) + 1) / 2);
        conv = new DenseConv<S, V>(_memory, Packed(w), PhasePlanes(phases, w.Kernel), [0]);
        Record("Conv2d", w, shape, Operators.Conv2d.Macs(w, y), Floats(x, y, residual),
            new PhaseSplitStep<S, V>(from, phases),
            new DenseConvStep<S, V>(conv, 4 * x.Channels, to, activation, (SimdTensor?)residual));
        Release(phases);
    }

    private Winograd<S, V> Winograd(ConvWeights w, SimdTensor x)
    {
        if (!_winograd.TryGetValue(w, out PackedWeights[]? packed))
        {
            packed = Winograd<S, V>.Pack(w);
            _winograd.Add(w, packed);
        }

        return new Winograd<S, V>(packed, x, _memory, _scratch);
    }

    /// <summary>
    /// A plane a tap: tap d = u − K/2 of output row i reads input row 2i + d, which is row i + ⌊d/2⌋ of phase d mod 2.
    /// </summary>
    internal static nint[] PhasePlanes(SimdTensor phases, int kernel)
    {
        var planes = new List<nint>();
        for (int c = 0; c < phases.Channels / 4; c++)
        {
            for (int t = 0; t < kernel * kernel; t++)
            {
                int u = (t / kernel) - (kernel / 2), v = (t % kernel) - (kernel / 2);
                float* phase = phases.Channel((4 * c) + (2 * (u & 1)) + (v & 1));
                planes.Add((nint)(phase + ((u >> 1) * phases.Stride) + (v >> 1)));
            }
        }

        return [.. planes];
    }
}

/// <summary>
/// phases[4c + 2m + n, i, j] = x[c, 2i + m, 2j + n]. A task is an input channel.
/// </summary>
internal sealed unsafe class PhaseSplitStep<S, V>(SimdTensor x, SimdTensor phases) : Step
    where S : struct, ISimd<V> where V : struct
{
    public override int Tasks => x.Channels;

    public override void Execute(int task, int worker)
    {
        for (int m = 0; m < 2; m++)
        {
            float* even = phases.Channel((4 * task) + (2 * m)), odd = even + phases.Plane;
            for (int i = 0; i < phases.Height; i++)
            {
                // The last odd row of an image of odd height is the border below it: zeros.
                float* row = x.Channel(task) + ((long)((2 * i) + m) * x.Stride);
                for (int j = 0; j < phases.Width; j += S.Width)
                {
                    S.Deinterleave(row + (2 * j), out V a, out V b);
                    S.Store(even + ((long)i * phases.Stride) + j, a);
                    S.Store(odd + ((long)i * phases.Stride) + j, b);
                }
            }

            Border.Clear<S, V>(even, phases);
            Border.Clear<S, V>(odd, phases);
        }
    }
}

/// <summary>Restores the zeros between rows where a kernel wrote row by row in whole vectors.</summary>
internal static unsafe class Border
{
    public static void Clear<S, V>(float* plane, SimdTensor shape) where S : struct, ISimd<V> where V : struct
    {
        // A row's last vector may reach a vector beyond the line's end, an interleaved pair two.
        for (int p = 0; p < shape.Line + (2 * S.Width); p += S.Width)
        {
            S.Store(plane + p, S.And(S.Load(plane + p), S.Load(shape.Mask + p)));
        }
    }
}
