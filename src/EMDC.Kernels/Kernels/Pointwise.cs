using ILGPU;

namespace EMDC.Kernels;

/// <summary>How a launch of <see cref="Pointwise"/> is cut.</summary>
/// <param name="InChannels">I.</param>
/// <param name="X">Layout of the input.</param>
/// <param name="Units">Threads side by side, four pixels each.</param>
/// <param name="Splits">Threads that share one thread's input channels. Units · Splits is the group's size.</param>
/// <param name="Across">Units in a row of the image.</param>
/// <param name="To">The end of the operator.</param>
internal readonly record struct PointwiseShape(int InChannels, Layout X, int Units, int Splits, int Across, ConvEnd To);

/// <summary>
/// Pointwise (1×1) convolution, a product of matrices:
/// <code>
/// sum[o, p] = Σ_c w[o, c] · x[c, p]
/// </code>
/// x: I×H×W, w: ⌈O/8⌉×I×8 (two units a channel), bias: O.
/// <para>
/// A thread computes 8 output channels × 4 pixels, for its share of the input channels; a group Units · 4 pixels of 8 output
/// channels; grid: ⌈pixels / (4·Units)⌉ × ⌈O/8⌉. Four input channels are read before they are used: at the encoder's
/// sizes the time is the latency of the loads, so many of them must be on their way.
/// </para>
/// <para>
/// Inner loop: 32 FMAs for 1 + 2 global loads of 16 bytes (10.7 FMAs a load; the two of weights are broadcasts). Shared memory,
/// 2048 units (32 KiB; 1536 do for groups of up to 191 threads), only for the sums of the splits. Bytes moved: 4·(I·H·W·⌈O/8⌉ + O·H·W + I·O), all but the first
/// I·H·W of them out of the caches. Roofline: 2·I·O·H·W FLOPs; 24→144 at 48×64 has 21 MFLOP and 2.1 MB: 1.1 µs at 20 TFLOP/s,
/// 2.1 µs at 1 TB/s.
/// On an H100, tuned: 4.3 µs; 960→320 at 6×8 7.7 µs.
/// </para>
/// </summary>
internal static class Pointwise
{
    public static readonly Kernel<PointwiseShape> Kernel = new(nameof(PointwiseKernel)) { IsLarge = true };

    /// <summary>Units × 1 × splits.</summary>
    public static readonly KernelTiles Tiles = new(nameof(Pointwise), MaxThreads)
    {
        Default = (device, key) =>
        {
            int side = Math.Min(device.PointwiseThreads, Tiling.PowerOf2(key.Across)), blocks = Tiling.Ceiling(key.Out, 8);
            while (side > 8 && Tiling.Ceiling(key.Across, side) * blocks < device.Groups)
            {
                side /= 2;
            }

            return new Tile(side, 1, Math.Clamp(key.In / 8, 1, device.PointwiseThreads / side));
        },
        Grid = (key, tile) => new Groups(Tiling.Ceiling(key.Across, tile.Across), Tiling.Ceiling(key.Out, 8), (int)tile.Threads),
        Allows = (key, tile) => tile.Splits <= key.In && tile.Down == 1,
        SharedUnits = (_, tile) => tile.Splits == 1 ? 0 : SplitSum.Units(tile),
        Fmas = (key, tile) => 32L * Tiling.Ceiling(key.In, tile.Splits),
    };

    /// <summary>The sums of 256 threads.</summary>
    public const int SharedUnits = Tiling.MostSharedUnits;

    /// <summary>Most threads of a group.</summary>
    public const int MaxThreads = SplitSum.MaxThreads;

    public static void PointwiseKernel(
        ArrayView<Float4> x, ArrayView<Float4> w, ArrayView<float> bias, ArrayView<Float4> r, ArrayView<Float4> y, PointwiseShape s)
    {
        ArrayView<Float4> shared = SharedMemory.Allocate<Float4>(SharedUnits);
        int thread = Group.IdxX, threads = Group.DimX;
        int split = thread / s.Units, p = thread - split * s.Units;
        int unit = Grid.IdxX * s.Units + p, i = unit / s.Across, j = unit - i * s.Across;

        // Threads behind the image read its last row, and store nothing.
        int at = s.X.At(0, i < s.To.Height ? i : s.To.Height - 1, j);
        int share = (s.InChannels + s.Splits - 1) / s.Splits, c = split * share;
        int last = c + share < s.InChannels ? c + share : s.InChannels;
        int k = (Grid.IdxY * s.InChannels + c) * 2;
        at += c * s.X.Plane;
        Sums sums = Multiply(x, at, s.X.Plane, w, k, last - c);
        int o = 8 * Grid.IdxY;
        if (s.Splits == 1)
        {
            Epilogue.Store(bias, bias, r, y, s.To, o, i, j, sums);
            return;
        }

        SplitSum.Put(shared, thread, threads, sums);
        Group.Barrier();
        for (int e = thread; e < 4 * s.Units; e += threads)
        {
            int pair = e / s.Units, q = e - pair * s.Units;
            unit = Grid.IdxX * s.Units + q;
            i = unit / s.Across;
            Float4 even = SplitSum.Get(shared, 2 * pair, q, s.Units, threads, s.Splits);
            Float4 odd = SplitSum.Get(shared, 2 * pair + 1, q, s.Units, threads, s.Splits);
            Epilogue.Store(bias, bias, r, y, s.To, o + 2 * pair, i, unit - i * s.Across, even, odd);
        }
    }

    /// <summary>Σ w·x over some input channels, four of them at a time on their way: eight output channels at four pixels.</summary>
    /// <param name="x">The input.</param>
    /// <param name="at">The unit in the first channel.</param>
    /// <param name="plane">Units from channel to channel.</param>
    /// <param name="w">The weights.</param>
    /// <param name="k">The first channel's two units of weights.</param>
    /// <param name="channels">How many; none where it is negative.</param>
    public static Sums Multiply(ArrayView<Float4> x, int at, int plane, ArrayView<Float4> w, int k, int channels)
    {
        Sums sums = Sums.Zero;
        int c = 0;
        for (; c + 3 < channels; c += 4, at += 4 * plane, k += 8)
        {
            Float4 xa = x[at], xb = x[at + plane], xc = x[at + 2 * plane], xd = x[at + 3 * plane];
            Float4 va = w[k], qa = w[k + 1], vb = w[k + 2], qb = w[k + 3], vc = w[k + 4], qc = w[k + 5], vd = w[k + 6], qd = w[k + 7];
            sums = sums.Add(va, qa, xa).Add(vb, qb, xb).Add(vc, qc, xc).Add(vd, qd, xd);
        }

        for (; c < channels; c++, at += plane, k += 2)
        {
            sums = sums.Add(w[k], w[k + 1], x[at]);
        }

        return sums;
    }
}
