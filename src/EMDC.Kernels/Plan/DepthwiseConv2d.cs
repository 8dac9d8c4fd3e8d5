using EMDC.Operators;

namespace EMDC.Kernels;

internal sealed partial class DeviceBackend
{
    /// <inheritdoc/>
    public void DepthwiseConv2d(ConvWeights w, Tensor x, Tensor y, Activation activation, int stride = 1)
    {
        Operators.DepthwiseConv2d.Check(w, x, y, stride);
        PlannedOperator planned = Planned("DepthwiseConv2d", w, $"{x.Shape} → {y.Shape}", Operators.DepthwiseConv2d.Macs(w, y), Floats(x, y));
        Record(new DepthwiseConvolution(planned, w, (DeviceTensor)x, (DeviceTensor)y, activation, stride));
    }
}

/// <summary>A depthwise convolution.</summary>
internal sealed class DepthwiseConvolution(PlannedOperator planned, ConvWeights w, DeviceTensor x, DeviceTensor y, Activation activation, int stride)
    : Operation(planned)
{
    public ConvWeights W => w;

    public DeviceTensor X => x;

    public DeviceTensor Y => y;

    public DepthwiseShape Shape => new(stride, y.Height, y.Width, y.Across, activation.Low, activation.High, x.Layout, y.Layout);

    public override IReadOnlyList<Part> Parts(DeviceBackend on) =>
    [
        on.Part(
            Depthwise.Kernel, Depthwise.Tiles, new TileKey(nameof(Depthwise), w.OutChannels, w.OutChannels, 1, y.Height * y.Across),
            [y.Pixels], _ => Shape, x.View, on.Weights.Depthwise(w), y.View),
    ];
}

/// <summary>A depthwise convolution and a pointwise one that reads it, as one launch.</summary>
internal sealed class DepthwisePointwiseConvolution(DepthwiseConvolution first, Convolution second)
    : Operation(OneOf(first.Planned, second.Planned, first.X, first.Y, second.Y))
{
    public override DeviceTensor? Between => first.Y;

    public override IReadOnlyList<Part> Parts(DeviceBackend on)
    {
        var key = new TileKey(nameof(DepthwisePointwise), first.W.OutChannels, second.W.OutChannels, 1, first.Y.Height * first.Y.Across);
        return
        [
            on.Part(
                DepthwisePointwise.Kernel, DepthwisePointwise.Tiles, key, [second.Y.Pixels], tile => DepthwisePointwise.Cut(key, tile, on.Limited(DepthwisePointwise.Kernel).SharedUnits, first.Shape, second.End),
                first.X.View, on.Weights.Depthwise(first.W), on.Weights.Dense(second.W), on.Weights.Values(second.W.Bias),
                (second.Residual ?? second.Y).View, second.Y.View),
        ];
    }
}

/// <summary>A pointwise convolution and a depthwise one that reads it, as one launch.</summary>
internal sealed class ExpandDepthwiseConvolution(Convolution first, DepthwiseConvolution second)
    : Operation(OneOf(first.Planned, second.Planned, first.X, first.Y, second.Y))
{
    public override DeviceTensor? Between => first.Y;

    private TileKey Key => new(nameof(ExpandDepthwise), first.W.InChannels, first.W.OutChannels, first.Y.Height, first.Y.Height * first.Y.Across);

    /// <summary>Whether a group can hold the picture on the device, and there are groups enough to be worth it.</summary>
    public bool IsPossible(DeviceBackend on)
    {
        Tiling tiling = on.Limited(ExpandDepthwise.Kernel);
        return tiling.HoldsPictures && 8 * Tiling.Ceiling(Key.Out, 8) >= tiling.Groups && ExpandDepthwise.Tiles.IsValid(tiling, Key, ExpandDepthwise.Tiles.Default(tiling, Key));
    }

    public override IReadOnlyList<Part> Parts(DeviceBackend on) =>
    [
        on.Part(
            ExpandDepthwise.Kernel, ExpandDepthwise.Tiles, Key, [second.Y.Pixels],
            tile => ExpandDepthwise.Cut(Key, tile, first.End, first.X.Layout, second.Shape),
            first.X.View, on.Weights.Dense(first.W), on.Weights.Values(first.W.Bias), on.Weights.Depthwise(second.W), second.Y.View),
    ];
}
