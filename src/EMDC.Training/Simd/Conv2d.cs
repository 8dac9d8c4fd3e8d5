using EMDC.Operators;
using EMDC.Simd;

namespace EMDC.Training;

internal sealed unsafe partial class TrainingOperators<S, V>
{
    // Half of what it takes on several threads, which would have too few tasks besides.
    private const int FewestTiles = 48;

    /// <inheritdoc/>
    public void Conv2d(ConvWeights w, Tensor x, Tensor y, Activation activation, int stride = 1, Tensor? residual = null)
    {
        EMDC.Operators.Conv2d.Check(w, x, y, stride, residual);
        if (residual is not null && activation != Activation.None)
        {
            throw new EmdcException($"Conv2d {w.Name}: a clamp and a residual, but then y does not tell where the clamp was.");
        }

        var (from, to) = ((SimdTensor)x, (SimdTensor)y);
        Writes(y);
        List<Step> forward = [];
        nint[] taps = [];
        if (stride == 1)
        {
            Convolve(forward, w, from, to, activation, (SimdTensor?)residual);
        }
        else
        {
            SimdTensor phases = Planes($"{x.Name} phases", 4 * x.Channels, y.Height, y.Width, y.Reach);
            EMDC.Operators.Check.Reach($"Conv2d {w.Name}", phases, ((w.Kernel / 2) + 1) / 2);
            taps = SimdOperators<S, V>.PhasePlanes(phases, w.Kernel);
            var conv = new DenseConv<S, V>(_memory, weights.Packed(w), taps, [0]);
            forward.Add(new PhaseSplitStep<S, V>(from, phases));
            forward.Add(new DenseConvStep<S, V>(conv, 4 * x.Channels, to, activation, (SimdTensor?)residual));
        }

        Record("Conv2d", w, x, y, EMDC.Operators.Conv2d.Macs(w, y), [.. forward], Backward);

        List<Step> Backward()
        {
            List<Step> steps = [];
            SimdTensor dy = Complete(y, steps);
            if (residual is not null)
            {
                var (dr, add) = Begin(residual, steps);
                steps.Add(new AddStep<S, V>(dy, dr, add));
            }

            steps.Add(new ClampGradientStep<S, V>(to, dy, activation, w, frame));
            steps.Add(stride == 1 ? WeightGradient(w, dy, from) : WeightGradientStep<S, V>.OfTaps(_memory, _scratch, frame, w, dy, taps));
            if (TakesGradient(x))
            {
                if (stride != 1)
                {
                    throw new EmdcException($"Conv2d {w.Name}: a gradient at stride {stride} was asked for, but the network strides over its input only.");
                }

                Transpose(steps, w, dy, x);
            }

            Served(y);
            return steps;
        }
    }

    /// <summary>y = clamp(w ∗ x + b) + residual at stride 1, in whatever form is fastest.</summary>
    private void Convolve(List<Step> steps, ConvWeights w, SimdTensor x, SimdTensor y, Activation activation, SimdTensor? residual)
    {
        if (w.OutChannels == 1 && w.Kernel > 1)
        {
            SimdTensor columns = ColumnsOf(steps, weights.Columns(w), w.Kernel, DenseConv<S, V>.Planes(x), x);
            steps.Add(new ColumnSumStep<S, V>(columns, w.Bias, activation, residual, y));
            PlanePool.Return(columns);
        }
        else if (residual is null && Winograd<S, V>.Serves(w, x, FewestTiles))
        {
            steps.Add(new WinogradConvStep<S, V>(new Winograd<S, V>(weights.Winograd<S, V>(w, flipped: false), x, _memory, _scratch), y, activation));
        }
        else
        {
            var conv = new DenseConv<S, V>(_memory, weights.Packed(w), DenseConv<S, V>.Planes(x), DenseConv<S, V>.Square(w.Kernel, x.Stride));
            steps.Add(new DenseConvStep<S, V>(conv, x.Channels, y, activation, residual));
        }
    }

    /// <summary>Adds ∂L/∂w at stride 1, in whatever form is fastest.</summary>
    private Step WeightGradient(ConvWeights w, SimdTensor dz, SimdTensor x) =>
        w.OutChannels == 1 ? WeightGradientStep<S, V>.OfOne(_memory, _scratch, frame, w, dz, x)
        : Winograd<S, V>.Serves(w, x, FewestTiles) ? new WinogradWeightGradientStep<S, V>(_memory, _scratch, frame, w, dz, DenseConv<S, V>.Planes(x))
        : WeightGradientStep<S, V>.Of(_memory, _scratch, frame, w, dz, DenseConv<S, V>.Planes(x));

    /// <summary>Adds ∂L/∂x: the convolution of dy with the flipped weights.</summary>
    private void Transpose(List<Step> steps, ConvWeights w, SimdTensor dy, Tensor x)
    {
        var (dx, add) = Begin(x, steps);
        if (Winograd<S, V>.Serves(w, dy, FewestTiles))
        {
            var winograd = new Winograd<S, V>(weights.Winograd<S, V>(w, flipped: true), dy, _memory, _scratch);
            steps.Add(new WinogradConvStep<S, V>(winograd, dx, Activation.None, add));
            return;
        }

        var conv = new DenseConv<S, V>(_memory, weights.Flipped(w), DenseConv<S, V>.Planes(dy), DenseConv<S, V>.Square(w.Kernel, dy.Stride));
        steps.Add(new DenseConvStep<S, V>(conv, dy.Channels, dx, Activation.None, add ? dx : null));
    }

    /// <summary>K planes whose sum, each shifted, is a convolution with one output channel (see SimdOperators.Columns).</summary>
    private SimdTensor ColumnsOf(List<Step> steps, PackedWeights packed, int kernel, nint[] planes, SimdTensor like)
    {
        SimdTensor columns = PlanesLike(like, "columns", kernel);
        nint[] taps = [.. Enumerable.Range(-(kernel / 2), kernel).Select(u => (nint)u * like.Stride)];
        var conv = new DenseConv<S, V>(_memory, packed, planes, taps);
        steps.Add(new DenseConvStep<S, V>(conv, planes.Length, columns, Activation.None, null));
        return columns;
    }
}
