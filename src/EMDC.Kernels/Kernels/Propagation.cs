using ILGPU;
using ILGPU.Algorithms;

namespace EMDC.Kernels;

/// <summary>How a launch of <see cref="Propagation"/> is cut.</summary>
/// <param name="Dilations">n.</param>
/// <param name="Iterations">T.</param>
/// <param name="Columns">Pixels side by side, the halo's included; as many threads.</param>
/// <param name="Rows">Pixels below each other. Columns · Rows is the group's size, or four times it.</param>
/// <param name="TilesAcross">Tiles side by side.</param>
/// <param name="Height">Rows of the image.</param>
/// <param name="Width">Columns of the image.</param>
/// <param name="Layout">Layout of all tensors, in pixels instead of units.</param>
internal readonly record struct PropagationShape(
    int Dilations, int Iterations, int Columns, int Rows, int TilesAcross, int Height, int Width, Layout Layout);

/// <summary>
/// Softmax × fuse and all iterations of a funnel stage:
/// <code>
/// a_{k,j}     = softmax(f)_k · softmax(g_k)_j           j = 0 … 8, row-major over the 3×3 window, k = 1 … n
/// y_{t+1}(p) = Σ_k Σ_j a_{k,j}(p) · y_t(p + k·offset_j)   where nothing was measured, y_0(p) where depth(p) &gt; 0
/// </code>
/// g: 9n×H×W, f: n×H×W, depth, y: 1×H×W.
/// <para>
/// A thread owns one pixel and keeps its 1 + 8n affinities in registers (the n window centres are one), so they are computed
/// once a stage and never stored. A group owns a tile of Columns × Rows pixels of which a halo of (T − 1)·n pixels on each side
/// belongs to its neighbours as well; y goes from iteration to iteration through two planes of shared memory; each iteration
/// leaves a ring of n more pixels behind that is no longer right, and only what is right at the end is stored. Grid: tiles of
/// (Columns − 2(T − 1)n) × (Rows − 2(T − 1)n) pixels. With 32×32 threads 39 % of the work is kept at (n, T) = (3, 3), 66 % at
/// (3, 2), 88 % at (1, 2).
/// </para>
/// <para>
/// Inner loop, which is an iteration: 1 + 8n FMAs for as many shared loads, along a row of threads without bank conflicts;
/// global loads: 10n + 2 a pixel and stage, coalesced. Shared memory: 2·38·38 floats, 11.3 KiB. Bytes moved: 4·(10n + 3)·H·W,
/// the halo's out of the caches. Roofline: n = 3 at 192×256 reads 6.5 MB: 6.5 µs at 1 TB/s; the 1.3 M exponentials take 1 µs
/// at 16 per clock and multiprocessor.
/// On an H100: 7.8 µs for three iterations of n = 3, 3.7 µs for two of n = 1.
/// </para>
/// </summary>
internal static class Propagation
{
    public static readonly Kernel<PropagationShape> Kernel = new(nameof(PropagationKernel));

    /// <summary>Squares, of one pixel a thread or of four (<see cref="PropagationWide"/>); key.In is the dilations, key.Out the iterations.</summary>
    public static readonly KernelTiles Tiles = new(nameof(Propagation), MaxThreads)
    {
        // Where the largest square is too large for a group, of four pixels a thread; where most of a tile would be halo, the largest.
        Default = (device, key) =>
        {
            bool isSmall = device.MaxThreads < MaxThreads, isWide = isSmall || device.Wide;
            int largest = isWide ? Math.Min(MaxSide, 4 * (int)Math.Sqrt(device.MaxThreads / 4.0)) : MaxSide;
            int side = isSmall ? largest : isWide ? device.PropagationSide / 4 * 4 : device.PropagationSide;
            Tile tile = Square(side, isWide);
            return 2 * Inner(key, tile) < side ? Square(largest, isWide) : tile;
        },
        Grid = (key, tile) => new Groups(
            Tiling.Ceiling(key.Across, Inner(key, tile)) * Tiling.Ceiling(key.Height, Inner(key, tile)), 1, (int)tile.Threads),
        Allows = (key, tile) => tile.Across == tile.Down * tile.Multiple && tile.Splits == 1 && tile.Across <= MaxSide && Inner(key, tile) >= 1,
        AreSquares = true,
        Multiples = [1, 4],
        Fmas = (key, tile) => (long)tile.Multiple * key.Out * (1 + 8 * key.In),
    };

