using ILGPU;

namespace EMDC.Kernels;

/// <summary>How a launch of <see cref="DepthwisePointwise"/> is cut.</summary>
/// <param name="Channels">C, channels between the two convolutions.</param>
/// <param name="Depthwise">The first convolution.</param>
/// <param name="Units">Units of four pixels of a group.</param>
/// <param name="Blocks">Blocks of eight output channels of a group.</param>
/// <param name="Splits">Threads that share one thread's channels. Units · Blocks · Splits is the group's size.</param>
/// <param name="Chunk">Channels that lie in shared memory at a time.</param>
/// <param name="To">The end of the operator.</param>
internal readonly record struct DepthwisePointwiseShape(
    int Channels, DepthwiseShape Depthwise, int Units, int Blocks, int Splits, int Chunk, ConvEnd To);

/// <summary>
/// The end of MobileNetV2's block in one launch: 3×3 depthwise convolution, clamp, 1×1 convolution (and residual):
/// <code>
/// t[c, p]   = clamp(b[c] + Σ_u Σ_v w[c, u, v] · x[c, s·p + (u, v) − 1], low, high)
/// sum[o, p] = Σ_c m[o, c] · t[c, p]
/// </code>
/// x: C×H×W, w: C×12 (see <see cref="Depthwise"/>), m: ⌈O/8⌉×C×8, bias: O, y: O×H/s×W/s.
/// <para>
/// A group computes Units · 4 pixels of Blocks · 8 output channels; grid: ⌈pixels / (4·Units)⌉ × ⌈O / (8·Blocks)⌉. Chunk by
/// chunk of channels, all threads first compute t into shared memory, each thread some (channel, unit); then each thread
/// multiplies its share of the chunk into its 8 output channels × 4 pixels. t is computed again by each of the
/// ⌈O / (8·Blocks)⌉ groups over the same pixels: with 4 blocks 36 of 164 FMAs, against a launch and twice the traffic of t.
/// </para>
/// <para>
/// Inner loop of the product: 32 FMAs for 1 shared and 2 global loads of 16 bytes (broadcasts); of the stencil: 36 FMAs for
/// 12 global loads, once for 32·Blocks FMAs of the product: at 4 blocks 164 FMAs for 20 global and 4 shared loads.
/// Shared memory: 2048 units, 32 KiB (or 1536, and smaller chunks and groups), for t and then for the splits' sums. Bytes moved: 4·(C·H·W·⌈O/32⌉ + O·H·W/s² + C·O).
/// Roofline: 144→24 at 48×64 from 96×128 (stride 2) has 29 MFLOP and 7.4 MB: 1.4 µs at 20 TFLOP/s, 7.4 µs at 1 TB/s.
/// On an H100: 96→24 with stride 2 there 7.9 µs, 144→24 without 9.9 µs.
/// </para>
/// </summary>
internal static class DepthwisePointwise
{
    public static readonly Kernel<DepthwisePointwiseShape> Kernel = new(nameof(DepthwisePointwiseKernel)) { IsLarge = true };

    /// <summary>Units × blocks of eight output channels × splits.</summary>
    public static readonly KernelTiles Tiles = new(nameof(DepthwisePointwise), MaxThreads)
    {
        Default = (device, key) =>
        {
            int blocks = Math.Min(Math.Min(4, device.PointwiseThreads), Tiling.Ceiling(key.Out, 8));
            int side = Math.Min(Math.Min(32, device.PointwiseThreads / blocks), Tiling.PowerOf2(key.Across));
            while (side > 4 && Tiling.Ceiling(key.Across, side) * Tiling.Ceiling(key.Out, 8 * blocks) < device.Groups)
            {
                side /= 2;
            }

            return new Tile(side, blocks, Math.Clamp(key.In / 4, 1, device.PointwiseThreads / (side * blocks)));
        },
        Grid = (key, tile) => new Groups(Tiling.Ceiling(key.Across, tile.Across), Tiling.Ceiling(key.Out, 8 * tile.Down), (int)tile.Threads),
        Allows = (key, tile) => tile.Splits <= key.In && tile.Down <= Tiling.Ceiling(key.Out, 8),
        SharedUnits = (_, tile) => Math.Max(tile.Across, SplitSum.Units(tile)),
        Fmas = (key, tile) => 36L * Tiling.Ceiling(key.In * tile.Across, (int)tile.Threads) + 32L * Tiling.Ceiling(key.In, tile.Splits),
    };

