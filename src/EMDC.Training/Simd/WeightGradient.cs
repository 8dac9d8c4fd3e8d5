using System.Runtime.CompilerServices;
using EMDC.Operators;
using EMDC.Simd;

namespace EMDC.Training;

/// <summary>
/// The weights' gradient of every dense convolution: dot products of pixels.
/// <code>
/// dw[o, k] += Σ_p dz[o, p] · x[offset_k + p]        k runs over (input channel, row, column) of the stencil
/// </code>
/// As in the forward tile (<see cref="ConvTile{S, V}"/>) a tap is an offset along the line of pixels, and the zeros of the borders
/// take care of the edges. Per vector of pixels a tile of 4 rows × 6 taps loads 10 vectors for 24 multiply-adds, 29 of 32 registers;
/// where there are only 16, 2 × 6. Rows are any planes: for one output channel, the K columns of its stencil are K rows, each the
/// same plane shifted, as in the forward pass.
/// </summary>
internal sealed unsafe class WeightGradientStep<S, V> : Step where S : struct, ISimd<V> where V : struct
{
    // 4 rows and the taps of a channel or two in the first-level cache; long against the 24 sums over lanes behind it.
    private const int Strip = 1024;
    private const int Columns = 6;

    private static readonly int Rows = S.Registers >= 32 ? 4 : 2;

    private readonly TrainingFrame _frame;
    private readonly ConvWeights _w;
    private readonly nint* _rows;
    private readonly int* _rowAt;
    private readonly int _rowCount;
    private readonly nint* _columns;
    private readonly int* _columnAt;
    private readonly int _columnCount;
    private readonly int _first;
    private readonly int _length;

    /// <param name="memory">Owns the pointers.</param>
    /// <param name="frame">Where the gradients go.</param>
    /// <param name="w">The convolution.</param>
    /// <param name="rows">Pixel (0, 0) of each row.</param>
    /// <param name="rowAt">Where in w's array a row begins.</param>
    /// <param name="columns">Pixel (0, 0) of the input, shifted by the tap, of each column.</param>
    /// <param name="columnAt">Where in a row it goes.</param>
    /// <param name="first">The first pixel of the sum; before 0 where rows are shifted.</param>
    /// <param name="length">How many pixels.</param>
    public WeightGradientStep(
        NativeArrays memory, TrainingFrame frame, ConvWeights w, nint[] rows, int[] rowAt, nint[] columns, int[] columnAt, int first, int length)
    {
        (_frame, _w, _first, _length) = (frame, w, first, length);
        (_rowCount, _columnCount) = (rows.Length, columns.Length);

        // Tiles at the edge are filled up with the last row and column.
        _rows = Copy(memory, rows, (rows.Length + Rows - 1) / Rows * Rows);
        _rowAt = Copy(memory, rowAt, rowAt.Length);
        _columns = Copy(memory, columns, (columns.Length + Columns - 1) / Columns * Columns);
        _columnAt = Copy(memory, columnAt, columnAt.Length);
    }

    /// <summary>The gradient of a convolution whose taps are laid out as its weights are.</summary>
    public static WeightGradientStep<S, V> Of(NativeArrays memory, TrainingFrame frame, ConvWeights w, SimdTensor dz, nint[] columns) => new(
        memory, frame, w, DenseConv<S, V>.Planes(dz), [.. Enumerable.Range(0, w.OutChannels).Select(o => o * columns.Length)],
        columns, [.. Enumerable.Range(0, columns.Length)], 0, dz.Line);

    /// <summary>Of one output channel: the rows are its stencil's columns v, the columns its (input channel, row) pairs.</summary>
    public static WeightGradientStep<S, V> OfOne(NativeArrays memory, TrainingFrame frame, ConvWeights w, SimdTensor dz, SimdTensor x)
    {
        int k = w.Kernel, reach = k / 2;
        nint[] rows = [.. Enumerable.Range(0, k).Select(v => (nint)(dz.Origin + reach - v))];
        var columns = new nint[w.InChannels * k];
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = (nint)(x.Channel(i / k) + (((i % k) - reach) * x.Stride));
        }

