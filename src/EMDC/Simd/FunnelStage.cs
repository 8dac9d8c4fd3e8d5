using System.Runtime.CompilerServices;
using EMDC.Operators;

namespace EMDC.Simd;

internal sealed unsafe partial class SimdOperators<S, V>
{
    /// <inheritdoc/>
    public void FunnelStage(FunnelStageWeights w, in FunnelState from, in FunnelState to, Tensor depth)
    {
        Operators.FunnelStage.Check(w, from, to, depth);
        var (y, result) = ((SimdTensor)from.Y, (SimdTensor)to.Y);
        foreach (Tensor tensor in (ReadOnlySpan<Tensor>)[from.Guidance, to.Guidance, from.Fuse, to.Fuse, to.Y, depth])
        {
            SameLine($"FunnelStage {w.Name}", tensor, y);
        }

        var guidance = new DenseConv<S, V>[w.Guidance.Length];
        nint[] taps = DenseConv<S, V>.Square(3, y.Stride);
        for (int k = 0; k < guidance.Length; k++)
        {
            nint[] planes = [.. DenseConv<S, V>.Planes((SimdTensor)from.Guidance.Slice(9 * k, 9)), (nint)y.Origin];
            guidance[k] = new DenseConv<S, V>(_memory, Packed(w.Guidance[k]), planes, taps);
        }

        DenseConv<S, V>? fuse = null;
        if (w.Fuse is not null)
        {
            nint[] planes = [.. DenseConv<S, V>.Planes((SimdTensor)from.Fuse.Slice(0, w.Fuse.InChannels - 1)), (nint)y.Origin];
            fuse = new DenseConv<S, V>(_memory, Packed(w.Fuse), planes, taps);
        }

        // y after each iteration but the last, which goes to the result.
        var ys = new SimdTensor[w.Iterations + 1];
        (ys[0], ys[^1]) = (y, result);
        for (int t = 1; t < w.Iterations; t++)
        {
            ys[t] = (SimdTensor)Tensor($"{w.Name} y{t}", 1, y.Height, y.Width, y.Reach);
        }

        FunnelState logits = w.IsFirst ? from : to;
        var bands = new FunnelBands(w.Dilations, w.Iterations, y, S.Width, _workers.Count);
        if (bands.Floats > _affinityFloats)
        {
            _affinity = _memory.Allocate<float>(bands.Floats);
            _affinityFloats = bands.Floats;
        }

        var affinity = new Affinity<S, V>(
            guidance, fuse, (SimdTensor)logits.Guidance, (SimdTensor)logits.Fuse, (SimdTensor)depth, w.Dilations);
        var propagation = new Propagation<S, V>(_memory, bands, _affinity, ys, taps);
        _plan.Add(new PlannedOperator("FunnelStage", w.Name, $"{w.Dilations} dilations, {w.Iterations} iterations, {y.Shape}",
            Operators.FunnelStage.Macs(w, y),
            sizeof(float) * Floats(from.Guidance, to.Guidance, from.Fuse, to.Fuse, from.Y, to.Y, depth)));
        _steps.Add([new FunnelBandStep<S, V>(bands, affinity, propagation), new FunnelSeamStep<S, V>(bands, propagation)]);
        for (int t = 1; t < w.Iterations; t++)
        {
            Release(ys[t]);
        }
    }
}

/// <summary>
/// How a stage is cut. The line of pixels is a line of tiles (three vectors each); each thread takes a band of it and runs
/// over it once: kernels of a few tiles, then the first iteration as far as these kernels reach, the second iteration
/// <see cref="Halo"/> tiles behind it, and so on. Kernels (25 floats a pixel at three dilations) live in a ring that stays in
/// the second-level cache instead of in a 5 MB map that every iteration reads from memory.
/// <code>
/// iteration 1  ├──────────────┤├──────────────┤      a band ends where its neighbour's pixels would be needed;
/// iteration 2  ├────────────┤    ├────────────┤      what is missing at the seams, a few rows, follows when
/// iteration 3  ├──────────┤        ├──────────┤      all bands are done
/// </code>
/// Where the cuts are changes nothing in any pixel's arithmetic.
/// </summary>
internal sealed class FunnelBands
{
    /// <summary>Tiles whose kernels are computed before the iterations follow.</summary>
    public const int Block = 8;