    /// <summary>A launch whose first convolution is <paramref name="depthwise"/>, with so many units of shared memory.</summary>
    public static DepthwisePointwiseShape Cut(TileKey key, Tile tile, int sharedUnits, DepthwiseShape depthwise, ConvEnd to) => new(
        key.In, depthwise, tile.Across, tile.Down, tile.Splits, Tiling.EvenChunk(key.In, sharedUnits / tile.Across, tile.Splits), to);

    /// <summary>t of a chunk, or the sums of 256 threads.</summary>
    public const int SharedUnits = Tiling.MostSharedUnits;

    /// <summary>Most threads of a group.</summary>
    public const int MaxThreads = SplitSum.MaxThreads;

    public static void DepthwisePointwiseKernel(
        ArrayView<Float4> x, ArrayView<Float4> w, ArrayView<Float4> m, ArrayView<float> bias,
        ArrayView<Float4> r, ArrayView<Float4> y, DepthwisePointwiseShape s)
    {
        ArrayView<Float4> shared = SharedMemory.Allocate<Float4>(SharedUnits);
        int thread = Group.IdxX, threads = Group.DimX, outputs = s.Units * s.Blocks;
        int split = thread / outputs, output = thread - split * outputs, block = output / s.Units, p = output - block * s.Units;

        // Threads behind the last output channels multiply by its weights once more, and store nothing.
        int b = Grid.IdxY * s.Blocks + block, blocks = (s.To.Channels + 7) / 8;
        int weights = (b < blocks ? b : blocks - 1) * s.Channels * 2, firstUnit = Grid.IdxX * s.Units;
        Sums sums = Sums.Zero;
        for (int first = 0; first < s.Channels; first += s.Chunk)
        {
            int count = s.Channels - first < s.Chunk ? s.Channels - first : s.Chunk;
            Group.Barrier();
            for (int e = thread; e < count * s.Units; e += threads)
            {
                int c = e / s.Units, unit = firstUnit + e - c * s.Units, i = unit / s.Depthwise.Across;
                Float4 t = Float4.All(0f);
                if (i < s.Depthwise.Height)
                {
                    int j = unit - i * s.Depthwise.Across;
                    t = Depthwise.At(
                        x, s.Depthwise.X.At(first + c, s.Depthwise.Stride * i, s.Depthwise.Stride * j), w, 3 * (first + c), s.Depthwise);
                }

                shared[e] = t;
            }

            Group.Barrier();
            int k = weights + (first + split) * 2;
            for (int c = split; c < count; c += s.Splits, k += 2 * s.Splits)
            {
                sums = sums.Add(m[k], m[k + 1], shared[c * s.Units + p]);
            }
        }

        Group.Barrier();
        SplitSum.Put(shared, thread, threads, sums);
        Group.Barrier();
        for (int e = thread; e < 4 * outputs; e += threads)
        {
            int pair = e / outputs, n = e - pair * outputs, from = n / s.Units, unit = firstUnit + n - from * s.Units;
            int i = unit / s.Depthwise.Across;
            Float4 even = SplitSum.Get(shared, 2 * pair, n, outputs, threads, s.Splits);
            Float4 odd = SplitSum.Get(shared, 2 * pair + 1, n, outputs, threads, s.Splits);
            Epilogue.Store(
                bias, bias, r, y, s.To, 8 * (Grid.IdxY * s.Blocks + from) + 2 * pair, i, unit - i * s.Depthwise.Across, even, odd);
        }
    }
}
