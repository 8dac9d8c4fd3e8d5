using System.Runtime.CompilerServices;

namespace EMDC.Simd;

/// <summary>Where a register tile goes: all pointers stand at the tile's first pixel in the first of its output channels.</summary>
internal unsafe struct TileOutput
{
    /// <summary>Output, and from one channel to the next.</summary>
    public float* Y;
    public nint Plane;

    /// <summary>What is added after the clamp, or null.</summary>
    public float* Residual;
    public nint ResidualPlane;

    /// <summary>All ones inside the image, zeros in the border; null stores the sums as they are, unclamped too.</summary>
    public float* Mask;
    public float Low, High;
}

/// <summary>
/// The inner loop of every dense convolution: a tile of 3, 4, 8 or 9 output channels × 1 to 3 vectors of pixels in registers.
/// <code>
/// y[o, p] = clamp(b[o] + Σ_k w[k, o] · x[offset_k + p], low, high) (+ residual[o, p])
/// </code>
/// k runs over (input channel, row, column) of the stencil. A plane is one long line of pixels with zeros between its rows,
/// so an offset is all that a tap is, whatever the kernel's size, and pixels need no rows here.
/// Per k, with 8 × 3 vectors: 24 FMAs for 3 pixel loads and 8 broadcast weights, 28 of 32 registers; 4 × 3 where there are
/// only 16. Measured at 96 % of the FMA ceiling on AVX-512 and AVX2 (bench/RESULTS.md).
/// </summary>
internal static unsafe class ConvTile<S, V> where S : struct, ISimd<V> where V : struct
{
    /// <summary>
    /// Computes <paramref name="rows"/> of a block's <paramref name="size"/> output channels (4, 8 or 9; its weights are
    /// [k][size]) for one row of pixels.
    /// </summary>
    [MethodImpl(Jit.Inline)]
    public static void Block<R>(int size, int rows, float* x, nint* offsets, int k, float* w, float* b, TileOutput y)
        where R : struct, IRow<R, V>
    {
        if (size == 4)
        {
            Four<R>(rows, x, offsets, k, w, 4, b, &y);
        }
        else if (S.Registers >= 32)
        {
            if (size == 9)
            {
                Nine<R>(x, offsets, k, w, b, &y);
            }
            else
            {
                Eight<R>(rows, x, offsets, k, w, b, &y);
            }
        }
        else
        {
            int step = size == 9 ? 3 : 4;
            for (int o = 0; o < rows; o += step)
            {
                if (step == 3)
                {
                    Three<R>(x, offsets, k, w + o, size, b + o, &y);
                }
                else
                {
                    Four<R>(rows - o, x, offsets, k, w + o, size, b + o, &y);
                }

                y.Y += step * y.Plane;
                y.Residual += y.Residual is null ? 0 : step * y.ResidualPlane;
            }
        }
    }

    [MethodImpl(Jit.Kernel)]
    private static void Three<R>(float* x, nint* offsets, int k, float* w, int size, float* b, TileOutput* y) where R : struct, IRow<R, V>
    {
        R y0 = R.Broadcast(b[0]), y1 = R.Broadcast(b[1]), y2 = R.Broadcast(b[2]);
        for (nint* end = offsets + k; offsets < end; offsets++, w += size)
        {
            R p = R.Load(x + *offsets);
            y0 = R.Fma(S.Broadcast(w[0]), p, y0);
            y1 = R.Fma(S.Broadcast(w[1]), p, y1);
            y2 = R.Fma(S.Broadcast(w[2]), p, y2);
        }

        Store(0, y0, y);
        Store(1, y1, y);
        Store(2, y2, y);
    }

    [MethodImpl(Jit.Kernel)]
    private static void Four<R>(int rows, float* x, nint* offsets, int k, float* w, int size, float* b, TileOutput* y) where R : struct, IRow<R, V>
    {
        R y0 = R.Broadcast(b[0]), y1 = R.Broadcast(b[1]), y2 = R.Broadcast(b[2]), y3 = R.Broadcast(b[3]);
        for (nint* end = offsets + k; offsets < end; offsets++, w += size)
        {
            R p = R.Load(x + *offsets);
            y0 = R.Fma(S.Broadcast(w[0]), p, y0);
            y1 = R.Fma(S.Broadcast(w[1]), p, y1);
            y2 = R.Fma(S.Broadcast(w[2]), p, y2);
            y3 = R.Fma(S.Broadcast(w[3]), p, y3);
        }

        Store(0, y0, y);
        if (rows > 1)
        {
            Store(1, y1, y);
        }

        if (rows > 2)
        {
            Store(2, y2, y);
        }

        if (rows > 3)
        {
            Store(3, y3, y);
        }
    }