    private readonly int _ring;

    public FunnelBands(int dilations, int iterations, SimdTensor y, int width, int threads)
    {
        TileWidth = 3 * width;
        Taps = 1 + (8 * dilations);
        Iterations = iterations;
        Vectors = (y.Line + width - 1) / width;
        Tiles = (Vectors + 2) / 3;

        // The farthest tap: dilation n, one row and one column away.
        Halo = ((dilations * (y.Stride + 1)) + TileWidth - 1) / TileWidth;
        Lag = (iterations - 1) * Halo;
        Count = Math.Clamp(Tiles / ((4 * Lag) + Block), 1, threads);
        _ring = Lag + Block;
    }

    public int TileWidth { get; }

    public int Taps { get; }

    public int Iterations { get; }

    public int Vectors { get; }

    public int Tiles { get; }

    public int Halo { get; }

    /// <summary>How many tiles the last iteration is behind the first.</summary>
    public int Lag { get; }

    public int Count { get; }

    /// <summary>Memory for the kernels of all bands.</summary>
    public long Floats => (long)Count * BandTiles * Taps * TileWidth;

    private int BandTiles => Lag + _ring;

    /// <summary>The band's first tile; <c>First(Count)</c> is the number of tiles.</summary>
    public int First(int band) => (int)((long)band * Tiles / Count);

    /// <summary>
    /// Where a tile's kernels are kept, [tap][pixel]: a band's first tiles, which the seam needs at the end, for themselves;
    /// the others in the ring, in which the last ones, which the other seam needs, are left at the end.
    /// </summary>
    public long Slot(int band, int tile)
    {
        int local = tile - First(band);
        int slot = local < Lag ? local : Lag + ((local - Lag) % _ring);
        return (((long)band * BandTiles) + slot) * Taps * TileWidth;
    }
}

/// <summary>A task is a band.</summary>
internal sealed unsafe class FunnelBandStep<S, V>(FunnelBands bands, Affinity<S, V> affinity, Propagation<S, V> propagation) : Step
    where S : struct, ISimd<V> where V : struct
{
    public override int Tasks => bands.Count;

    public override void Execute(int task, int worker)
    {
        int first = bands.First(task), last = bands.First(task + 1);
        int halo = bands.Halo;
        for (int from = first; from < last; from += FunnelBands.Block)
        {
            int to = Math.Min(from + FunnelBands.Block, last);
            for (int tile = from; tile < to; tile++)
            {
                affinity.Tile(tile, bands, propagation.Kernels(task, tile));
            }

            for (int t = 0; t < bands.Iterations; t++)
            {
                // Iteration t has come t·halo tiles less far, unless the line ends here; and started as much later.
                int begin = first == 0 ? 0 : first + (t * halo);
                int done = from == first ? begin : Math.Max(begin, from - (t * halo));
                int until = to == bands.Tiles ? to : to - (t * halo);
                if (done < until)
                {
                    propagation.Iterate(t, task, done, until);
                }
            }
        }
    }
}

/// <summary>What the bands left open on both sides of a seam, iteration by iteration. A task is a seam.</summary>
internal sealed class FunnelSeamStep<S, V>(FunnelBands bands, Propagation<S, V> propagation) : Step
    where S : struct, ISimd<V> where V : struct
{
    public override int Tasks => bands.Lag == 0 ? 0 : bands.Count - 1;

    public override void Execute(int task, int worker)
    {
        int seam = bands.First(task + 1);
        for (int t = 1; t < bands.Iterations; t++)
        {
            propagation.Iterate(t, task, seam - (t * bands.Halo), seam);
            propagation.Iterate(t, task + 1, seam, seam + (t * bands.Halo));
        }
    }
}

