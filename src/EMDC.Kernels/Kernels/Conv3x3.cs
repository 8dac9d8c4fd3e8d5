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
    int InChannels, Layout X, int Columns, int Rows, int Splits, int Chunk, int Pitch, int TilesAcross, ConvEnd To);

/// <summary>
/// Dense 3×3 convolution, stride 1:
/// <code>
/// sum[o, i, j] = Σ_c Σ_u Σ_v w[o, c, u, v] · x[c, i + u − 1, j + v − 1]
/// </code>
/// x: I×H×W, w: ⌈O/8⌉×I×3×3×8 (eight output channels side by side, as two units), bias: O.
/// <para>
/// A thread computes 8 output channels × 4 pixels. A group computes 8 output channels of a tile of Rows × 4·Columns pixels;
/// grid: tiles × ⌈O/8⌉. Chunks of input channels with a border of one pixel (four to the left and right), and their weights,
/// go through shared memory. There are two buffers: while the channels of one are multiplied, a thread brings its share of the next
/// chunk into the other, a few units for each channel, so that their way from memory takes no time of its own and a chunk costs one
/// barrier. Where an image is too small to fill the device, Splits threads share the input channels of one thread and add up through
/// shared memory in a fixed order.
/// </para>
/// <para>
/// Inner loop, per input channel and row of the stencil: 96 FMAs for 3 + 6 shared loads of 16 bytes (10.7 FMAs a load; a warp
/// reads the 6 weights as broadcasts, so shared memory is busy for 18 of the 24 cycles that the FMAs take). Per global load of
/// 16 bytes: a tile of 8×64 pixels loads 10·18 + 18 units a channel for 128 threads · 288 FMAs, 186 FMAs a load, and a thread
/// walks from unit to unit without a division.
/// </para>
/// <para>
/// Shared memory: two buffers of 768 units, 24 KiB. Bytes moved: 4·(I·H·W·⌈O/8⌉·1.4 + O·H·W + 9·I·O), the first term out of the
/// second-level cache but for its first ⌈O/8⌉th. Roofline: 2·9·I·O·H·W FLOPs; the layer 24→29 at 192×256 has 0.62 GFLOP and
/// 10 MB: 31 µs at 20 TFLOP/s, 10 µs at 1 TB/s.
/// On an H100, tuned: 24→31 there 29 µs (22 TFLOP/s), 48→96 at 96×128 49 µs (21), 320→640 at 6×8 39 µs (5).
/// </para>
/// </summary>
internal static class Conv3x3
{
    public static readonly Kernel<Conv3x3Shape> Kernel = new(nameof(Conv3x3Kernel));

    /// <summary>Columns × rows × splits, and once or twice eight output channels (<see cref="Conv3x3Wide"/>).</summary>
    public static readonly KernelTiles Tiles = new(nameof(Conv3x3), MaxThreads)
    {
        Default = Default,
        Grid = (key, tile) => new Groups(
            Tiling.Ceiling(key.Height, tile.Down) * Tiling.Ceiling(key.Across, tile.Across), Tiling.Ceiling(key.Out, 8 * tile.Multiple), (int)tile.Threads),
        Allows = (key, tile) => tile.Splits <= Math.Min(key.In, MostChannels(tile))
            && (tile.Multiple == 1 || (key.Out > 8 && (tile.Splits == 1 || 16 * SplitSum.Pitch((int)tile.Threads) <= 2 * BufferUnits))),
        Multiples = [1, 2],
        Fmas = (key, tile) => 288L * tile.Multiple * Rounds(key.In, Chunk(key.In, tile), tile.Splits),
    };

    /// <summary>A launch over an image of key.Height rows and key.Across units.</summary>
    public static Conv3x3Shape Cut(TileKey key, Tile tile, Layout x, ConvEnd to) => new(
        key.In, x, tile.Across, tile.Down, tile.Splits, Chunk(key.In, tile), Pitch(tile),
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

        // Not more splits than channels in a chunk, for the others would have nothing to do; and whole warps.
        int most = Math.Min(MostChannels(new Tile(columns, rows, 1)), device.ConvThreads / (columns * rows));
        var tile = new Tile(columns, rows, 1 << int.Log2(Math.Clamp(key.In / 4, 1, most)));
        Tile wide = tile with { Multiple = 2, Splits = Math.Min(tile.Splits, Math.Max(1, 64 / (columns * rows))) };
        return device.Wide && Tiles!.Allows(key, wide) ? wide : tile;
    }

    /// <summary>Channels of the thread that has most, when each chunk is shared by the splits.</summary>
    private static int Rounds(int channels, int chunk, int splits) => channels / chunk * Tiling.Ceiling(chunk, splits) + Tiling.Ceiling(channels % chunk, splits);

    /// <summary>Units from row to row of a tile, such that eight threads that load together find eight different banks.</summary>
    private static int Pitch(Tile tile) => tile.Across switch { 1 => 3, 2 => 6, 4 => 12, _ => tile.Across + 2 };