    [MethodImpl(Jit.Kernel)]
    private static void Eight<R>(int rows, float* x, nint* offsets, int k, float* w, float* b, TileOutput* y) where R : struct, IRow<R, V>
    {
        R y0 = R.Broadcast(b[0]), y1 = R.Broadcast(b[1]), y2 = R.Broadcast(b[2]), y3 = R.Broadcast(b[3]);
        R y4 = R.Broadcast(b[4]), y5 = R.Broadcast(b[5]), y6 = R.Broadcast(b[6]), y7 = R.Broadcast(b[7]);
        for (nint* end = offsets + k; offsets < end; offsets++, w += 8)
        {
            R p = R.Load(x + *offsets);
            y0 = R.Fma(S.Broadcast(w[0]), p, y0);
            y1 = R.Fma(S.Broadcast(w[1]), p, y1);
            y2 = R.Fma(S.Broadcast(w[2]), p, y2);
            y3 = R.Fma(S.Broadcast(w[3]), p, y3);
            y4 = R.Fma(S.Broadcast(w[4]), p, y4);
            y5 = R.Fma(S.Broadcast(w[5]), p, y5);
            y6 = R.Fma(S.Broadcast(w[6]), p, y6);
            y7 = R.Fma(S.Broadcast(w[7]), p, y7);
        }

        Store(0, y0, y);
        Store(1, y1, y);
        Store(2, y2, y);
        Store(3, y3, y);
        Store(4, y4, y);
        if (rows > 5)
        {
            Store(5, y5, y);
        }

        if (rows > 6)
        {
            Store(6, y6, y);
        }

        if (rows > 7)
        {
            Store(7, y7, y);
        }
    }

    [MethodImpl(Jit.Kernel)]
    private static void Nine<R>(float* x, nint* offsets, int k, float* w, float* b, TileOutput* y) where R : struct, IRow<R, V>
    {
        R y0 = R.Broadcast(b[0]), y1 = R.Broadcast(b[1]), y2 = R.Broadcast(b[2]);
        R y3 = R.Broadcast(b[3]), y4 = R.Broadcast(b[4]), y5 = R.Broadcast(b[5]);
        R y6 = R.Broadcast(b[6]), y7 = R.Broadcast(b[7]), y8 = R.Broadcast(b[8]);
        for (nint* end = offsets + k; offsets < end; offsets++, w += 9)
        {
            R p = R.Load(x + *offsets);
            y0 = R.Fma(S.Broadcast(w[0]), p, y0);
            y1 = R.Fma(S.Broadcast(w[1]), p, y1);
            y2 = R.Fma(S.Broadcast(w[2]), p, y2);
            y3 = R.Fma(S.Broadcast(w[3]), p, y3);
            y4 = R.Fma(S.Broadcast(w[4]), p, y4);
            y5 = R.Fma(S.Broadcast(w[5]), p, y5);
            y6 = R.Fma(S.Broadcast(w[6]), p, y6);
            y7 = R.Fma(S.Broadcast(w[7]), p, y7);
            y8 = R.Fma(S.Broadcast(w[8]), p, y8);
        }

        Store(0, y0, y);
        Store(1, y1, y);
        Store(2, y2, y);
        Store(3, y3, y);
        Store(4, y4, y);
        Store(5, y5, y);
        Store(6, y6, y);
        Store(7, y7, y);
        Store(8, y8, y);
    }

    [MethodImpl(Jit.Inline)]
    private static void Store<R>(int o, R a, TileOutput* y) where R : struct, IRow<R, V>
    {
        if (y->Mask is null)
        {
            R.Store(y->Y + (o * y->Plane), a);
            return;
        }

        a = R.Clamp(a, S.Broadcast(y->Low), S.Broadcast(y->High));
        if (y->Residual is not null)
        {
            a = R.Add(a, R.Load(y->Residual + (o * y->ResidualPlane)));
        }

        R.Store(y->Y + (o * y->Plane), R.And(a, R.Load(y->Mask)));
    }
}
