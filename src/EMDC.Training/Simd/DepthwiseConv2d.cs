using System.Runtime.CompilerServices;
using EMDC.Operators;
using EMDC.Simd;

namespace EMDC.Training;

internal sealed unsafe partial class TrainingOperators<S, V>
{
    /// <inheritdoc/>
    public void DepthwiseConv2d(ConvWeights w, Tensor x, Tensor y, Activation activation, int stride = 1)
    {
        EMDC.Operators.DepthwiseConv2d.Check(w, x, y, stride);
        var (from, to) = ((SimdTensor)x, (SimdTensor)y);
        Writes(y);
        Record("DepthwiseConv2d", w, x, y, EMDC.Operators.DepthwiseConv2d.Macs(w, y),
            [new DepthwiseStep<S, V>(w, from, to, activation, stride)], Backward);

        List<Step> Backward()
        {
            List<Step> steps = [];
            SimdTensor dy = Complete(y, steps);
            steps.Add(new ClampGradientStep<S, V>(to, dy, activation, w, frame));
            steps.Add(new DepthwiseWeightGradientStep<S, V>(w, from, dy, stride, frame, RowMask(dy)));
            var (dx, add) = Begin(x, steps);
            if (add)
            {
                throw new EmdcException($"DepthwiseConv2d {w.Name}: something else reads {x.Name} later, but a depthwise convolution must be its last reader.");
            }

            steps.Add(stride == 1
                ? new DepthwiseStep<S, V>(weights.FlippedDepthwise(w), dy, dx, Activation.None, 1)
                : new DepthwiseSpreadStep<S, V>(w, dy, dx));
            Served(y);
            return steps;
        }
    }

    /// <summary>All ones for the pixels of one row, zeros behind it.</summary>
    private nint RowMask(SimdTensor t)
    {
        float* mask = _memory.Allocate<float>(t.Width + S.Width);
        new Span<uint>(mask, t.Width).Fill(uint.MaxValue);
        return (nint)mask;
    }
}

/// <summary>dw[c, u, v] += Σ_i Σ_j dz[c, i, j] · x[c, s·i + u − 1, s·j + v − 1]. A task is a channel.</summary>
internal sealed unsafe class DepthwiseWeightGradientStep<S, V>(
    ConvWeights w, SimdTensor x, SimdTensor dz, int stride, TrainingFrame frame, nint rowMask) : Step
    where S : struct, ISimd<V> where V : struct
{
    public override int Tasks => dz.Channels;

    public override void Execute(int task, int worker)
    {
        fixed (float* to = &frame.Into.Of(w).Weight[9 * task])
        {
            if (stride == 1)
            {
                Line(x.Channel(task), x.Stride, dz.Channel(task), dz.Line, to);
            }
            else
            {
                EveryOther(x.Channel(task), x.Stride, dz.Channel(task), dz.Stride, (float*)rowMask, dz.Height, dz.Width, to);
            }
        }
    }

    [MethodImpl(Jit.Kernel)]
    private static void Line(float* x, nint stride, float* dz, int length, float* to)
    {
        V a0 = S.Zero, a1 = S.Zero, a2 = S.Zero, a3 = S.Zero, a4 = S.Zero, a5 = S.Zero, a6 = S.Zero, a7 = S.Zero, a8 = S.Zero;
        for (int p = 0; p < length; p += S.Width)
        {
            V d = S.Load(dz + p);
            float* above = x + p - stride, here = x + p, below = x + p + stride;
            a0 = S.Fma(d, S.Load(above - 1), a0);
            a1 = S.Fma(d, S.Load(above), a1);
            a2 = S.Fma(d, S.Load(above + 1), a2);
            a3 = S.Fma(d, S.Load(here - 1), a3);
            a4 = S.Fma(d, S.Load(here), a4);
            a5 = S.Fma(d, S.Load(here + 1), a5);
            a6 = S.Fma(d, S.Load(below - 1), a6);
            a7 = S.Fma(d, S.Load(below), a7);
            a8 = S.Fma(d, S.Load(below + 1), a8);
        }

        Add(to, a0, a1, a2, a3, a4, a5, a6, a7, a8);
    }

    [MethodImpl(Jit.Kernel)]
    private static void EveryOther(float* x, nint stride, float* dz, nint dzStride, float* mask, int height, int width, float* to)
    {
        V a0 = S.Zero, a1 = S.Zero, a2 = S.Zero, a3 = S.Zero, a4 = S.Zero, a5 = S.Zero, a6 = S.Zero, a7 = S.Zero, a8 = S.Zero;
        for (int i = 0; i < height; i++, dz += dzStride, x += 2 * stride)
        {
            for (int j = 0; j < width; j += S.Width)
            {
                // A row's last vector runs over into the next row, whose pixels count there.
                V d = S.And(S.Load(dz + j), S.Load(mask + j));
                float* above = x - stride + (2 * j), here = x + (2 * j), below = x + stride + (2 * j);
                S.Deinterleave(above - 1, out V left, out V middle);
                S.Deinterleave(above + 1, out V right, out _);
                a0 = S.Fma(d, left, a0);
                a1 = S.Fma(d, middle, a1);
                a2 = S.Fma(d, right, a2);
                S.Deinterleave(here - 1, out left, out middle);
                S.Deinterleave(here + 1, out right, out _);
                a3 = S.Fma(d, left, a3);
                a4 = S.Fma(d, middle, a4);
                a5 = S.Fma(d, right, a5);
                S.Deinterleave(below - 1, out left, out middle);
                S.Deinterleave(below + 1, out right, out _);
                a6 = S.Fma(d, left, a6);
                a7 = S.Fma(d, middle, a7);
                a8 = S.Fma(d, right, a8);
            }
        }

        Add(to, a0, a1, a2, a3, a4, a5, a6, a7, a8);
    }

    [MethodImpl(Jit.Inline)]
    private static void Add(float* to, V a0, V a1, V a2, V a3, V a4, V a5, V a6, V a7, V a8)
    {
        to[0] += S.Sum(a0);
        to[1] += S.Sum(a1);
        to[2] += S.Sum(a2);
        to[3] += S.Sum(a3);
        to[4] += S.Sum(a4);
        to[5] += S.Sum(a5);
        to[6] += S.Sum(a6);
        to[7] += S.Sum(a7);
        to[8] += S.Sum(a8);
    }
}

