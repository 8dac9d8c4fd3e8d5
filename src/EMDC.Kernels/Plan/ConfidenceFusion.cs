using EMDC.Operators;

namespace EMDC.Kernels;

internal sealed partial class DeviceBackend
{
    /// <inheritdoc/>
    public void ConfidenceFusion(ConvWeights w, float rezero, Tensor features, Tensor local, Tensor global, Tensor confidence, Tensor y)
    {
        Operators.ConfidenceFusion.Check(w, features, local, global, confidence, y);
        Record(new Fusion(
            Planned("ConfidenceFusion", w, $"{features.Shape} → {y.Shape}", Operators.ConfidenceFusion.Macs(w, y), Floats(features, local, global, y)),
            w, rezero, (DeviceTensor)features, (DeviceTensor)local, (DeviceTensor)global, (DeviceTensor)confidence, (DeviceTensor)y));
    }

    private sealed class Fusion(
        PlannedOperator planned, ConvWeights w, float rezero, DeviceTensor x, DeviceTensor local, DeviceTensor global, DeviceTensor confidence, DeviceTensor y)
        : Operation(planned)
    {
        public override IReadOnlyList<Part> Parts(DeviceBackend on) =>
        [
            Convolution.ToOneChannel(on, w, x, local, global, confidence, y, new ConvOneShape(
                w.InChannels, w.Kernel, x.Height, x.Width, Columns: 0, Rows: 0, Splits: 0, TilesAcross: 0,
                Fusion: 1, 0, w.Bias[0], 0, 0, rezero, x.Layout)),
        ];
    }
}
