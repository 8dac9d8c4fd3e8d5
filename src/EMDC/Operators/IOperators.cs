namespace EMDC.Operators;

/// <summary>
/// Records a network: it makes tensors and takes the operators in the order they run. Each operator's formula, shapes and checks
/// stand in the file of its name. What runs is an <see cref="IBackend"/>.
/// </summary>
public interface IOperators
{
    /// <summary>A tensor of zeros. All tensors of one height and width must have the same reach.</summary>
    Tensor Tensor(string name, int channels, int height, int width, int reach = 1);

    /// <summary>Says that operators recorded from now on may write over this tensor's memory.</summary>
    void Release(Tensor tensor);

    /// <summary>Records <see cref="Operators.InputPreparation"/>.</summary>
    void InputPreparation(Tensor x);

    /// <summary>Records <see cref="Operators.Conv2d"/>.</summary>
    void Conv2d(ConvWeights w, Tensor x, Tensor y, Activation activation, int stride = 1, Tensor? residual = null);

    /// <summary>Records <see cref="Operators.Conv2dPixelShuffle"/>.</summary>
    void Conv2dPixelShuffle(ConvWeights w, float[] slope, Tensor x, Tensor y);

    /// <summary>Records <see cref="Operators.DepthwiseConv2d"/>.</summary>
    void DepthwiseConv2d(ConvWeights w, Tensor x, Tensor y, Activation activation, int stride = 1);

    /// <summary>Records <see cref="Operators.ConfidenceFusion"/>.</summary>
    void ConfidenceFusion(ConvWeights w, float rezero, Tensor features, Tensor local, Tensor global, Tensor confidence, Tensor y);

    /// <summary>Records <see cref="Operators.FunnelStage"/>.</summary>
    void FunnelStage(FunnelStageWeights w, in FunnelState from, in FunnelState to, Tensor depth);

    /// <summary>Records <see cref="Operators.OutputScaling"/>.</summary>
    void OutputScaling(Tensor y, OutputMap map);
}
