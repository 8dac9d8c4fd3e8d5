using ILGPU;

namespace EMDC.Kernels;

/// <summary>
/// <see cref="Conv3x3"/> with 16 output channels × 4 pixels a thread: the same formula, tiles and buffers, but a group computes
/// 16 output channels; grid: tiles × ⌈O/16⌉. It brings each tile of the input half as often, and has half as many groups, so it is for
/// large images.
/// <para>
/// Inner loop, per input channel and row of the stencil: 192 FMAs for 3 + 12 shared loads of 16 bytes (12.8 FMAs a load; as a warp reads
/// the weights as broadcasts, shared memory is busy for 24 of the 48 cycles that the FMAs take, instead of 18 of 24). Per global load
/// of 16 bytes: a tile of 8×64 pixels loads 10·18 + 36 units a channel for 128 threads · 576 FMAs, 341 FMAs a load. 64 sums and a row of
/// pixels are about 110 registers.
/// </para>
/// <para>
/// Shared memory: the two buffers of <see cref="Conv3x3"/>, 24 KiB; groups with splits have at most 95 threads, so that the sums of both
/// blocks of channels fit into them. Bytes moved: 4·(I·H·W·⌈O/16⌉·1.4 + O·H·W + 9·I·O). Roofline: that of <see cref="Conv3x3"/>.
/// On an H100: 32→32 at 192×256 36.0 µs in place of 40.2, 24→24 27.9 in place of 31.4.
/// </para>
/// </summary>
internal static class Conv3x3Wide
{
    public static readonly Kernel<Conv3x3Shape> Kernel = new(nameof(Conv3x3WideKernel));

    public static void Conv3x3WideKernel(
        ArrayView<Float4> x, ArrayView<Float4> w, ArrayView<float> bias, ArrayView<float> slope,
        ArrayView<Float4> r, ArrayView<Float4> y, Conv3x3Shape s)
    {
        ArrayView<Float4> shared = SharedMemory.Allocate<Float4>(2 * Conv3x3.BufferUnits);
        int thread = Group.IdxX, threads = Group.DimX, pixels = s.Columns * s.Rows;
        Conv3x3Staging tile = Conv3x3Staging.Of(s, Grid.IdxX, thread, threads);

        // The second block's weights lie behind all of the first's; where the last block has no second, it is the first once more.
        int blockWeights = s.InChannels * Conv3x3.ChannelWeights, firstWeight = 2 * Grid.IdxY * blockWeights, end = x.IntLength - 1;
        int toSecond = 16 * Grid.IdxY + 8 < s.To.Channels ? blockWeights : 0;
        int count = s.InChannels < s.Chunk ? s.InChannels : s.Chunk, from = 0, to = Conv3x3.BufferUnits;
        tile.Fill(x, shared, tile.Start, from, tile.Units(count), end);
        for (int e = thread; e < 2 * count * Conv3x3.ChannelWeights; e += threads)
        {
            shared[tile.Weights + e] = w[At(firstWeight, e, count * Conv3x3.ChannelWeights, toSecond)];
        }

        Sums sums = Sums.Zero, second = sums;
        for (int first = 0; first < s.InChannels; first += s.Chunk)
        {
            int rest = s.InChannels - first - count, coming = rest < s.Chunk ? rest : s.Chunk;
            int units = tile.Units(coming), weights = 2 * coming * Conv3x3.ChannelWeights, e = thread;
            int nextWeight = firstWeight + (first + count) * Conv3x3.ChannelWeights;
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
                    vw = w[At(nextWeight, e, weights / 2, toSecond)];
                }

                int at = from + (c * tile.Rows + tile.Row) * s.Pitch + tile.Column, k = from + tile.Weights + c * Conv3x3.ChannelWeights;
                int q = k + count * Conv3x3.ChannelWeights;
                for (int u = 0; u < 3; u++, at += s.Pitch, k += 6, q += 6)
                {
                    Float4 l = shared[at], m = shared[at + 1], n = shared[at + 2];
                    l = new Float4(l.W, m.X, m.Y, m.Z);
                    n = new Float4(m.Y, m.Z, m.W, n.X);
                    sums = sums.Add(shared[k], shared[k + 1], l).Add(shared[k + 2], shared[k + 3], m).Add(shared[k + 4], shared[k + 5], n);
                    second = second.Add(shared[q], shared[q + 1], l).Add(shared[q + 2], shared[q + 3], m).Add(shared[q + 4], shared[q + 5], n);
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
                shared[to + tile.Weights + e] = w[At(nextWeight, e, weights / 2, toSecond)];
            }

            int swap = from;
            from = to;
            to = swap;
            count = coming;
        }

        int o = 16 * Grid.IdxY;
        if (s.Splits == 1)
        {
            Epilogue.Store(bias, slope, r, y, s.To, o, tile.Top + tile.Row, tile.Left + tile.Column, sums);
            Epilogue.Store(bias, slope, r, y, s.To, o + 8, tile.Top + tile.Row, tile.Left + tile.Column, second);
            return;
        }

        int half = 8 * SplitSum.Pitch(threads);
        ArrayView<Float4> behind = shared.SubView(half, 2 * Conv3x3.BufferUnits - half);
        Group.Barrier();
        SplitSum.Put(shared, thread, threads, sums);
        SplitSum.Put(behind, thread, threads, second);
        Group.Barrier();
        for (int e = thread; e < 4 * pixels; e += threads)
        {
            int pair = e / pixels, q = e - pair * pixels, qy = q / s.Columns, i = tile.Top + qy, j = tile.Left + q - qy * s.Columns;
            Float4 even = SplitSum.Get(shared, 2 * pair, q, pixels, threads, s.Splits);
            Float4 odd = SplitSum.Get(shared, 2 * pair + 1, q, pixels, threads, s.Splits);
            Epilogue.Store(bias, slope, r, y, s.To, o + 2 * pair, i, j, even, odd);
            even = SplitSum.Get(behind, 2 * pair, q, pixels, threads, s.Splits);
            odd = SplitSum.Get(behind, 2 * pair + 1, q, pixels, threads, s.Splits);
            Epilogue.Store(bias, slope, r, y, s.To, o + 8 + 2 * pair, i, j, even, odd);
        }
    }

    /// <summary>Where unit <paramref name="e"/> of a chunk's weights comes from: the first block's, then as many of the second's.</summary>
    private static int At(int first, int e, int units, int toSecond) => first + (e < units ? e : e - units + toSecond);
}