/// <summary>
/// Logits and what follows from them, tile by tile, so that the logits never leave the first-level cache in between:
/// <code>
/// a[0]            = Σ_k s_k · e_{k,4}            the n window centres are one tap
/// a[1 + 8(k−1)…]  = s_k · e_{k,j}, j ≠ 4         e_{k,j} = exp(g_{k,j} − max_j g_k), s_k = softmax(f)_k / Σ_j e_{k,j}
/// </code>
/// At a measured pixel a[0] = 1 and all others are 0, so that propagation keeps it without asking; in the border all are 0.
/// </summary>
internal sealed unsafe class Affinity<S, V>(
    DenseConv<S, V>[] guidance, DenseConv<S, V>? fuse, SimdTensor logits, SimdTensor fuseLogits, SimdTensor depth, int dilations)
    where S : struct, ISimd<V> where V : struct
{
    /// <summary>Writes a tile's kernels to <paramref name="a"/>: [tap][pixel].</summary>
    public void Tile(int tile, FunnelBands bands, float* a)
    {
        int pixel = tile * bands.TileWidth;
        int vectors = Math.Min(3, bands.Vectors - (tile * 3));
        for (int k = 0; k < guidance.Length; k++)
        {
            guidance[k].Run(0, pixel, vectors, Output(logits, 9 * k, pixel));
        }

        fuse?.Run(0, pixel, vectors, Output(fuseLogits, 0, pixel));
        for (int v = 0; v < vectors; v++, pixel += S.Width, a += S.Width)
        {
            Products(logits.Origin + pixel, logits.Plane, fuseLogits.Origin + pixel, fuseLogits.Plane,
                depth.Origin + pixel, depth.Mask + pixel, dilations, a);
        }
    }

    private static TileOutput Output(SimdTensor to, int channel, int pixel) => new()
    {
        Y = to.Channel(channel) + pixel,
        Plane = to.Plane,
        Mask = to.Mask + pixel,
        Low = float.NegativeInfinity,
        High = float.PositiveInfinity,
    };

    [MethodImpl(Jit.Kernel)]
    private static void Products(float* g, nint plane, float* f, nint fusePlane, float* depth, float* mask, int n, float* a)
    {
        V kept = S.IsPositive(S.Load(depth));
        V open = S.AndNot(S.Load(mask), kept);
        V centre = S.And(S.Broadcast(1f), kept);
        V highest = S.Load(f), total = S.Zero;
        for (int k = 1; k < n; k++)
        {
            highest = S.Max(highest, S.Load(f + (k * fusePlane)));
        }

        for (int k = 0; n > 1 && k < n; k++)
        {
            total = S.Add(total, SimdMath.Exp<S, V>(S.Subtract(S.Load(f + (k * fusePlane)), highest)));
        }

        float* to = a + (3 * S.Width);
        for (int k = 0; k < n; k++, g += 9 * plane, to += 8 * 3 * S.Width)
        {
            V g0 = S.Load(g), g1 = S.Load(g + plane), g2 = S.Load(g + (2 * plane));
            V g3 = S.Load(g + (3 * plane)), g4 = S.Load(g + (4 * plane)), g5 = S.Load(g + (5 * plane));
            V g6 = S.Load(g + (6 * plane)), g7 = S.Load(g + (7 * plane)), g8 = S.Load(g + (8 * plane));
            V max = S.Max(S.Max(S.Max(S.Max(g0, g1), S.Max(g2, g3)), S.Max(S.Max(g4, g5), S.Max(g6, g7))), g8);
            g0 = SimdMath.Exp<S, V>(S.Subtract(g0, max));
            g1 = SimdMath.Exp<S, V>(S.Subtract(g1, max));
            g2 = SimdMath.Exp<S, V>(S.Subtract(g2, max));
            g3 = SimdMath.Exp<S, V>(S.Subtract(g3, max));
            g4 = SimdMath.Exp<S, V>(S.Subtract(g4, max));
            g5 = SimdMath.Exp<S, V>(S.Subtract(g5, max));
            g6 = SimdMath.Exp<S, V>(S.Subtract(g6, max));
            g7 = SimdMath.Exp<S, V>(S.Subtract(g7, max));
            g8 = SimdMath.Exp<S, V>(S.Subtract(g8, max));
            V sum = S.Add(S.Add(S.Add(S.Add(g0, g1), S.Add(g2, g3)), S.Add(S.Add(g4, g5), S.Add(g6, g7))), g8);
            V scale = S.Broadcast(1f);
            if (n > 1)
            {
                scale = SimdMath.Exp<S, V>(S.Subtract(S.Load(f + (k * fusePlane)), highest));
                sum = S.Multiply(sum, total);
            }

            scale = S.And(S.Divide(scale, sum), open);
            centre = S.Fma(g4, scale, centre);
            S.Store(to, S.Multiply(g0, scale));
            S.Store(to + (3 * S.Width), S.Multiply(g1, scale));
            S.Store(to + (6 * S.Width), S.Multiply(g2, scale));
            S.Store(to + (9 * S.Width), S.Multiply(g3, scale));
            S.Store(to + (12 * S.Width), S.Multiply(g5, scale));
            S.Store(to + (15 * S.Width), S.Multiply(g6, scale));
            S.Store(to + (18 * S.Width), S.Multiply(g7, scale));
            S.Store(to + (21 * S.Width), S.Multiply(g8, scale));
        }

        S.Store(a, centre);
    }
}

