using ILGPU;

namespace EMDC.Kernels;

/// <summary>
/// <see cref="Propagation"/> with four pixels a thread: the same formula and tiles, in groups of 256 threads where it has 1024. Devices
/// whose groups are small thus have tiles of 32×32 pixels as well, of which the halo leaves most: in tiles of 16×16 it would leave a
/// sixteenth at (n, T) = (3, 3).
/// <para>
/// A thread owns the pixels of one column that are a quarter of the tile's rows apart, so that a row of threads reads a row of pixels. It
/// keeps 4·(1 + 8n) affinities in registers: about 130 in all at n = 3. Grid: that of <see cref="Propagation"/>.
/// </para>
/// <para>
/// Inner loop, which is an iteration: 4·(1 + 8n) FMAs for as many shared loads, four of them independent of each other at any time;
/// global loads, shared memory (11.3 KiB), bytes and roofline: those of <see cref="Propagation"/>.
/// </para>
/// </summary>
internal static class PropagationWide
{
    public static readonly Kernel<PropagationShape> Kernel = new(nameof(PropagationWideKernel));

    /// <summary>Most threads of a group. The launcher says so to the compiler, which then has 255 registers a thread.</summary>
    public const int MaxThreads = Propagation.MaxThreads / 4;

    public static void PropagationWideKernel(
        ArrayView<float> g, ArrayView<float> f, ArrayView<float> depth, ArrayView<float> y, ArrayView<float> yTo, PropagationShape s)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(Propagation.SharedFloats);
        int n = s.Dilations, halo = (s.Iterations - 1) * n, pitch = s.Columns + 2 * n, plane = pitch * (s.Rows + 2 * n);
        int ty = Group.IdxX / s.Columns, tx = Group.IdxX - ty * s.Columns, quarter = s.Rows / 4, next = quarter * pitch;
        int top = Grid.IdxX / s.TilesAcross * (s.Rows - 2 * halo) - halo, left = Grid.IdxX % s.TilesAcross * (s.Columns - 2 * halo) - halo;
        Propagation.Fill(y, shared, s, top, left, pitch, plane);
        Affinities a = Affinities.Of(g, f, depth, s, top + ty, left + tx), b = Affinities.Of(g, f, depth, s, top + ty + quarter, left + tx);
        Affinities c = Affinities.Of(g, f, depth, s, top + ty + 2 * quarter, left + tx), d = Affinities.Of(g, f, depth, s, top + ty + 3 * quarter, left + tx);
        float ra = 0f, rb = 0f, rc = 0f, rd = 0f;
        int from = (ty + n) * pitch + tx + n, to = from + plane;
        for (int t = 0; t < s.Iterations; t++)
        {
            Group.Barrier();
            ra = a.One.Around(shared, from, pitch, 1, a.Centre * shared[from]);
            rb = b.One.Around(shared, from + next, pitch, 1, b.Centre * shared[from + next]);
            rc = c.One.Around(shared, from + 2 * next, pitch, 1, c.Centre * shared[from + 2 * next]);
            rd = d.One.Around(shared, from + 3 * next, pitch, 1, d.Centre * shared[from + 3 * next]);
            if (n > 1)
            {
                ra = a.Two.Around(shared, from, pitch, 2, ra);
                rb = b.Two.Around(shared, from + next, pitch, 2, rb);
                rc = c.Two.Around(shared, from + 2 * next, pitch, 2, rc);
                rd = d.Two.Around(shared, from + 3 * next, pitch, 2, rd);
            }

            if (n > 2)
            {
                ra = a.Three.Around(shared, from, pitch, 3, ra);
                rb = b.Three.Around(shared, from + next, pitch, 3, rb);
                rc = c.Three.Around(shared, from + 2 * next, pitch, 3, rc);
                rd = d.Three.Around(shared, from + 3 * next, pitch, 3, rd);
            }

            shared[to] = ra;
            shared[to + next] = rb;
            shared[to + 2 * next] = rc;
            shared[to + 3 * next] = rd;
            int swap = from;
            from = to;
            to = swap;
        }

        Propagation.Store(yTo, s, halo, top, left, ty, tx, ra);
        Propagation.Store(yTo, s, halo, top, left, ty + quarter, tx, rb);
        Propagation.Store(yTo, s, halo, top, left, ty + 2 * quarter, tx, rc);
        Propagation.Store(yTo, s, halo, top, left, ty + 3 * quarter, tx, rd);
    }
}
