using EMDC.Operators;

namespace EMDC.Kernels;

internal sealed partial class DeviceBackend
{
    /// <inheritdoc/>
    public void Conv2d(ConvWeights w, Tensor x, Tensor y, Activation activation, int stride = 1, Tensor? residual = null)
    {
        Operators.Conv2d.Check(w, x, y, stride, residual);
        PlannedOperator planned = Planned("Conv2d", w, $"{x.Shape} → {y.Shape}", Operators.Conv2d.Macs(w, y), Floats(x, y, residual));
        Record(new Convolution(planned, w, (DeviceTensor)x, (DeviceTensor)y, activation, stride, (DeviceTensor?)residual));
    }

    /// <inheritdoc/>
    public void Conv2dPixelShuffle(ConvWeights w, float[] slope, Tensor x, Tensor y)
    {
        Operators.Conv2dPixelShuffle.Check(w, slope, x, y);
        PlannedOperator planned = Planned("Conv2dPixelShuffle", w, $"{x.Shape} → {y.Shape}", Operators.Conv2dPixelShuffle.Macs(w, x), Floats(x, y));
        Record(new Convolution(planned, w, (DeviceTensor)x, (DeviceTensor)y, Activation.None, 1, null, slope));
    }
}

/// <summary>A dense convolution; with slopes, one that ends with pixel shuffle and PReLU.</summary>
internal sealed class Convolution : Operation
{
    private readonly int _stride;
    private readonly float[]? _slope;

    public Convolution(
        PlannedOperator planned, ConvWeights w, DeviceTensor x, DeviceTensor y, Activation activation, int stride, DeviceTensor? residual, float[]? slope = null)
        : base(planned)
    {
        if (w.Kernel > 2 * DevicePlanes.MaxReach + 1)
        {
            throw new EmdcException($"Conv2d {w.Name}: weight is {w.Shape}, but the kernels look at most {DevicePlanes.MaxReach} pixels out.");
        }

        (W, X, Y, Residual, _stride, _slope, Activation) = (w, x, y, residual, stride, slope, activation);
    }

    public ConvWeights W { get; }

    public DeviceTensor X { get; }

    public DeviceTensor Y { get; }

    public DeviceTensor? Residual { get; }

    public Activation Activation { get; }

    public bool IsPointwise => W.Kernel == 1 && _stride == 1 && _slope is null;

    /// <summary>The end of the operator. Pixel shuffle's sums are a quarter of its result.</summary>
    public ConvEnd End => new(
        W.OutChannels, _slope is null ? Y.Height : X.Height, _slope is null ? Y.Width : X.Width, _slope is null ? 0 : 1, Residual is null ? 0 : 1,
        Activation.Low, Activation.High, Y.Layout, (Residual ?? Y).Layout);

    private View R => (Residual ?? Y).View;

    public override IReadOnlyList<Part> Parts(DeviceBackend on) =>
    [
        _slope is null && W.OutChannels == 1 && W.Kernel is 3 or 5 or 7 && _stride == 1 ? ToOneChannel(on)
        : IsPointwise ? Pointwise(on)
        : W.Kernel == 3 && _stride == 1 ? Conv3x3(on)
        : W.Kernel == 3 && _stride == 2 ? Conv3x3Stride2(on)
        : ConvAny(on),
    ];

    private Part Pointwise(DeviceBackend on) => on.Part(
        Kernels.Pointwise.Kernel, Kernels.Pointwise.Tiles, new TileKey(nameof(Kernels.Pointwise), W.InChannels, W.OutChannels, 1, Y.Height * Y.Across),
        [Y.Pixels], tile => new PointwiseShape(W.InChannels, X.Layout, tile.Across, tile.Splits, Y.Across, End),
        X.View, on.Weights.Dense(W), on.Weights.Values(W.Bias), R, Y.View);

    private Part Conv3x3(DeviceBackend on)
    {
        View weights = on.Weights.Dense(W), bias = on.Weights.Values(W.Bias), slope = on.Weights.Values(_slope ?? W.Bias);
        if (on.Tiling.Direct)
        {
            var shape = new Conv3x3DirectShape(W.InChannels, X.Layout, X.Across, End);
            return on.Part(
                Conv3x3Direct.Kernel, Conv3x3Direct.Tiles, new TileKey(nameof(Conv3x3Direct), W.InChannels, W.OutChannels, 1, X.Height * X.Across),
                [Y.Pixels], _ => shape, X.View, weights, bias, slope, R, Y.View);
        }

        var key = new TileKey(nameof(Kernels.Conv3x3), W.InChannels, W.OutChannels, X.Height, X.Across);
        return on.Part(
            Kernels.Conv3x3.Kernel, Conv3x3Wide.Kernel, Kernels.Conv3x3.Tiles, key, [Y.Pixels], tile => Kernels.Conv3x3.Cut(key, tile, X.Layout, End),
            X.View, weights, bias, slope, R, Y.View);
    }

    private Part Conv3x3Stride2(DeviceBackend on)
    {
        var shape = new Conv3x3Stride2Shape(W.InChannels, X.Layout, Y.Across, End);
        return on.Part(
            Kernels.Conv3x3Stride2.Kernel, Kernels.Conv3x3Stride2.Tiles,
            new TileKey(nameof(Kernels.Conv3x3Stride2), W.InChannels, W.OutChannels, 1, Y.Height * Y.Across), [Y.Pixels], _ => shape,
            X.View, on.Weights.Dense(W), on.Weights.Values(W.Bias), R, Y.View);
    }

    private Part ConvAny(DeviceBackend on)
    {
        int across = Tiling.Ceiling(End.Width, 4);
        var shape = new ConvAnyShape(W.InChannels, W.Kernel, _stride, X.Width, X.Layout, across, End);
        return on.Part(
            Kernels.ConvAny.Kernel, Kernels.ConvAny.Tiles, new TileKey(nameof(Kernels.ConvAny), W.InChannels, W.OutChannels, 1, End.Height * across),
            [Y.Pixels], _ => shape, X.View, on.Weights.Dense(W), on.Weights.Values(W.Bias), on.Weights.Values(_slope ?? W.Bias), R, Y.View);
    }

    private Part ToOneChannel(DeviceBackend on)
    {
        var shape = new ConvOneShape(
            W.InChannels, W.Kernel, X.Height, X.Width, Columns: 0, Rows: 0, Splits: 0, TilesAcross: 0,
            Fusion: 0, Residual is null ? 0 : 1, W.Bias[0], Activation.Low, Activation.High, 0, X.Layout);
        return ToOneChannel(on, W, X, Residual ?? Y, Y, Y, Y, shape);
    }

    /// <summary>A convolution to one channel; the shape lacks only the tile.</summary>
    public static Part ToOneChannel(
        DeviceBackend on, ConvWeights w, DeviceTensor x, DeviceTensor local, DeviceTensor global, DeviceTensor confidence, DeviceTensor y, ConvOneShape shape)
    {
        var key = new TileKey(nameof(ConvOne), w.InChannels, w.Kernel, x.Height, x.Across);
        return on.Part(
            ConvOne.Kernel, ConvOne.Tiles, key, [y.Pixels, confidence.Pixels], tile => ConvOne.Cut(key, tile, shape),
            x.View, on.Weights.OneChannel(w), local.View, global.View, confidence.View, y.View);
    }
}
