namespace EMDC.Operators;

/// <summary>
/// The weights of one convolution, batch norm already folded in. A backend keeps what it made of them (packed, uploaded) by
/// reference to this object, so one object stands for one layer for the life of the engine.
/// </summary>
/// <param name="Name">The checkpoint's name of the layer.</param>
/// <param name="OutChannels">Output channels O.</param>
/// <param name="InChannels">Input channels per output channel I; 1 for a depthwise convolution.</param>
/// <param name="Kernel">Width and height K of the stencil, odd; the padding is K / 2.</param>
/// <param name="Weight">O×I×K×K, PyTorch's order.</param>
/// <param name="Bias">O.</param>
public sealed record ConvWeights(string Name, int OutChannels, int InChannels, int Kernel, float[] Weight, float[] Bias)
{
    /// <summary>O×I×K×K, as errors print it.</summary>
    public string Shape => $"{OutChannels}×{InChannels}×{Kernel}×{Kernel}";
}