/// <summary>
/// The input's gradient at stride 2, by the four phases of the input's pixels (rows below and columns to the right are 0):
/// <code>
/// dx[c, 2i,     2j]     = w[1, 1]·dz[i, j]
/// dx[c, 2i,     2j + 1] = w[1, 2]·dz[i, j] + w[1, 0]·dz[i, j + 1]
/// dx[c, 2i + 1, 2j]     = w[2, 1]·dz[i, j] + w[0, 1]·dz[i + 1, j]
/// dx[c, 2i + 1, 2j + 1] = w[2, 2]·dz[i, j] + w[2, 0]·dz[i, j + 1] + w[0, 2]·dz[i + 1, j] + w[0, 0]·dz[i + 1, j + 1]
/// </code>
/// A task is a channel.
/// </summary>
internal sealed unsafe class DepthwiseSpreadStep<S, V>(ConvWeights w, SimdTensor dz, SimdTensor dx) : Step
    where S : struct, ISimd<V> where V : struct
{
    public override int Tasks => dz.Channels;

    public override void Execute(int task, int worker)
    {
        fixed (float* weight = &w.Weight[9 * task])
        {
            for (int i = 0; i < dz.Height; i++)
            {
                float* to = dx.Channel(task) + (2L * i * dx.Stride);
                Rows(weight, dz.Channel(task) + ((long)i * dz.Stride), dz.Stride, to, dx.Stride, dz.Width);
            }
        }

        Border.Clear<S, V>(dx.Channel(task), dx);
    }

    /// <summary>Two rows, one after the other: the last vector of the upper one runs over into the lower one.</summary>
    [MethodImpl(Jit.Kernel)]
    private static void Rows(float* w, float* dz, nint stride, float* dx, nint dxStride, int width)
    {
        for (int j = 0; j < width; j += S.Width)
        {
            V here = S.Load(dz + j), right = S.Load(dz + j + 1);
            V even = S.Multiply(S.Broadcast(w[4]), here);
            V odd = S.Fma(S.Broadcast(w[3]), right, S.Multiply(S.Broadcast(w[5]), here));
            S.Interleave(dx + (2 * j), even, odd);
        }

        dx += dxStride;
        for (int j = 0; j < width; j += S.Width)
        {
            V here = S.Load(dz + j), right = S.Load(dz + j + 1), below = S.Load(dz + stride + j), diagonal = S.Load(dz + stride + j + 1);
            V even = S.Fma(S.Broadcast(w[1]), below, S.Multiply(S.Broadcast(w[7]), here));
            V odd = S.Fma(S.Broadcast(w[6]), right, S.Multiply(S.Broadcast(w[8]), here));
            odd = S.Fma(S.Broadcast(w[2]), below, odd);
            odd = S.Fma(S.Broadcast(w[0]), diagonal, odd);
            S.Interleave(dx + (2 * j), even, odd);
        }
    }
}
