using ILGPU;

namespace EMDC.Kernels;

/// <summary>How a launch of <see cref="Conv3x3"/> is cut.</summary>
/// <param name="InChannels">I.</param>
/// <param name="X">Layout of the input.</param>
/// <param name="Columns">Threads along a row of the tile, four pixels each.</param>
/// <param name="Rows">Rows of the tile.</param>
/// <param name="Splits">Threads that share one thread's input channels. Columns · Rows · Splits is the group's size.</param>
/// <param name="Chunk">Input channels that lie in shared memory at a time.</param>
/// <param name="Pitch">Units from row to row of the tile in shared memory.</param>
/// <param name="TilesAcross">Tiles side by side.</param>
/// <param name="To">The end of the operator.</param>
internal readonly record struct Conv3x3Shape(
    int InChannels, Layout X, int Columns, int Rows, int Splits, int Chunk, int Pitch, int TilesAcross, Output To);

/// <summary>
/// Dense 3×3 convolution, stride 1:
/// <code>
/// sum[o, i, j] = Σ_c Σ_u Σ_v w[o, c, u, v] · x[c, i + u − 1, j + v − 1]
/// </code>
/// x: I×H×W, w: ⌈O/8⌉×I×3×3×8 (eight output channels side by side, as two units), bias: O.
/// <para>
/// A thread computes 8 output channels × 4 pixels. A group computes 8 output channels of a tile of Rows × 4·Columns pixels;
/// grid: tiles × ⌈O/8⌉. Chunks of input channels with a border of one pixel (four to the left and right), and their weights,
/// go through shared memory. Where an image is too small to fill the device, Splits threads share the input channels of one
/// thread and add up through shared memory in a fixed order.
/// </para>
/// <para>
/// Inner loop, per input channel and row of the stencil: 96 FMAs for 3 + 6 shared loads of 16 bytes (10.7 FMAs a load; a warp
/// reads the 6 weights as broadcasts, so shared memory is busy for 18 of the 24 cycles that the FMAs take). Per global load of
/// 16 bytes: a tile of 8×64 pixels loads 10·18 + 18 units a channel for 128 threads · 288 FMAs, 186 FMAs a load.
/// </para>
/// <para>
/// Shared memory: 1032 + 576 units, 25.1 KiB. Bytes moved: 4·(I·H·W·⌈O/8⌉·1.4 + O·H·W + 9·I·O), the first term out of the
/// second-level cache but for its first ⌈O/8⌉th. Roofline: 2·9·I·O·H·W FLOPs; the layer 24→29 at 192×256 has 0.62 GFLOP and
/// 10 MB: 31 µs at 20 TFLOP/s, 10 µs at 1 TB/s.
/// </para>
/// </summary>
internal static class Conv3x3
{
    public static readonly Kernel<Conv3x3Shape> Kernel = new(nameof(Conv3x3Kernel));

    /// <summary>Columns × rows × splits.</summary>
    public static readonly KernelTiles Tiles = new(nameof(Conv3x3), MaxThreads)
    {
        Default = Default,
        Grid = (key, tile) => new Groups(
            Tiling.Ceiling(key.Height, tile.Down) * Tiling.Ceiling(key.Across, tile.Across), Tiling.Ceiling(key.Out, 8), (int)tile.Threads),
        Allows = (key, tile) => tile.Splits <= key.In && MostChannels(tile) >= 1,
    };

    /// <summary>A launch over an image of key.Height rows and key.Across units.</summary>
    public static Conv3x3Shape Cut(TileKey key, Tile tile, Layout x, Output to) => new(
        key.In, x, tile.Across, tile.Down, tile.Splits, Tiling.EvenChunk(key.In, MostChannels(tile), tile.Splits), Pitch(tile),
        Tiling.Ceiling(key.Across, tile.Across), to);

    /// <summary>Where an image is too small to fill the device, tiles have fewer rows, and more threads share the input channels.</summary>
    private static Tile Default(Tiling device, TileKey key)
    {
        int columns = Math.Min(Math.Min(16, device.ConvThreads), Tiling.PowerOf2(key.Across));
        int rows = Math.Min(device.ConvThreads / columns, Tiling.PowerOf2(key.Height));
        int blocks = Tiling.Ceiling(key.Out, 8);
        while (rows > 1 && Tiling.Ceiling(key.Height, rows) * Tiling.Ceiling(key.Across, columns) * blocks < device.Groups
            && device.ConvThreads / (columns * rows) < key.In / 8)
        {
            rows /= 2;
        }

        return new Tile(columns, rows, Math.Clamp(key.In / 4, 1, device.ConvThreads / (columns * rows)));
    }

