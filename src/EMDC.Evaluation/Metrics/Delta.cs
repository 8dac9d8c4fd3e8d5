namespace EMDC.Evaluation;

/// <summary>
/// The share of pixels that are right up to a factor:
/// <code>δ = share of g &gt; 0 with max(p/g, g/p) &lt; 1.25</code>
/// A prediction that is not above 0 counts as wrong.
/// </summary>
public static class Delta
{
    /// <summary>The factor of the literature's δ₁.</summary>
    public const double Factor = 1.25;

    /// <param name="prediction">p, metres.</param>
    /// <param name="truth">g, metres, as many values; not above 0 where it is unknown.</param>
    /// <returns>0 … 1.</returns>
    /// <exception cref="InvalidDataException">The truth is unknown everywhere.</exception>
    public static double Of(ReadOnlySpan<float> prediction, ReadOnlySpan<float> truth)
    {
        Check.SameLength(nameof(Delta), prediction.Length, "the ground truth", truth.Length);
        int right = 0, known = 0;
        for (int i = 0; i < truth.Length; i++)
        {
            double p = prediction[i], g = truth[i];
            if (g > 0)
            {
                right += p > 0 && p / g < Factor && g / p < Factor ? 1 : 0;
                known++;
            }
        }

        return Check.Mean(right, known, "ground truth");
    }
}
