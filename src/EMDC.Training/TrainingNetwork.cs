using EMDC.Network;

namespace EMDC.Training;

/// <summary>
/// The network at one frame size for one thread. It keeps every activation that the backward pass needs; nothing is allocated
/// after the constructor.
/// </summary>
internal sealed class TrainingNetwork : IDisposable
{
    private readonly TrainingWeights _weights;
    private readonly bool _ownsWeights;

    /// <summary>A network with packed weights of its own, which reads <paramref name="w"/> anew at each <see cref="Forward"/>.</summary>
    /// <param name="w">The values of its arrays may change from step to step, their shapes may not.</param>
    /// <param name="height">Rows, a multiple of 32.</param>
    /// <param name="width">Columns, a multiple of 32.</param>
    public TrainingNetwork(EmdcWeights w, int height, int width)
        : this(new TrainingWeights(w), height, width) => _ownsWeights = true;

    /// <summary>A network that shares its packed weights: <see cref="TrainingWeights.Refresh"/> reads them anew.</summary>
    public TrainingNetwork(TrainingWeights w, int height, int width)
    {
        if (height < 1 || width < 1 || height % EmdcNetwork.Multiple != 0 || width % EmdcNetwork.Multiple != 0)
        {
            throw new EmdcException($"A frame of {height}×{width} can't be trained on: both must be multiples of {EmdcNetwork.Multiple}.");
        }

        _weights = w;
    }

    /// <summary>H×W metres, the final depth.</summary>
    public ReadOnlySpan<float> Dense => throw new NotImplementedException();

    /// <summary>H×W metres, the global branch.</summary>
    public ReadOnlySpan<float> Global => throw new NotImplementedException();

    /// <summary>H×W metres, the local branch.</summary>
    public ReadOnlySpan<float> Local => throw new NotImplementedException();

    /// <summary>
    /// Z of the last frame, what keeps the funnel's logits near 0 (a softmax sees only their differences, so that nothing else does):
    /// <code>
    /// Z = mean over all pixels and all softmaxes (kernels and fusions of all stages) of (log Σ_j exp z_j)²
    /// </code>
    /// </summary>
    public float LogitLoss => throw new NotImplementedException();

    /// <summary>Bytes that a network of this size allocates, packed weights left out.</summary>
    public static long BytesFor(int height, int width, int stages) => throw new NotImplementedException();

    /// <summary>Runs one frame.</summary>
    /// <param name="rgb">3×H×W, ImageNet's mean and deviation taken out.</param>
    /// <param name="sparse">H×W metres, 0 where nothing was measured.</param>
    public void Forward(ReadOnlySpan<float> rgb, ReadOnlySpan<float> sparse) => throw new NotImplementedException();

    /// <summary>
    /// Adds the gradients of L + <paramref name="logitPenalty"/> · <see cref="LogitLoss"/> of the last frame to <paramref name="into"/>.
    /// </summary>
    /// <param name="dDense">∂L/∂dense, H×W.</param>
    /// <param name="dGlobal">∂L/∂global, H×W.</param>
    /// <param name="dLocal">∂L/∂local, H×W.</param>
    /// <param name="logitPenalty">Weight of <see cref="LogitLoss"/>.</param>
    /// <param name="into">Where they are added.</param>
    public void Backward(
        ReadOnlySpan<float> dDense, ReadOnlySpan<float> dGlobal, ReadOnlySpan<float> dLocal, float logitPenalty, EmdcGradients into) =>
        throw new NotImplementedException();

    public void Dispose()
    {
        if (_ownsWeights)
        {
            _weights.Dispose();
        }
    }
}