    /// <summary>Units from row to row of a tile, such that eight threads that load together find eight different banks.</summary>
    private static int Pitch(Tile tile) => tile.Across switch { 1 => 3, 2 => 6, 4 => 12, _ => tile.Across + 2 };

    private static int MostChannels(Tile tile) => (int)Math.Min(TileUnits / ((tile.Down + 2L) * Pitch(tile)), WeightUnits / 18);

    /// <summary>Units of the tile in shared memory; the partial sums of 128 threads fit as well: 8·129.</summary>
    public const int TileUnits = 1032;

    /// <summary>Units of weights in shared memory: 18 a channel.</summary>
    public const int WeightUnits = 576;

    /// <summary>Most threads of a group.</summary>
    public const int MaxThreads = 128;

    public static void Conv3x3Kernel(
        ArrayView<Float4> x, ArrayView<Float4> w, ArrayView<float> bias, ArrayView<float> slope,
        ArrayView<Float4> r, ArrayView<Float4> y, Conv3x3Shape s)
    {
        ArrayView<Float4> tile = SharedMemory.Allocate<Float4>(TileUnits);
        ArrayView<Float4> weights = SharedMemory.Allocate<Float4>(WeightUnits);
        int thread = Group.IdxX, threads = Group.DimX, pixels = s.Columns * s.Rows;
        int split = thread / pixels, p = thread % pixels, tx = p % s.Columns, ty = p / s.Columns;
        int top = Grid.IdxX / s.TilesAcross * s.Rows, left = Grid.IdxX % s.TilesAcross * s.Columns;
        int rows = s.Rows + 2, columns = s.Columns + 2, right = (s.To.Width + 3) / 4;
        int firstWeight = Grid.IdxY * s.InChannels * 18;
        Sums sums = Sums.Zero;
        for (int first = 0; first < s.InChannels; first += s.Chunk)
        {
            int count = s.InChannels - first < s.Chunk ? s.InChannels - first : s.Chunk;
            Group.Barrier();
            for (int e = thread; e < count * rows * columns; e += threads)
            {
                int line = e / columns, column = e - line * columns, c = line / rows, row = line - c * rows;
                Float4 v = Float4.All(0f);
                if (top + row <= s.To.Height + 1 && left + column <= right + 1)
                {
                    v = x[s.X.At(first + c, top + row, left + column) - s.X.Row - 1];
                }

                tile[line * s.Pitch + column] = v;
            }

            for (int e = thread; e < count * 18; e += threads)
            {
                weights[e] = w[firstWeight + first * 18 + e];
            }

            Group.Barrier();
            for (int c = split; c < count; c += s.Splits)
            {
                int at = (c * rows + ty) * s.Pitch + tx, k = c * 18;
                for (int u = 0; u < 3; u++, at += s.Pitch, k += 6)
                {
                    Float4 a = tile[at], m = tile[at + 1], b = tile[at + 2];
                    Float4 t = new Float4(a.W, m.X, m.Y, m.Z);
                    sums = sums.Add(weights[k], weights[k + 1], t);
                    sums = sums.Add(weights[k + 2], weights[k + 3], m);
                    t = new Float4(m.Y, m.Z, m.W, b.X);
                    sums = sums.Add(weights[k + 4], weights[k + 5], t);
                }
            }
        }

        int o = 8 * Grid.IdxY;
        if (s.Splits == 1)
        {
            Epilogue.Store(bias, slope, r, y, s.To, o, top + ty, left + tx, sums);
            return;
        }

        Group.Barrier();
        SplitSum.Put(tile, thread, threads, sums);
        Group.Barrier();
        for (int e = thread; e < 4 * pixels; e += threads)
        {
            int pair = e / pixels, q = e - pair * pixels;
            Float4 even = SplitSum.Get(tile, 2 * pair, q, pixels, threads, s.Splits);
            Float4 odd = SplitSum.Get(tile, 2 * pair + 1, q, pixels, threads, s.Splits);
            Epilogue.Store(bias, slope, r, y, s.To, o + 2 * pair, top + q / s.Columns, left + q % s.Columns, even, odd);
        }
    }
}
