using System.Runtime.CompilerServices;
using EMDC.Operators;

namespace EMDC.Simd;

internal sealed unsafe partial class SimdOperators<S, V>
{
    /// <inheritdoc/>
    public void DepthwiseConv2d(ConvWeights w, Tensor x, Tensor y, Activation activation, int stride = 1)
    {
        Operators.DepthwiseConv2d.Check(w, x, y, stride);
        if (stride == 1)
        {
            SameLine($"DepthwiseConv2d {w.Name}", x, y);
        }

        Record("DepthwiseConv2d", w, $"{x.Shape} → {y.Shape}", Operators.DepthwiseConv2d.Macs(w, y), Floats(x, y),
            new DepthwiseStep<S, V>(w, (SimdTensor)x, (SimdTensor)y, activation, stride));
    }
}

/// <summary>
/// Nine weights in registers, nine loads and nine FMAs a vector: bound by the loads. A task is some of the channels.
/// </summary>
internal sealed unsafe class DepthwiseStep<S, V>(ConvWeights w, SimdTensor x, SimdTensor y, Activation activation, int stride) : Step
    where S : struct, ISimd<V> where V : struct
{
    private const int MostTasks = 24;

    public override int Tasks => Math.Min(MostTasks, y.Channels);

    public override void Execute(int task, int worker)
    {
        fixed (float* weight = w.Weight)
        {
            for (int c = task * y.Channels / Tasks; c < (task + 1) * y.Channels / Tasks; c++)
            {
                if (stride == 1)
                {
                    Line(weight + (9 * c), w.Bias[c], x.Channel(c), x.Stride, y.Channel(c), y.Mask, y.Line, activation);
                }
                else
                {
                    for (int i = 0; i < y.Height; i++)
                    {
                        float* from = x.Channel(c) + (2L * i * x.Stride);
                        EveryOther(weight + (9 * c), w.Bias[c], from, x.Stride, y.Channel(c) + ((long)i * y.Stride), y.Width, activation);
                    }

                    Border.Clear<S, V>(y.Channel(c), y);
                }
            }
        }
    }

    [MethodImpl(Jit.Kernel)]
    private static void Line(float* w, float bias, float* x, nint stride, float* y, float* mask, int length, Activation activation)
    {
        V w0 = S.Broadcast(w[0]), w1 = S.Broadcast(w[1]), w2 = S.Broadcast(w[2]);
        V w3 = S.Broadcast(w[3]), w4 = S.Broadcast(w[4]), w5 = S.Broadcast(w[5]);
        V w6 = S.Broadcast(w[6]), w7 = S.Broadcast(w[7]), w8 = S.Broadcast(w[8]);
        V b = S.Broadcast(bias), low = S.Broadcast(activation.Low), high = S.Broadcast(activation.High);
        for (int p = 0; p < length; p += S.Width)
        {
            float* above = x + p - stride, here = x + p, below = x + p + stride;
            V a = S.Fma(w0, S.Load(above - 1), b);
            a = S.Fma(w1, S.Load(above), a);
            a = S.Fma(w2, S.Load(above + 1), a);
            a = S.Fma(w3, S.Load(here - 1), a);
            a = S.Fma(w4, S.Load(here), a);
            a = S.Fma(w5, S.Load(here + 1), a);
            a = S.Fma(w6, S.Load(below - 1), a);
            a = S.Fma(w7, S.Load(below), a);
            a = S.Fma(w8, S.Load(below + 1), a);
            a = S.Min(S.Max(a, low), high);
            S.Store(y + p, S.And(a, S.Load(mask + p)));
        }
    }

    /// <summary>One output row at stride 2; its last vector may run over into the border, which the caller clears.</summary>
    [MethodImpl(Jit.Kernel)]
    private static void EveryOther(float* w, float bias, float* x, nint stride, float* y, int width, Activation activation)
    {
        V b = S.Broadcast(bias), low = S.Broadcast(activation.Low), high = S.Broadcast(activation.High);
        for (int j = 0; j < width; j += S.Width)
        {
            V a = b;
            for (int u = 0; u < 3; u++)
            {
                float* row = x + ((u - 1) * stride) + (2 * j);
                S.Deinterleave(row - 1, out V left, out V middle);
                S.Deinterleave(row + 1, out V right, out _);
                a = S.Fma(S.Broadcast(w[3 * u]), left, a);
                a = S.Fma(S.Broadcast(w[(3 * u) + 1]), middle, a);
                a = S.Fma(S.Broadcast(w[(3 * u) + 2]), right, a);
            }

            S.Store(y + j, S.Min(S.Max(a, low), high));
        }
    }
}
