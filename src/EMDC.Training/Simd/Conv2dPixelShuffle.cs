using System.Runtime.CompilerServices;
using EMDC.Operators;
using EMDC.Simd;

namespace EMDC.Training;

internal sealed unsafe partial class TrainingOperators<S, V>
{
    /// <inheritdoc/>
    public void Conv2dPixelShuffle(ConvWeights w, float[] slope, Tensor x, Tensor y)
    {
        EMDC.Operators.Conv2dPixelShuffle.Check(w, slope, x, y);
        var (from, to) = ((SimdTensor)x, (SimdTensor)y);
        Writes(y);

        // Before shuffle and PReLU: the PReLU's gradient needs the sign, and the slope's the value.
        SimdTensor t = PlanesLike(from, $"{w.Name} out", w.OutChannels);
        List<Step> forward = [];
        Convolve(forward, w, from, t, Activation.None, null);
        forward.Add(new ShuffleStep<S, V>(t, slope, to));
        Record("Conv2dPixelShuffle", w, x, y, EMDC.Operators.Conv2dPixelShuffle.Macs(w, x), [.. forward], Backward);

        List<Step> Backward()
        {
            List<Step> steps = [];
            SimdTensor dy = Complete(y, steps), dt = PlanesLike(t, $"gradient of {t.Name}", t.Channels);
            steps.Add(new PhaseSplitStep<S, V>(dy, dt));
            steps.Add(new PReLUGradientStep<S, V>(t, dt, slope, w, frame));
            steps.Add(WeightGradient(w, dt, from));
            Transpose(steps, w, dt, x);
            PlanePool.Return(dt);
            Served(y);
            return steps;
        }
    }
}

/// <summary>y[c, 2i + m, 2j + n] = prelu(t[4c + 2m + n, i, j], a[c]). A task is an output channel.</summary>
internal sealed unsafe class ShuffleStep<S, V>(SimdTensor t, float[] slope, SimdTensor y) : Step where S : struct, ISimd<V> where V : struct
{
    public override int Tasks => y.Channels;

    public override void Execute(int task, int worker)
    {
        for (int i = 0; i < y.Height; i++)
        {
            float* even = t.Channel((4 * task) + (2 * (i % 2))) + ((long)(i / 2) * t.Stride);
            PixelShuffleConvStep<S, V>.Shuffle(even, even + t.Plane, slope[task], y.Channel(task) + ((long)i * y.Stride), t.Width);
        }
    }
}

/// <summary>
/// Through the PReLU, with dt the gradient behind it on entry and before it on return:
/// <code>
/// da[c]  += Σ_m Σ_n Σ_p dt[4c + 2m + n, p] · min(t[4c + 2m + n, p], 0)
/// dt[o, p] = dt[o, p] · (t[o, p] &gt; 0 ? 1 : a[o / 4])
/// db[o]  += Σ_p dt[o, p]
/// </code>
/// A task is a channel before the shuffle.
/// </summary>
internal sealed unsafe class PReLUGradientStep<S, V>(SimdTensor t, SimdTensor dt, float[] slope, ConvWeights w, TrainingFrame frame) : Step
    where S : struct, ISimd<V> where V : struct
{
    public override int Tasks => t.Channels;

    public override void Execute(int task, int worker)
    {
        int c = task / 4;
        frame.Into.Of(w).Bias[task] += Run(t.Channel(task), dt.Channel(task), dt.Line, slope[c], out float ofSlope);
        frame.Into.OfSlope(slope)[c] += ofSlope;
    }

    [MethodImpl(Jit.Kernel)]
    private static float Run(float* t, float* dt, int length, float slope, out float ofSlope)
    {
        V a = S.Broadcast(slope), sum = S.Zero, slopes = S.Zero;
        for (int p = 0; p < length; p += S.Width)
        {
            V value = S.Load(t + p), d = S.Load(dt + p), positive = S.IsPositive(value);
            slopes = S.Fma(d, S.Min(value, S.Zero), slopes);
            d = S.Add(S.And(d, positive), S.Multiply(a, S.AndNot(d, positive)));
            S.Store(dt + p, d);
            sum = S.Add(sum, d);
        }

        ofSlope = S.Sum(slopes);
        return S.Sum(sum);
    }
}
