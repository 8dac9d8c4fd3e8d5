using EMDC.Network;

namespace EMDC.Training.Run;

/// <summary>A size of samples and how often batches have it.</summary>
/// <param name="Height">Rows, a multiple of 32.</param>
/// <param name="Width">Columns, a multiple of 32.</param>
/// <param name="Share">In proportion to those of the other sizes.</param>
internal readonly record struct Crop(int Height, int Width, float Share)
{
    /// <summary>What both sides must be multiples of.</summary>
    public const int Multiple = EmdcNetwork.Multiple;

    /// <summary>Samples in a batch of about so many pixels; at least two, so that two threads have work.</summary>
    public int Samples(int pixels) => Math.Max(2, pixels / (Height * Width));
}
