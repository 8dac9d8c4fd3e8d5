namespace EMDC;

/// <summary>What <see cref="RigRegistration"/> found.</summary>
/// <param name="Best">The shift with the least error.</param>
/// <param name="IsInside">Whether it is smaller than the largest that were tried; at the margin the least error is elsewhere.</param>
/// <param name="ErrorAsTheyAre">Mean relative error of the spots kept from the network with the colours as they are, each at most 0.3.</param>
/// <param name="Error">The same with the best shift.</param>
/// <param name="StandardErrors">By how many standard errors of their pairwise difference the second is less.</param>
/// <param name="Spots">Spots that were kept from the network.</param>
/// <param name="Tried">Shifts that were tried.</param>
public readonly record struct RegistrationEvidence(
    PixelShift Best, bool IsInside, double ErrorAsTheyAre, double Error, double StandardErrors, int Spots, int Tried)
{
    /// <summary>
    /// How many standard errors the best shift must be better. The best of sixty is so by chance more easily than one: with 242 spots of a
    /// single frame a wrong shift reached 3.1. Five frames of a rig whose colours lay 3.6 pixels off reached 13.
    /// </summary>
    public const double LeastStandardErrors = 4;

    /// <summary>Whether the best shift is one that counts.</summary>
    public bool IsEvident => IsInside && Best != PixelShift.None && StandardErrors >= LeastStandardErrors;

    /// <summary>The shift to take: the best, or none where it is not evident.</summary>
    public PixelShift Shift => IsEvident ? Best : PixelShift.None;

    /// <summary>Compares the errors of all spots by pairs.</summary>
    internal static RegistrationEvidence Of(ReadOnlySpan<float> asTheyAre, ReadOnlySpan<float> errors, PixelShift best, bool isInside, int tried)
    {
        double before = 0, after = 0, squares = 0;
        int n = errors.Length;
        for (int i = 0; i < n; i++)
        {
            double gain = (double)asTheyAre[i] - errors[i];
            (before, after, squares) = (before + asTheyAre[i], after + errors[i], squares + gain * gain);
        }

        double mean = (before - after) / n, variance = Math.Max(0, squares / n - mean * mean);
        return new RegistrationEvidence(best, isInside, before / n, after / n, variance > 0 ? mean / Math.Sqrt(variance / n) : 0, n, tried);
    }
}