    /// <summary>A launch over an image of key.Height rows and key.Across pixels.</summary>
    public static PropagationShape Cut(TileKey key, Tile tile, Layout layout) => new(
        key.In, key.Out, tile.Across, tile.Across, Tiling.Ceiling(key.Across, Inner(key, tile)), key.Height, key.Across, layout);

    private static Tile Square(int side, bool isWide) => isWide ? new Tile(side, side / 4, 1) { Multiple = 4 } : new Tile(side, side, 1);

    /// <summary>Pixels along each side of a tile that are right in the end; what is below 1 cannot be launched.</summary>
    private static int Inner(TileKey key, Tile tile) => tile.Across - 2 * (key.Out - 1) * key.In;

    /// <summary>Most threads of a group. The launcher says so to the compiler, which then keeps to 64 registers a thread.</summary>
    public const int MaxThreads = 1024;

    /// <summary>Most threads side by side or below each other.</summary>
    public const int MaxSide = 32;

    /// <summary>Two planes of the largest tile with the border of three dilations.</summary>
    public const int SharedFloats = 2 * (MaxSide + 6) * (MaxSide + 6);

    public static void PropagationKernel(
        ArrayView<float> g, ArrayView<float> f, ArrayView<float> depth, ArrayView<float> y, ArrayView<float> yTo, PropagationShape s)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(SharedFloats);
        int n = s.Dilations, halo = (s.Iterations - 1) * n, pitch = s.Columns + 2 * n, plane = pitch * (s.Rows + 2 * n);
        int ty = Group.IdxX / s.Columns, tx = Group.IdxX - ty * s.Columns;
        int top = Grid.IdxX / s.TilesAcross * (s.Rows - 2 * halo) - halo, left = Grid.IdxX % s.TilesAcross * (s.Columns - 2 * halo) - halo;
        Fill(y, shared, s, top, left, pitch, plane);
        Affinities a = Affinities.Of(g, f, depth, s, top + ty, left + tx);
        int from = (ty + n) * pitch + tx + n, to = from + plane;
        float result = 0f;
        for (int t = 0; t < s.Iterations; t++)
        {
            Group.Barrier();
            result = a.One.Around(shared, from, pitch, 1, a.Centre * shared[from]);
            if (n > 1)
            {
                result = a.Two.Around(shared, from, pitch, 2, result);
            }

            if (n > 2)
            {
                result = a.Three.Around(shared, from, pitch, 3, result);
            }

            shared[to] = result;
            int swap = from;
            from = to;
            to = swap;
        }

        Store(yTo, s, halo, top, left, ty, tx, result);
    }

    /// <summary>Stores a pixel that is in the image and was right until the end.</summary>
    public static void Store(ArrayView<float> yTo, PropagationShape s, int halo, int top, int left, int ty, int tx, float result)
    {
        int i = top + ty, j = left + tx;
        if (i >= 0 && i < s.Height && j >= 0 && j < s.Width && tx >= halo && tx < s.Columns - halo && ty >= halo && ty < s.Rows - halo)
        {
            yTo[s.Layout.At(0, i, j)] = result;
        }
    }

    /// <summary>Brings a tile with its halo and a border of n pixels into the first plane; the second is zeros.</summary>
    public static void Fill(ArrayView<float> y, ArrayView<float> shared, PropagationShape s, int top, int left, int pitch, int plane)
    {
        for (int e = Group.IdxX; e < plane; e += Group.DimX)
        {
            int row = e / pitch, i = top - s.Dilations + row, j = left - s.Dilations + e - row * pitch;
            float v = 0f;
            if (i >= 0 && i < s.Height && j >= 0 && j < s.Width)
            {
                v = y[s.Layout.At(0, i, j)];
            }

            shared[e] = v;
            shared[plane + e] = 0f;
        }
    }
}