/// <summary>The iterations: y_{t+1}(p) = Σ_tap a_tap(p) · y_t(p + offset_tap).</summary>
internal sealed unsafe class Propagation<S, V> where S : struct, ISimd<V> where V : struct
{
    private readonly FunnelBands _bands;
    private readonly float* _affinity;
    private readonly SimdTensor[] _ys;
    private readonly nint* _offsets;
    private readonly int _neighbours;

    public Propagation(NativeArrays memory, FunnelBands bands, float* affinity, SimdTensor[] ys, nint[] taps)
    {
        (_bands, _ys, _neighbours) = (bands, ys, bands.Taps - 1);
        _affinity = affinity;
        _offsets = memory.Allocate<nint>(_neighbours);
        int i = 0;
        for (int k = 1; i < _neighbours; k++)
        {
            foreach (nint tap in taps.Where(tap => tap != 0))
            {
                _offsets[i++] = k * tap;
            }
        }
    }

    /// <summary>Where a tile's kernels are kept.</summary>
    public float* Kernels(int band, int tile) => _affinity + _bands.Slot(band, tile);

    /// <summary>Iteration t over the tiles <paramref name="first"/> … <paramref name="last"/> − 1, whose kernels the band keeps.</summary>
    public void Iterate(int t, int band, int first, int last)
    {
        int whole = Math.Min(last, _bands.Vectors / 3);
        Tiles<Row3<S, V>>(t, band, first, whole);
        if (whole < last && _bands.Vectors % 3 == 2)
        {
            Tiles<Row2<S, V>>(t, band, Math.Max(first, whole), last);
        }
        else if (whole < last)
        {
            Tiles<Row1<S, V>>(t, band, Math.Max(first, whole), last);
        }
    }

    [MethodImpl(Jit.Kernel)]
    private void Tiles<R>(int t, int band, int first, int last) where R : struct, IRow<R, V>
    {
        int n = _neighbours;
        nint* offsets = _offsets;
        float* y = _ys[t].Origin, next = _ys[t + 1].Origin;
        for (int tile = first; tile < last; tile++)
        {
            float* a = Kernels(band, tile);
            nint p = (nint)tile * 3 * S.Width;
            R sum = R.Multiply(R.Load(a), R.Load(y + p));
            for (int i = 0; i < n; i++)
            {
                a += 3 * S.Width;
                sum = R.Fma(R.Load(a), R.Load(y + p + offsets[i]), sum);
            }

            R.Store(next + p, sum);
        }
    }
}
