using EMDC.Operators;

namespace EMDC.Kernels;

internal sealed partial class IlgpuOperators
{
    /// <inheritdoc/>
    public void ConfidenceFusion(ConvWeights w, float rezero, Tensor features, Tensor local, Tensor global, Tensor confidence, Tensor y)
    {
        Operators.ConfidenceFusion.Check(w, features, local, global, confidence, y);
        var x = (IlgpuTensor)features;
        var shape = new ConvOneShape(
            w.InChannels, w.Kernel, x.Height, x.Width, Columns: 0, Rows: 0, Splits: 0, TilesAcross: 0,
            Fusion: 1, 0, w.Bias[0], 0, 0, rezero, x.Layout);
        Record("ConfidenceFusion", w, $"{x.Shape} → {y.Shape}", Operators.ConfidenceFusion.Macs(w, y), Floats(x, local, global, y),
            One(w, x, (IlgpuTensor)local, (IlgpuTensor)global, (IlgpuTensor)confidence, (IlgpuTensor)y, shape));
    }
}