    private static int MostChannels(Tile tile) => (int)(BufferUnits / ((tile.Down + 2L) * Pitch(tile) + ChannelWeights * tile.Multiple));

    /// <summary>
    /// Channels of a chunk: a multiple of the splits, so that only the last chunk may leave a thread idle, and so few that all chunks are
    /// about equally large.
    /// </summary>
    private static int Chunk(int channels, Tile tile)
    {
        int rounds = Tiling.Ceiling(channels, tile.Splits), most = MostChannels(tile) / tile.Splits;
        return Tiling.Ceiling(rounds, Tiling.Ceiling(rounds, most)) * tile.Splits;
    }

    /// <summary>Units of one of the two buffers, for a chunk's tile and behind it the chunk's weights; together they hold 8·129 partial sums.</summary>
    public const int BufferUnits = 768;

    /// <summary>Units of a channel's weights for eight output channels.</summary>
    public const int ChannelWeights = 18;

    /// <summary>Most threads of a group.</summary>
    public const int MaxThreads = 128;

    public static void Conv3x3Kernel(
        ArrayView<Float4> x, ArrayView<Float4> w, ArrayView<float> bias, ArrayView<float> slope,
        ArrayView<Float4> r, ArrayView<Float4> y, Conv3x3Shape s)
    {
        ArrayView<Float4> shared = SharedMemory.Allocate<Float4>(2 * BufferUnits);
        int thread = Group.IdxX, threads = Group.DimX, pixels = s.Columns * s.Rows;
        Conv3x3Staging tile = Conv3x3Staging.Of(s, Grid.IdxX, thread, threads);
        int firstWeight = Grid.IdxY * s.InChannels * ChannelWeights, end = x.IntLength - 1;
        int count = s.InChannels < s.Chunk ? s.InChannels : s.Chunk, from = 0, to = BufferUnits;
        tile.Fill(x, shared, tile.Start, from, tile.Units(count), end);
        for (int e = thread; e < count * ChannelWeights; e += threads)
        {
            shared[tile.Weights + e] = w[firstWeight + e];
        }

        Sums sums = Sums.Zero;
        for (int first = 0; first < s.InChannels; first += s.Chunk)
        {
            int rest = s.InChannels - first - count, coming = rest < s.Chunk ? rest : s.Chunk;
            int units = tile.Units(coming), weights = coming * ChannelWeights, e = thread;
            int nextWeight = firstWeight + (first + count) * ChannelWeights;
            Conv3x3Walk walk = tile.Start with { From = tile.Start.From + (first + count) * s.X.Plane };
            Group.Barrier();
            for (int c = tile.Split; c < count; c += s.Splits)
            {
                // Three units of the next chunk are on their way while this channel is multiplied.
                Conv3x3Walk a = walk, b = tile.Next(a);
                walk = tile.Next(b);
                Float4 va = Conv3x3Staging.Load(x, a, units, end), vb = Conv3x3Staging.Load(x, b, units, end), vw = Float4.All(0f);
                if (e < weights)
                {
                    vw = w[nextWeight + e];
                }

                int at = from + (c * tile.Rows + tile.Row) * s.Pitch + tile.Column, k = from + tile.Weights + c * ChannelWeights;
                for (int u = 0; u < 3; u++, at += s.Pitch, k += 6)
                {
                    Float4 l = shared[at], m = shared[at + 1], n = shared[at + 2];
                    sums = sums.Add(shared[k], shared[k + 1], new Float4(l.W, m.X, m.Y, m.Z));
                    sums = sums.Add(shared[k + 2], shared[k + 3], m);
                    sums = sums.Add(shared[k + 4], shared[k + 5], new Float4(m.Y, m.Z, m.W, n.X));
                }

                Conv3x3Staging.Store(shared, to, a, units, va);
                Conv3x3Staging.Store(shared, to, b, units, vb);
                if (e < weights)
                {
                    shared[to + tile.Weights + e] = vw;
                }

                e += threads;
            }

            tile.Fill(x, shared, walk, to, units, end);
            for (; e < weights; e += threads)
            {
                shared[to + tile.Weights + e] = w[nextWeight + e];
            }

            int swap = from;
            from = to;
            to = swap;
            count = coming;
        }

        int o = 8 * Grid.IdxY;
        if (s.Splits == 1)
        {
            Epilogue.Store(bias, slope, r, y, s.To, o, tile.Top + tile.Row, tile.Left + tile.Column, sums);
            return;
        }

        Group.Barrier();
        SplitSum.Put(shared, thread, threads, sums);
        Group.Barrier();
        for (int e = thread; e < 4 * pixels; e += threads)
        {
            int pair = e / pixels, q = e - pair * pixels, qy = q / s.Columns;
            Float4 even = SplitSum.Get(shared, 2 * pair, q, pixels, threads, s.Splits);
            Float4 odd = SplitSum.Get(shared, 2 * pair + 1, q, pixels, threads, s.Splits);
            Epilogue.Store(bias, slope, r, y, s.To, o + 2 * pair, tile.Top + qy, tile.Left + q - qy * s.Columns, even, odd);
        }
    }
}
