using System.Numerics;
using System.Runtime.CompilerServices;

namespace EMDC.Training.Optimiser;

/// <summary>
/// out[m, n] = left[m, k] · right[k, n] on one thread. Two vectors of columns of the right matrix are packed side by side, [k][2 vectors],
/// and stay in the first-level cache; four rows of the left matrix at a time sum in eight registers, as many as hide the latency of
/// multiply-adds.
/// </summary>
internal sealed class MatrixProduct
{
    private const int TileRows = 4;

    private float[] _panel = [];

    private static int TileColumns => 2 * Vector<float>.Count;

    /// <param name="left">Any strides.</param>
    /// <param name="right">Any strides.</param>
    /// <param name="result">Row after row, [left.Rows, right.Columns].</param>
    /// <param name="isSymmetric">Whether the product is known to be symmetric: then only the lower half is computed.</param>
    public void Run(MatrixView left, MatrixView right, Span<float> result, bool isSymmetric = false)
    {
        int m = left.Rows, k = left.Columns, n = right.Columns, wide = TileColumns;
        Array.Resize(ref _panel, Math.Max(_panel.Length, k * wide));
        Span<float> tile = stackalloc float[TileRows * wide];
        for (int column = 0; column < n; column += wide)
        {
            int columns = Math.Min(wide, n - column);
            Pack(right, column, columns, wide);
            for (int row = isSymmetric ? column : 0; row < m; row += TileRows)
            {
                int rows = Math.Min(TileRows, m - row);
                Tile(left, row, rows, k, tile);
                for (int r = 0; r < rows; r++)
                {
                    tile.Slice(r * wide, columns).CopyTo(result[(((row + r) * n) + column)..]);
                }
            }
        }

        for (int row = 0; isSymmetric && row < m; row++)
        {
            for (int column = row + 1; column < n; column++)
            {
                result[(row * n) + column] = result[(column * n) + row];
            }
        }
    }

    private void Pack(MatrixView right, int column, int columns, int wide)
    {
        if (columns < wide)
        {
            Array.Clear(_panel, 0, right.Rows * wide);
        }

        ReadOnlySpan<float> from = right.Values.AsSpan(right.Start + (column * right.ColumnStride));
        if (right.ColumnStride == 1)
        {
            for (int i = 0; i < right.Rows; i++)
            {
                from.Slice(i * right.RowStride, columns).CopyTo(_panel.AsSpan(i * wide));
            }
        }
        else
        {
            for (int c = 0; c < columns; c++)
            {
                for (int i = 0, at = c * right.ColumnStride; i < right.Rows; i++, at += right.RowStride)
                {
                    _panel[(i * wide) + c] = from[at];
                }
            }
        }
    }

    // Rows that the matrix does not have are its last one once more.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void Tile(MatrixView left, int row, int rows, int k, Span<float> tile)
    {
        int lanes = Vector<float>.Count, last = rows - 1, step = left.ColumnStride;
        fixed (float* from = &left.Values[left.Start + (row * left.RowStride)], panel = _panel, to = tile)
        {
            float* a = from, b = from + (Math.Min(1, last) * left.RowStride), c = from + (Math.Min(2, last) * left.RowStride);
            float* d = from + (last * left.RowStride), right = panel;
            Vector<float> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
            for (int i = 0; i < k; i++, a += step, b += step, c += step, d += step, right += 2 * lanes)
            {
                Vector<float> x = Vector.Load(right), y = Vector.Load(right + lanes);
                var w = new Vector<float>(*a);
                (a0, a1) = (Vector.FusedMultiplyAdd(w, x, a0), Vector.FusedMultiplyAdd(w, y, a1));
                w = new Vector<float>(*b);
                (b0, b1) = (Vector.FusedMultiplyAdd(w, x, b0), Vector.FusedMultiplyAdd(w, y, b1));
                w = new Vector<float>(*c);
                (c0, c1) = (Vector.FusedMultiplyAdd(w, x, c0), Vector.FusedMultiplyAdd(w, y, c1));
                w = new Vector<float>(*d);
                (d0, d1) = (Vector.FusedMultiplyAdd(w, x, d0), Vector.FusedMultiplyAdd(w, y, d1));
            }

            Vector.Store(a0, to);
            Vector.Store(a1, to + lanes);
            Vector.Store(b0, to + (2 * lanes));
            Vector.Store(b1, to + (3 * lanes));
            Vector.Store(c0, to + (4 * lanes));
            Vector.Store(c1, to + (5 * lanes));
            Vector.Store(d0, to + (6 * lanes));
            Vector.Store(d1, to + (7 * lanes));
        }
    }
}