        return new WeightGradientStep<S, V>(
            memory, frame, w, rows, [.. Enumerable.Range(0, k)], columns, [.. Enumerable.Range(0, columns.Length).Select(i => i * k)],
            -reach, dz.Line + (2 * reach));
    }

    public override int Tasks => 1;

    public override void Execute(int task, int worker)
    {
        float* sums = stackalloc float[Rows * Columns];
        fixed (float* weight = _frame.Into.Of(_w).Weight)
        {
            for (int from = 0; from < _length; from += Strip)
            {
                int vectors = (Math.Min(Strip, _length - from) + S.Width - 1) / S.Width;
                for (int r = 0; r < _rowCount; r += Rows)
                {
                    for (int c = 0; c < _columnCount; c += Columns)
                    {
                        if (Rows == 4)
                        {
                            Four((float**)(_rows + r), (float**)(_columns + c), _first + from, vectors, sums);
                        }
                        else
                        {
                            Two((float**)(_rows + r), (float**)(_columns + c), _first + from, vectors, sums);
                        }

                        for (int i = 0; i < Math.Min(Rows, _rowCount - r); i++)
                        {
                            float* to = weight + _rowAt[r + i];
                            for (int j = 0; j < Math.Min(Columns, _columnCount - c); j++)
                            {
                                to[_columnAt[c + j]] += sums[(i * Columns) + j];
                            }
                        }
                    }
                }
            }
        }
    }

    [MethodImpl(Jit.Kernel)]
    private static void Four(float** rows, float** columns, nint first, int vectors, float* sums)
    {
        float* d0 = rows[0] + first, d1 = rows[1] + first, d2 = rows[2] + first, d3 = rows[3] + first;
        float* x0 = columns[0] + first, x1 = columns[1] + first, x2 = columns[2] + first;
        float* x3 = columns[3] + first, x4 = columns[4] + first, x5 = columns[5] + first;
        V a00 = S.Zero, a01 = S.Zero, a02 = S.Zero, a03 = S.Zero, a04 = S.Zero, a05 = S.Zero;
        V a10 = S.Zero, a11 = S.Zero, a12 = S.Zero, a13 = S.Zero, a14 = S.Zero, a15 = S.Zero;
        V a20 = S.Zero, a21 = S.Zero, a22 = S.Zero, a23 = S.Zero, a24 = S.Zero, a25 = S.Zero;
        V a30 = S.Zero, a31 = S.Zero, a32 = S.Zero, a33 = S.Zero, a34 = S.Zero, a35 = S.Zero;
        for (nint p = 0, end = (nint)vectors * S.Width; p < end; p += S.Width)
        {
            V y0 = S.Load(d0 + p), y1 = S.Load(d1 + p), y2 = S.Load(d2 + p), y3 = S.Load(d3 + p);
            V x = S.Load(x0 + p);
            a00 = S.Fma(y0, x, a00);
            a10 = S.Fma(y1, x, a10);
            a20 = S.Fma(y2, x, a20);
            a30 = S.Fma(y3, x, a30);
            x = S.Load(x1 + p);
            a01 = S.Fma(y0, x, a01);
            a11 = S.Fma(y1, x, a11);
            a21 = S.Fma(y2, x, a21);
            a31 = S.Fma(y3, x, a31);
            x = S.Load(x2 + p);
            a02 = S.Fma(y0, x, a02);
            a12 = S.Fma(y1, x, a12);
            a22 = S.Fma(y2, x, a22);
            a32 = S.Fma(y3, x, a32);
            x = S.Load(x3 + p);
            a03 = S.Fma(y0, x, a03);
            a13 = S.Fma(y1, x, a13);
            a23 = S.Fma(y2, x, a23);
            a33 = S.Fma(y3, x, a33);
            x = S.Load(x4 + p);
            a04 = S.Fma(y0, x, a04);
            a14 = S.Fma(y1, x, a14);
            a24 = S.Fma(y2, x, a24);
            a34 = S.Fma(y3, x, a34);
            x = S.Load(x5 + p);
            a05 = S.Fma(y0, x, a05);
            a15 = S.Fma(y1, x, a15);
            a25 = S.Fma(y2, x, a25);
            a35 = S.Fma(y3, x, a35);
        }

        Store(sums, a00, a01, a02, a03, a04, a05);
        Store(sums + 6, a10, a11, a12, a13, a14, a15);
        Store(sums + 12, a20, a21, a22, a23, a24, a25);
        Store(sums + 18, a30, a31, a32, a33, a34, a35);
    }

    [MethodImpl(Jit.Kernel)]
    private static void Two(float** rows, float** columns, nint first, int vectors, float* sums)
    {
        float* d0 = rows[0] + first, d1 = rows[1] + first;
        float* x0 = columns[0] + first, x1 = columns[1] + first, x2 = columns[2] + first;
        float* x3 = columns[3] + first, x4 = columns[4] + first, x5 = columns[5] + first;
        V a00 = S.Zero, a01 = S.Zero, a02 = S.Zero, a03 = S.Zero, a04 = S.Zero, a05 = S.Zero;
        V a10 = S.Zero, a11 = S.Zero, a12 = S.Zero, a13 = S.Zero, a14 = S.Zero, a15 = S.Zero;
        for (nint p = 0, end = (nint)vectors * S.Width; p < end; p += S.Width)
        {
            V y0 = S.Load(d0 + p), y1 = S.Load(d1 + p);
            V x = S.Load(x0 + p);
            a00 = S.Fma(y0, x, a00);
            a10 = S.Fma(y1, x, a10);
            x = S.Load(x1 + p);
            a01 = S.Fma(y0, x, a01);
            a11 = S.Fma(y1, x, a11);
            x = S.Load(x2 + p);
            a02 = S.Fma(y0, x, a02);
            a12 = S.Fma(y1, x, a12);
            x = S.Load(x3 + p);
            a03 = S.Fma(y0, x, a03);
            a13 = S.Fma(y1, x, a13);
            x = S.Load(x4 + p);
            a04 = S.Fma(y0, x, a04);
            a14 = S.Fma(y1, x, a14);
            x = S.Load(x5 + p);
            a05 = S.Fma(y0, x, a05);
            a15 = S.Fma(y1, x, a15);
        }

        Store(sums, a00, a01, a02, a03, a04, a05);
        Store(sums + 6, a10, a11, a12, a13, a14, a15);
    }

    [MethodImpl(Jit.Inline)]
    private static void Store(float* sums, V a0, V a1, V a2, V a3, V a4, V a5)
    {
        sums[0] = S.Sum(a0);
        sums[1] = S.Sum(a1);
        sums[2] = S.Sum(a2);
        sums[3] = S.Sum(a3);
        sums[4] = S.Sum(a4);
        sums[5] = S.Sum(a5);
    }

    private static T* Copy<T>(NativeArrays memory, T[] values, int padded) where T : unmanaged
    {
        T* copy = memory.Allocate<T>(padded);
        for (int i = 0; i < padded; i++)
        {
            copy[i] = values[Math.Min(i, values.Length - 1)];
        }

        return copy;
    }
}