/// <summary>The affinities of one pixel: of each dilation, and the centre's of all together.</summary>
internal readonly record struct Affinities(Ring One, Ring Two, Ring Three, float Centre)
{
    /// <summary>softmax(f) · softmax(g) at a pixel; the pixel alone where depth was measured; nothing outside of the image.</summary>
    public static Affinities Of(ArrayView<float> g, ArrayView<float> f, ArrayView<float> depth, PropagationShape s, int i, int j)
    {
        float centre = 0f;
        Ring one = Ring.Zero, two = one, three = one;
        if (i >= 0 && i < s.Height && j >= 0 && j < s.Width)
        {
            int n = s.Dilations, at = s.Layout.At(0, i, j), plane = s.Layout.Plane;
            if (depth[at] > 0f)
            {
                centre = 1f;
            }
            else
            {
                float s0 = 1f, s1 = 0f, s2 = 0f;
                if (n > 1)
                {
                    float f0 = f[at], f1 = f[at + plane], f2 = n > 2 ? f[at + 2 * plane] : f0;
                    float highest = f0 > f1 ? f0 : f1;
                    highest = f2 > highest ? f2 : highest;
                    s0 = XMath.Exp(f0 - highest);
                    s1 = XMath.Exp(f1 - highest);
                    s2 = n > 2 ? XMath.Exp(f2 - highest) : 0f;
                    float total = s0 + s1 + s2;
                    s0 /= total;
                    s1 /= total;
                    s2 /= total;
                }

                one = Ring.Of(g, at, plane, s0);
                centre = one.Centre;
                if (n > 1)
                {
                    two = Ring.Of(g, at + 9 * plane, plane, s1);
                    centre += two.Centre;
                }

                if (n > 2)
                {
                    three = Ring.Of(g, at + 18 * plane, plane, s2);
                    centre += three.Centre;
                }
            }
        }

        return new Affinities(one, two, three, centre);
    }
}

/// <summary>The affinities of one dilation at one pixel: the eight neighbours row by row, and the centre.</summary>
internal readonly record struct Ring(float A, float B, float C, float D, float Centre, float E, float F, float G, float H)
{
    /// <summary>No affinity to anything: outside the image, and at measured pixels.</summary>
    public static Ring Zero => new(0f, 0f, 0f, 0f, 0f, 0f, 0f, 0f, 0f);

    /// <summary>scale · softmax of the nine logits at <paramref name="at"/>.</summary>
    public static Ring Of(ArrayView<float> g, int at, int plane, float scale)
    {
        // Four and four, because the exponential of a vector is one call where there are vectors.
        Float4 p = new Float4(g[at], g[at + plane], g[at + 2 * plane], g[at + 3 * plane]);
        Float4 q = new Float4(g[at + 5 * plane], g[at + 6 * plane], g[at + 7 * plane], g[at + 8 * plane]);
        float m = g[at + 4 * plane];
        float highest = Max(Max(Max(Max(p.X, p.Y), Max(p.Z, p.W)), Max(Max(q.X, q.Y), Max(q.Z, q.W))), m);
        p = Exp(p, highest);
        q = Exp(q, highest);
        m = XMath.Exp(m - highest);
        float r = scale / (p.X + p.Y + (p.Z + p.W) + (m + q.X) + (q.Y + q.Z) + q.W);
        return new Ring(p.X * r, p.Y * r, p.Z * r, p.W * r, m * r, q.X * r, q.Y * r, q.Z * r, q.W * r);
    }

    /// <summary>sum + Σ affinity · y over the eight neighbours at distance <paramref name="k"/>.</summary>
    public float Around(ArrayView<float> y, int at, int pitch, int k, float sum)
    {
        int up = at - k * pitch, down = at + k * pitch;
        sum = A * y[up - k] + sum;
        sum = B * y[up] + sum;
        sum = C * y[up + k] + sum;
        sum = D * y[at - k] + sum;
        sum = E * y[at + k] + sum;
        sum = F * y[down - k] + sum;
        sum = G * y[down] + sum;
        return H * y[down + k] + sum;
    }

    private static Float4 Exp(Float4 v, float highest) =>
        new(XMath.Exp(v.X - highest), XMath.Exp(v.Y - highest), XMath.Exp(v.Z - highest), XMath.Exp(v.W - highest));

    private static float Max(float a, float b) => a > b ? a : b;
}
