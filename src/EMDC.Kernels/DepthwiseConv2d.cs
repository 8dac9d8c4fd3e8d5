using EMDC.Operators;
using ILGPU;

namespace EMDC.Kernels;

internal sealed partial class IlgpuOperators
{
    // The last depthwise and the last pointwise convolution, as long as they can still become one launch.
    private Recorded? _depthwise;
    private Recorded? _pointwise;

    /// <summary>A recorded convolution.</summary>
    private sealed record Recorded(
        ConvWeights W, IlgpuTensor X, IlgpuTensor Y, Activation Activation, int Stride, IlgpuTensor? Residual, int Step);

    /// <inheritdoc/>
    public void DepthwiseConv2d(ConvWeights w, Tensor x, Tensor y, Activation activation, int stride = 1)
    {
        Operators.DepthwiseConv2d.Check(w, x, y, stride);
        var (from, to) = ((IlgpuTensor)x, (IlgpuTensor)y);
        DepthwiseShape shape = Depthwise(from, to, activation, stride);
        ArrayView<Float4> weights = _weights.Depthwise(w), input = from.View, result = to.View;
        int units = to.Height * to.Across;
        var key = new TileKey(nameof(Kernels.Depthwise), w.OutChannels, w.OutChannels, 1, units);
        Record("DepthwiseConv2d", w, $"{x.Shape} → {y.Shape}", Operators.DepthwiseConv2d.Macs(w, y), Floats(x, y), Tiled(key, [to.Pixels], tile =>
        {
            KernelConfig grid = Launchers.Run(units, w.OutChannels, tile);
            return () =>
            {
                _launchers.Depthwise(grid, input, weights, result, shape);
                KernelLaunches++;
            };
        }));
        _depthwise = new Recorded(w, from, to, activation, stride, null, _steps.Count - 1);
    }

    /// <summary>
    /// Makes one launch of a depthwise convolution and a pointwise one that reads it, once what stands between them is
    /// released and so can't be read by anyone else.
    /// </summary>
    private void Fuse(IlgpuTensor released)
    {
        if (_depthwise is not { } d || _pointwise is not { } p || p.Step != _steps.Count - 1 || d.Step != p.Step - 1 ||
            !ReferenceEquals(d.Y, released) || !ReferenceEquals(p.X, released))
        {
            return;
        }

        int units = d.Y.Height * d.Y.Across;
        DepthwiseShape stencil = Depthwise(d.X, d.Y, d.Activation, d.Stride);
        Output end = End(p.W, p.Y, p.Y.Height, p.Y.Width, p.Activation, p.Residual);
        ArrayView<Float4> x = d.X.View, first = _weights.Depthwise(d.W), second = _weights.Dense(p.W);
        ArrayView<Float4> r = (p.Residual ?? p.Y).View, y = p.Y.View;
        ArrayView<float> bias = _weights.Values(p.W.Bias);
        PlannedOperator one = _plan[d.Step], two = _plan[p.Step];
        _plan.RemoveRange(d.Step, 2);
        _steps.RemoveRange(d.Step, 2);
        _tiled.RemoveAll(tiled => tiled.Step >= d.Step);
        _plan.Add(new PlannedOperator(
            "DepthwiseConv2d + Conv2d", $"{one.Layer}, {two.Layer}", $"{d.X.Shape} → {d.Y.Shape} → {p.Y.Shape}", one.Macs + two.Macs,
            one.Bytes + two.Bytes - 2 * sizeof(float) * Floats(d.Y)));
        var key = new TileKey(nameof(DepthwisePointwise), d.W.OutChannels, p.W.OutChannels, 1, units);
        _steps.Add(Tiled(key, [p.Y.Pixels], tile =>
        {
            var shape = new DepthwisePointwiseShape(
                d.W.OutChannels, stencil, tile.Across, tile.Down, tile.Splits, Tiling.DepthwisePointwiseChunk(key, tile), end);
            KernelConfig grid = Launchers.Grid(
                Tiling.Ceiling(units, tile.Across), Tiling.Ceiling(p.W.OutChannels, 8 * tile.Down), (int)tile.Threads);
            return () =>
            {
                _launchers.DepthwisePointwise(grid, x, first, second, bias, r, y, shape);
                KernelLaunches++;
            };
        }));
        (_depthwise, _pointwise) = (null, null);
    }

    private static DepthwiseShape Depthwise(IlgpuTensor x, IlgpuTensor y, Activation activation, int stride) =>
        new(stride, y.Height, y.Width, y.Across, activation.Low, activation.High, x.Layout, y.Layout);
}
