using ILGPU;

namespace EMDC.Kernels;

/// <summary>How a launch of <see cref="ExpandDepthwise"/> is cut.</summary>
/// <param name="InChannels">I.</param>
/// <param name="Channels">C.</param>
/// <param name="X">Layout of the input.</param>
/// <param name="Height">Rows of the input.</param>
/// <param name="Width">Columns of the input.</param>
/// <param name="Across">Units in a row of the input.</param>
/// <param name="Low">Lower end of the first clamp.</param>
/// <param name="High">Upper end of the first clamp.</param>
/// <param name="Units">Threads side by side, four pixels each.</param>
/// <param name="Splits">Threads that share one thread's input channels. Units · Splits is the group's size.</param>
/// <param name="Depthwise">The second convolution; the layout of its input is that of t in shared memory.</param>
internal readonly record struct ExpandDepthwiseShape(
    int InChannels, int Channels, Layout X, int Height, int Width, int Across, float Low, float High, int Units, int Splits, DepthwiseShape Depthwise);

/// <summary>
/// The start of MobileNetV2's block in one launch, for small pictures: 1×1 convolution, clamp, 3×3 depthwise convolution, clamp:
/// <code>
/// t[c, p] = clamp(b[c] + Σ_i w[c, i] · x[i, p])
/// y[c, p] = clamp(e[c] + Σ_u Σ_v d[c, u, v] · t[c, s·p + (u, v) − 1])
/// </code>
/// x: I×H×W, w: ⌈C/8⌉×I×8, bias: C, d: C×12 (see <see cref="Depthwise"/>), y: C×H/s×W/s.
/// <para>
/// A group owns eight channels of t over the whole picture: ⌈C/8⌉ groups. t lies in shared memory as a tensor lies in memory, with its
/// border of zeros, and never leaves it; nothing of it is computed twice. In the first half a thread computes 8 channels × 4 pixels for
/// its share of the input channels, Units · 4 pixels of the picture at a time; in the second half 4 pixels of one channel.
/// <see cref="Pointwise"/> with many splits ends the block. <see cref="DepthwisePointwise"/>, which runs where a picture is too large to be
/// held, computes t's stencil again for every 32 output channels, and at 12×16 pixels has but a few groups.
/// </para>
/// <para>
/// Inner loop: 32 FMAs for 1 + 2 global loads of 16 bytes (the two of weights are broadcasts); of the stencil 36 FMAs for 9 shared and
/// 3 global loads. Shared memory: 2048 units, 32 KiB (or 1536, for smaller pictures), for t and behind it the sums of the splits. Bytes moved:
/// 4·(I·H·W·⌈C/8⌉ + I·C + C·H·W/s²), all but the first I·H·W of the first term out of the caches. Roofline: 96→576 at 12×16 has
/// 23 MFLOP and 0.7 MB: 1.2 µs at 20 TFLOP/s, 0.7 µs at 1 TB/s; its 72 groups are on half of a large device, and what takes time is that
/// each thread waits for memory I/(4·Splits) times.
/// On an H100: 8.1 µs; 160→960 at 6×8 4.6 µs.
/// </para>
/// </summary>
internal static class ExpandDepthwise
{
    public static readonly Kernel<ExpandDepthwiseShape> Kernel = new(nameof(ExpandDepthwiseKernel)) { IsLarge = true };

    /// <summary>Units × 1 × splits; key.Height is the rows of the input, key.Across all its units.</summary>
    public static readonly KernelTiles Tiles = new(nameof(ExpandDepthwise), MaxThreads)
    {
        Default = (device, key) =>
        {
            int threads = Math.Min(device.PointwiseThreads, MaxThreads), units = Math.Min(key.Across, threads);
            int splits = Math.Clamp(key.In / 4, 1, threads / units);
            while (splits > 1 && Units(key, new Tile(units, 1, splits)) > device.SharedUnits)
            {
                splits--;
            }

            return new Tile(units, 1, splits);
        },
        Grid = (key, tile) => new Groups(Tiling.Ceiling(key.Out, 8), 1, (int)tile.Threads),
        Allows = (key, tile) => tile.Down == 1 && tile.Splits <= key.In,
        SharedUnits = Units,
        Fmas = (key, tile) =>
            32L * Tiling.Ceiling(key.Across, tile.Across) * Tiling.Ceiling(key.In, tile.Splits) + 36L * Tiling.Ceiling(8 * key.Across, (int)tile.Threads),
    };

    /// <summary>A launch whose second convolution is <paramref name="depthwise"/>, but for the layout of its input.</summary>
    public static ExpandDepthwiseShape Cut(TileKey key, Tile tile, ConvEnd expand, Layout x, DepthwiseShape depthwise) => new(
        key.In, key.Out, x, expand.Height, expand.Width, key.Across / key.Height, expand.Low, expand.High, tile.Across, tile.Splits,
        depthwise with { X = Held(key) });

