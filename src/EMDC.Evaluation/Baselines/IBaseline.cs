namespace EMDC.Evaluation;

/// <summary>
/// A classical way from spots to dense depth, without learning. Every result is positive everywhere and lies between the smallest and
/// the largest spot.
/// </summary>
public interface IBaseline
{
    /// <summary>What it is called in tables and on the command line.</summary>
    string Name { get; }

    /// <summary>Completes a frame.</summary>
    /// <param name="rgb">Height × width × 3 bytes; methods that use depth alone do not look at it.</param>
    /// <param name="sparse">Height × width metres; what is not a finite number above 0 was not measured.</param>
    /// <param name="dense">Receives height × width metres.</param>
    /// <param name="height">Rows, at most 16384.</param>
    /// <param name="width">Columns, at most 16384.</param>
    /// <exception cref="ArgumentException">A length does not fit the size.</exception>
    /// <exception cref="InvalidDataException">Nothing was measured.</exception>
    void Complete(ReadOnlySpan<byte> rgb, ReadOnlySpan<float> sparse, Span<float> dense, int height, int width);
}
