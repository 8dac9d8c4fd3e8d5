using ILGPU;
using ILGPU.Algorithms;

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
        Float4 sa = Shares(f, depth, s, top + ty, left + tx);
        Float4 sb = Shares(f, depth, s, top + ty + quarter, left + tx);
        Float4 sc = Shares(f, depth, s, top + ty + 2 * quarter, left + tx);
        Float4 sd = Shares(f, depth, s, top + ty + 3 * quarter, left + tx);
        int at = s.Layout.At(0, top + ty, left + tx), step = quarter * s.Layout.Row, ring = 9 * s.Layout.Plane;
        Ring a1 = Ring.Zero, a2 = a1, a3 = a1, b1 = a1, b2 = a1, b3 = a1, c1 = a1, c2 = a1, c3 = a1, d1 = a1, d2 = a1, d3 = a1;
        if (sa.X + sa.Y + sa.Z != 0f)
        {
            a1 = Ring.Of(g, at, s.Layout.Plane, sa.X);
            if (n > 1)
            {
                a2 = Ring.Of(g, at + ring, s.Layout.Plane, sa.Y);
            }

            if (n > 2)
            {
                a3 = Ring.Of(g, at + 2 * ring, s.Layout.Plane, sa.Z);
            }
        }

        if (sb.X + sb.Y + sb.Z != 0f)
        {
            b1 = Ring.Of(g, at + step, s.Layout.Plane, sb.X);
            if (n > 1)
            {
                b2 = Ring.Of(g, at + step + ring, s.Layout.Plane, sb.Y);
            }

            if (n > 2)
            {
                b3 = Ring.Of(g, at + step + 2 * ring, s.Layout.Plane, sb.Z);
            }
        }

        if (sc.X + sc.Y + sc.Z != 0f)
        {
            c1 = Ring.Of(g, at + 2 * step, s.Layout.Plane, sc.X);
            if (n > 1)
            {
                c2 = Ring.Of(g, at + 2 * step + ring, s.Layout.Plane, sc.Y);
            }

            if (n > 2)
            {
                c3 = Ring.Of(g, at + 2 * step + 2 * ring, s.Layout.Plane, sc.Z);
            }
        }

        if (sd.X + sd.Y + sd.Z != 0f)
        {
            d1 = Ring.Of(g, at + 3 * step, s.Layout.Plane, sd.X);
            if (n > 1)
            {
                d2 = Ring.Of(g, at + 3 * step + ring, s.Layout.Plane, sd.Y);
            }

            if (n > 2)
            {
                d3 = Ring.Of(g, at + 3 * step + 2 * ring, s.Layout.Plane, sd.Z);
            }
        }

        float ca = sa.W + a1.Centre + a2.Centre + a3.Centre, ra = 0f;
        float cb = sb.W + b1.Centre + b2.Centre + b3.Centre, rb = 0f;
        float cc = sc.W + c1.Centre + c2.Centre + c3.Centre, rc = 0f;
        float cd = sd.W + d1.Centre + d2.Centre + d3.Centre, rd = 0f;
        int from = (ty + n) * pitch + tx + n, to = from + plane;
        for (int t = 0; t < s.Iterations; t++)
        {
            Group.Barrier();
            ra = a1.Around(shared, from, pitch, 1, ca * shared[from]);
            rb = b1.Around(shared, from + next, pitch, 1, cb * shared[from + next]);
            rc = c1.Around(shared, from + 2 * next, pitch, 1, cc * shared[from + 2 * next]);
            rd = d1.Around(shared, from + 3 * next, pitch, 1, cd * shared[from + 3 * next]);
            if (n > 1)
            {
                ra = a2.Around(shared, from, pitch, 2, ra);
                rb = b2.Around(shared, from + next, pitch, 2, rb);
                rc = c2.Around(shared, from + 2 * next, pitch, 2, rc);
                rd = d2.Around(shared, from + 3 * next, pitch, 2, rd);
            }

            if (n > 2)
            {
                ra = a3.Around(shared, from, pitch, 3, ra);
                rb = b3.Around(shared, from + next, pitch, 3, rb);
                rc = c3.Around(shared, from + 2 * next, pitch, 3, rc);
                rd = d3.Around(shared, from + 3 * next, pitch, 3, rd);
            }

            shared[to] = ra;
            shared[to + next] = rb;
            shared[to + 2 * next] = rc;
            shared[to + 3 * next] = rd;
            int swap = from;
            from = to;
            to = swap;
        }

        Store(yTo, s, halo, at, top, left, ty, tx, ra);
        Store(yTo, s, halo, at + step, top, left, ty + quarter, tx, rb);
        Store(yTo, s, halo, at + 2 * step, top, left, ty + 2 * quarter, tx, rc);
        Store(yTo, s, halo, at + 3 * step, top, left, ty + 3 * quarter, tx, rd);
    }

    /// <summary>softmax(f) of up to three dilations, zeros outside of the image; where depth was measured zeros and, in W, 1 for the centre.</summary>
    private static Float4 Shares(ArrayView<float> f, ArrayView<float> depth, PropagationShape s, int i, int j)
    {
        if (i < 0 || i >= s.Height || j < 0 || j >= s.Width)
        {
            return Float4.All(0f);
        }

        int n = s.Dilations, at = s.Layout.At(0, i, j), plane = s.Layout.Plane;
        if (depth[at] > 0f)
        {
            return new Float4(0f, 0f, 0f, 1f);
        }

        if (n == 1)
        {
            return new Float4(1f, 0f, 0f, 0f);
        }

        float f0 = f[at], f1 = f[at + plane], f2 = n > 2 ? f[at + 2 * plane] : f0;
        float highest = f0 > f1 ? f0 : f1;
        highest = f2 > highest ? f2 : highest;
        float s0 = XMath.Exp(f0 - highest), s1 = XMath.Exp(f1 - highest), s2 = n > 2 ? XMath.Exp(f2 - highest) : 0f;
        float total = s0 + s1 + s2;
        return new Float4(s0 / total, s1 / total, s2 / total, 0f);
    }

    private static void Store(ArrayView<float> yTo, PropagationShape s, int halo, int at, int top, int left, int ty, int tx, float result)
    {
        int i = top + ty, j = left + tx;
        if (i >= 0 && i < s.Height && j >= 0 && j < s.Width && tx >= halo && tx < s.Columns - halo && ty >= halo && ty < s.Rows - halo)
        {
            yTo[at] = result;
        }
    }
}
