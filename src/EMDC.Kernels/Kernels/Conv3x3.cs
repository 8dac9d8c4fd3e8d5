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
        int split = thread / pixels, p = thread - split * pixels, ty = p / s.Columns, tx = p - ty * s.Columns;
        int top = Grid.IdxX / s.TilesAcross * s.Rows, left = Grid.IdxX % s.TilesAcross * s.Columns;
        int rows = s.Rows + 2, columns = s.Columns + 2, weightsAt = s.Chunk * rows * s.Pitch;

        // The thread's first unit of a chunk's tile, and how far it is to its next.
        int line = thread / columns, column = thread - line * columns, channel = line / rows, row = line - channel * rows;
        int lines = threads / columns, overColumns = threads - lines * columns, overChannels = lines / rows, overRows = lines - overChannels * rows;
        var start = new Conv3x3Walk(
            thread, column, row, s.X.At(channel, top + row, left + column) - s.X.Row - 1, line * s.Pitch + column);
        var step = new Conv3x3Walk(
            threads, overColumns, overRows, overChannels * s.X.Plane + overRows * s.X.Row + overColumns, lines * s.Pitch + overColumns);
        var wrap = new Conv3x3Walk(0, columns, rows, s.X.Plane - rows * s.X.Row, s.Pitch - columns);

        int firstWeight = Grid.IdxY * s.InChannels * ChannelWeights, end = x.IntLength - 1;
        int count = s.InChannels < s.Chunk ? s.InChannels : s.Chunk, from = 0, to = BufferUnits;
        Fill(x, shared, start, step, wrap, s.X.Row, from, count * rows * columns, end);
        for (int e = thread; e < count * ChannelWeights; e += threads)
        {
            shared[weightsAt + e] = w[firstWeight + e];
        }

        Sums sums = Sums.Zero;
        for (int first = 0; first < s.InChannels; first += s.Chunk)
        {
            int rest = s.InChannels - first - count, coming = rest < s.Chunk ? rest : s.Chunk;
            int units = coming * rows * columns, weights = coming * ChannelWeights, e = thread;
            int nextWeight = firstWeight + (first + count) * ChannelWeights;
            Conv3x3Walk walk = start with { From = start.From + (first + count) * s.X.Plane };
            Group.Barrier();
            for (int c = split; c < count; c += s.Splits)
            {
                // Three units of the next chunk are on their way while this channel is multiplied.
                Conv3x3Walk a = walk, b = a.Next(step, wrap, s.X.Row);
                walk = b.Next(step, wrap, s.X.Row);
                Float4 va = Float4.All(0f), vb = va, vw = va;
                if (a.Unit < units)
                {
                    va = x[a.From < end ? a.From : end];
                }

                if (b.Unit < units)
                {
                    vb = x[b.From < end ? b.From : end];
                }

                if (e < weights)
                {
                    vw = w[nextWeight + e];
                }

                int at = from + (c * rows + ty) * s.Pitch + tx, k = from + weightsAt + c * ChannelWeights;
                for (int u = 0; u < 3; u++, at += s.Pitch, k += 6)
                {
                    Float4 l = shared[at], m = shared[at + 1], n = shared[at + 2];
                    sums = sums.Add(shared[k], shared[k + 1], new Float4(l.W, m.X, m.Y, m.Z));
                    sums = sums.Add(shared[k + 2], shared[k + 3], m);
                    sums = sums.Add(shared[k + 4], shared[k + 5], new Float4(m.Y, m.Z, m.W, n.X));
                }

                if (a.Unit < units)
                {
                    shared[to + a.To] = va;
                }

                if (b.Unit < units)
                {
                    shared[to + b.To] = vb;
                }

                if (e < weights)
                {
                    shared[to + weightsAt + e] = vw;
                }

                e += threads;
            }

            Fill(x, shared, walk, step, wrap, s.X.Row, to, units, end);
            for (; e < weights; e += threads)
            {
                shared[to + weightsAt + e] = w[nextWeight + e];
            }

            int swap = from;
            from = to;
            to = swap;
            count = coming;
        }

        int o = 8 * Grid.IdxY;
        if (s.Splits == 1)
        {
            Epilogue.Store(bias, slope, r, y, s.To, o, top + ty, left + tx, sums);
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
            Epilogue.Store(bias, slope, r, y, s.To, o + 2 * pair, top + qy, left + q - qy * s.Columns, even, odd);
        }
    }

    /// <summary>
    /// Brings the thread's units into a buffer. What a tile has behind the image is anything, for it only gets into sums that are not
    /// stored; it is kept from lying behind the tensor.
    /// </summary>
    internal static void Fill(
        ArrayView<Float4> x, ArrayView<Float4> shared, Conv3x3Walk walk, Conv3x3Walk step, Conv3x3Walk wrap, int rowUnits,
        int buffer, int units, int end)
    {
        while (walk.Unit < units)
        {
            shared[buffer + walk.To] = x[walk.From < end ? walk.From : end];
            walk = walk.Next(step, wrap, rowUnits);
        }
    }
}

/// <summary>Where a thread is among the units of a chunk's tile, row by row and channel by channel; or how far it goes.</summary>
/// <param name="Unit">The unit, counted from the chunk's first.</param>
/// <param name="Column">Its column in the tile.</param>
/// <param name="Row">Its row in the tile.</param>
/// <param name="From">Where it lies in memory.</param>
/// <param name="To">Where it goes in the buffer.</param>
internal readonly record struct Conv3x3Walk(int Unit, int Column, int Row, int From, int To)
{
    /// <summary>One step on; behind the last column comes the next row, behind the last row the next channel.</summary>
    public Conv3x3Walk Next(Conv3x3Walk step, Conv3x3Walk wrap, int rowUnits)
    {
        int column = Column + step.Column, row = Row + step.Row, from = From + step.From, to = To + step.To;
        if (column >= wrap.Column)
        {
            column -= wrap.Column;
            row++;
            from += rowUnits - wrap.Column;
            to += wrap.To;
        }

        if (row >= wrap.Row)
        {
            row -= wrap.Row;
            from += wrap.From;
        }

        return new Conv3x3Walk(Unit + step.Unit, column, row, from, to);
    }
}