    /// <summary>t in shared memory: a unit of zeros in front of each row, a row of zeros above and below.</summary>
    private static Layout Held(TileKey key)
    {
        int row = key.Across / key.Height + 1;
        return new Layout(row + 1, row, (key.Height + 2) * row + 1);
    }

    /// <summary>Units for t, and for the sums of the splits.</summary>
    private static long Units(TileKey key, Tile tile) => 8L * Held(key).Plane + (tile.Splits == 1 ? 0 : SplitSum.Units(tile));

    /// <summary>The most of them.</summary>
    public const int SharedUnits = Tiling.MostSharedUnits;

    /// <summary>Most threads of a group.</summary>
    public const int MaxThreads = SplitSum.MaxThreads;

    public static void ExpandDepthwiseKernel(
        ArrayView<Float4> x, ArrayView<Float4> w, ArrayView<float> bias, ArrayView<Float4> d, ArrayView<Float4> y, ExpandDepthwiseShape s)
    {
        ArrayView<Float4> shared = SharedMemory.Allocate<Float4>(SharedUnits);
        int thread = Group.IdxX, threads = Group.DimX, held = 8 * s.Depthwise.X.Plane, o = 8 * Grid.IdxX;
        for (int e = thread; e < held; e += threads)
        {
            shared[e] = Float4.All(0f);
        }

        Group.Barrier();
        ArrayView<Float4> partial = shared.SubView(held, SharedUnits - held);
        int split = thread / s.Units, p = thread - split * s.Units;
        int share = (s.InChannels + s.Splits - 1) / s.Splits, c = split * share;
        int channels = s.InChannels - c < share ? s.InChannels - c : share, k = (Grid.IdxX * s.InChannels + c) * 2;
        for (int first = 0; first < s.Height * s.Across; first += s.Units)
        {
            // Threads behind the image read its last row, and keep nothing.
            int unit = first + p, i = unit / s.Across, j = unit - i * s.Across;
            int at = s.X.At(c, i < s.Height ? i : s.Height - 1, j);
            Sums sums = Pointwise.Multiply(x, at, s.X.Plane, w, k, channels);
            if (s.Splits == 1)
            {
                Keep(shared, bias, s, o, 0, i, j, sums.Y0);
                Keep(shared, bias, s, o, 1, i, j, sums.Y1);
                Keep(shared, bias, s, o, 2, i, j, sums.Y2);
                Keep(shared, bias, s, o, 3, i, j, sums.Y3);
                Keep(shared, bias, s, o, 4, i, j, sums.Y4);
                Keep(shared, bias, s, o, 5, i, j, sums.Y5);
                Keep(shared, bias, s, o, 6, i, j, sums.Y6);
                Keep(shared, bias, s, o, 7, i, j, sums.Y7);
            }
            else
            {
                SplitSum.Put(partial, thread, threads, sums);
                Group.Barrier();
                for (int e = thread; e < 8 * s.Units; e += threads)
                {
                    int n = e / s.Units, q = e - n * s.Units;
                    unit = first + q;
                    i = unit / s.Across;
                    Keep(shared, bias, s, o, n, i, unit - i * s.Across, SplitSum.Get(partial, n, q, s.Units, threads, s.Splits));
                }

                Group.Barrier();
            }
        }

        Group.Barrier();
        int outputs = s.Depthwise.Height * s.Depthwise.Across;
        for (int e = thread; e < 8 * outputs; e += threads)
        {
            int n = e / outputs, unit = e - n * outputs, i = unit / s.Depthwise.Across, j = unit - i * s.Depthwise.Across;
            if (o + n < s.Channels)
            {
                int at = s.Depthwise.X.At(n, s.Depthwise.Stride * i, s.Depthwise.Stride * j);
                Float4 sum = Depthwise.At(shared, at, d, 3 * (o + n), s.Depthwise);
                y[s.Depthwise.Y.At(o + n, i, j)] = Epilogue.Mask(sum, s.Depthwise.Width - 4 * j);
            }
        }
    }

    /// <summary>Keeps t of channel o + n; right of the last column stays 0, for it is the stencil's border.</summary>
    private static void Keep(ArrayView<Float4> shared, ArrayView<float> bias, ExpandDepthwiseShape s, int o, int n, int i, int j, Float4 sum)
    {
        if (i < s.Height && o + n < s.Channels)
        {
            Float4 t = Epilogue.Clamp(sum.Add(Float4.All(bias[o + n])), s.Low, s.High);
            shared[s.Depthwise.X.At(n, i, j)] = Epilogue.Mask(t, s.Width - 4 * j);
        }
    }
}
