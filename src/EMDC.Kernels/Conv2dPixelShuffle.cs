using EMDC.Operators;

namespace EMDC.Kernels;

internal sealed partial class IlgpuOperators
{
    /// <inheritdoc/>
    public void Conv2dPixelShuffle(ConvWeights w, float[] slope, Tensor x, Tensor y)
    {
        Operators.Conv2dPixelShuffle.Check(w, slope, x, y);
        var (from, to) = ((IlgpuTensor)x, (IlgpuTensor)y);
        Output end = End(w, to, x.Height, x.Width, Activation.None, null) with { Shuffle = 1 };
        Action step = w.Kernel == 3 ? Conv3x3(w, slope, from, to, to, end) : ConvAny(w, slope, 1, from, to, to, end);
        Record("Conv2dPixelShuffle", w, $"{x.Shape} → {y.Shape}", Operators.Conv2dPixelShuffle.Macs(w, x), Floats(x, y), step);
    }
}
