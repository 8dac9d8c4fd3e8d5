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

        // Products of the softmaxes, tap by tap for three vectors of pixels at a time: propagation reads them as one stream.
        int count = 1 + (8 * w.Dilations);
        int tiles = (y.Line + (3 * S.Width) - 1) / (3 * S.Width);
        long floats = (long)count * tiles * 3 * S.Width;
        if (floats > _affinityFloats)
        {
            _affinity = _memory.Allocate<float>(floats);
            _affinityFloats = floats;
        }

        var logits = w.IsFirst ? from : to;
        var spare = (SimdTensor)Tensor($"{w.Name} spare", 1, y.Height, y.Width, y.Reach);
        var steps = new List<Step>
        {
            new AffinityStep<S, V>(guidance, fuse, (SimdTensor)logits.Guidance, (SimdTensor)logits.Fuse, (SimdTensor)depth,
                w.Dilations, _affinity, tiles),
        };
        nint[] neighbours = [.. Enumerable.Range(1, w.Dilations).SelectMany(k => taps.Where(t => t != 0).Select(t => k * t))];
        nint* offsets = _memory.Allocate<nint>(neighbours.Length);
        neighbours.CopyTo(new Span<nint>(offsets, neighbours.Length));
        SimdTensor at = y;
        for (int t = w.Iterations - 1; t >= 0; t--)
        {
            SimdTensor next = t % 2 == 0 ? result : spare;
            steps.Add(new PropagationStep<S, V>(_affinity, offsets, neighbours.Length, at, next, tiles));
            at = next;
        }

        _plan.Add(new PlannedOperator("FunnelStage", w.Name, $"{w.Dilations} dilations, {w.Iterations} iterations, {y.Shape}",
            Operators.FunnelStage.Macs(w, y),
            sizeof(float) * (Floats(from.Guidance, to.Guidance, from.Fuse, to.Fuse, from.Y, to.Y, depth) + (w.Iterations * count * Floats(y)))));
        _steps.Add([.. steps]);
        Release(spare);
    }
}

/// <summary>
/// Logits and what follows from them, tile by tile, so that the logits never leave the first-level cache in between:
/// <code>
/// a[0]            = Σ_k s_k · e_{k,4}            the n window centres are one tap
/// a[1 + 8(k−1)…]  = s_k · e_{k,j}, j ≠ 4         e_{k,j} = exp(g_{k,j} − max_j g_k), s_k = softmax(f)_k / Σ_j e_{k,j}
/// </code>
/// At a measured pixel a[0] = 1 and all others are 0, so that propagation keeps it without asking; in the border all are 0.
/// A task is a strip of tiles.
/// </summary>
internal sealed unsafe class AffinityStep<S, V>(
    DenseConv<S, V>[] guidance, DenseConv<S, V>? fuse, SimdTensor logits, SimdTensor fuseLogits, SimdTensor depth,
    int dilations, float* affinity, int tiles) : Step
    where S : struct, ISimd<V> where V : struct
{
    private const int Strip = 24;

    private readonly int _vectors = (depth.Line + S.Width - 1) / S.Width;

    public override int Tasks => (tiles + Strip - 1) / Strip;

    public override void Execute(int task, int worker)
    {
        for (int tile = task * Strip; tile < Math.Min((task + 1) * Strip, tiles); tile++)
        {
            int pixel = tile * 3 * S.Width;
            int vectors = Math.Min(3, _vectors - (tile * 3));
            for (int k = 0; k < guidance.Length; k++)
            {
                guidance[k].Run(0, pixel, vectors, Output(logits, 9 * k, pixel));
            }

            fuse?.Run(0, pixel, vectors, Output(fuseLogits, 0, pixel));
            float* a = affinity + ((long)tile * (1 + (8 * dilations)) * 3 * S.Width);
            for (int v = 0; v < vectors; v++)
            {
                Products(logits.Origin + pixel + (v * S.Width), logits.Plane, fuseLogits.Origin + pixel + (v * S.Width), fuseLogits.Plane,
                    depth.Origin + pixel + (v * S.Width), depth.Mask + pixel + (v * S.Width), dilations, a + (v * S.Width));
            }
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

/// <summary>One iteration: next(p) = Σ_t a_t(p) · y(p + offset_t). A task is a strip of tiles.</summary>
internal sealed unsafe class PropagationStep<S, V>(
    float* affinity, nint* offsets, int neighbours, SimdTensor y, SimdTensor next, int tiles) : Step
    where S : struct, ISimd<V> where V : struct
{
    private const int Strip = 64;

    private readonly int _vectors = (y.Line + S.Width - 1) / S.Width;

    public override int Tasks => (tiles + Strip - 1) / Strip;

    public override void Execute(int task, int worker)
    {
        int last = Math.Min((task + 1) * Strip, tiles);
        int whole = Math.Min(last, _vectors / 3);
        Tiles<Row3<S, V>>(task * Strip, whole);
        if (whole < last && _vectors % 3 == 2)
        {
            Tiles<Row2<S, V>>(whole, last);
        }
        else if (whole < last)
        {
            Tiles<Row1<S, V>>(whole, last);
        }
    }

    [MethodImpl(Jit.Kernel)]
    private void Tiles<R>(int first, int last) where R : struct, IRow<R, V>
    {
        int n = neighbours;
        nint* o = offsets;
        float* a = affinity + ((long)first * (1 + n) * 3 * S.Width);
        for (int tile = first; tile < last; tile++)
        {
            float* p = y.Origin + ((long)tile * 3 * S.Width);
            R sum = R.Multiply(R.Load(a), R.Load(p));
            a += 3 * S.Width;
            for (int t = 0; t < n; t++, a += 3 * S.Width)
            {
                sum = R.Fma(R.Load(a), R.Load(p + o[t]), sum);
            }

            R.Store(next.Origin + ((long)tile * 3 * S.Width), sum);
        }
    }
}
