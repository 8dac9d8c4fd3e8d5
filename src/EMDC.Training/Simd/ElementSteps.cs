using System.Runtime.CompilerServices;
using EMDC.Operators;
using EMDC.Simd;

namespace EMDC.Training;

/// <summary>x = 0, borders and all.</summary>
internal sealed unsafe class ClearStep(SimdTensor x) : Step
{
    public override int Tasks => x.Channels;

    public override void Execute(int task, int worker) => new Span<float>(x.Channel(task), x.Line).Clear();
}

/// <summary>to = from, or to += from. A task is a channel.</summary>
internal sealed unsafe class AddStep<S, V>(SimdTensor from, SimdTensor to, bool add) : Step where S : struct, ISimd<V> where V : struct
{
    public override int Tasks => to.Channels;

    public override void Execute(int task, int worker) => Run(from.Channel(task), to.Channel(task), to.Line);

    [MethodImpl(Jit.Kernel)]
    private void Run(float* x, float* y, int length)
    {
        for (int p = 0; p < length; p += S.Width)
        {
            S.Store(y + p, add ? S.Add(S.Load(y + p), S.Load(x + p)) : S.Load(x + p));
        }
    }
}

/// <summary>
/// What comes before the convolution's own gradients: the clamp's, and the bias's.
/// <code>
/// dy[o, p] = dy[o, p] where low &lt; y[o, p] &lt; high, else 0
/// db[o]   += Σ_p dy[o, p]
/// </code>
/// A task is a channel.
/// </summary>
internal sealed unsafe class ClampGradientStep<S, V>(SimdTensor y, SimdTensor dy, Activation activation, ConvWeights w, TrainingFrame frame)
    : Step where S : struct, ISimd<V> where V : struct
{
    private readonly bool _clamps = activation != Activation.None;

    public override int Tasks => dy.Channels;

    public override void Execute(int task, int worker)
    {
        float sum = _clamps ? Clamp(y.Channel(task), dy.Channel(task), dy.Line, activation) : Sum(dy.Channel(task), dy.Line);
        frame.Into.Of(w).Bias[task] += sum;
    }

    [MethodImpl(Jit.Kernel)]
    private static float Clamp(float* y, float* dy, int length, Activation activation)
    {
        V low = S.Broadcast(activation.Low), high = S.Broadcast(activation.High), sum = S.Zero;
        for (int p = 0; p < length; p += S.Width)
        {
            V value = S.Load(y + p), d = S.Load(dy + p);
            d = S.And(S.And(d, S.IsPositive(S.Subtract(value, low))), S.IsPositive(S.Subtract(high, value)));
            S.Store(dy + p, d);
            sum = S.Add(sum, d);
        }

        return S.Sum(sum);
    }

    [MethodImpl(Jit.Kernel)]
    private static float Sum(float* dy, int length)
    {
        V sum = S.Zero;
        for (int p = 0; p < length; p += S.Width)
        {
            sum = S.Add(sum, S.Load(dy + p));
        }

        return S.Sum(sum);
    }
}
