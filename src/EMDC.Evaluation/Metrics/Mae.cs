namespace EMDC.Evaluation;

/// <summary>
/// Mean absolute error in metres:
/// <code>MAE = mean over g &gt; 0 of |p − g|</code>
/// </summary>
public static class Mae
{
    /// <param name="prediction">p, metres.</param>
    /// <param name="truth">g, metres, as many values; not above 0 where it is unknown.</param>
    /// <exception cref="InvalidDataException">The truth is unknown everywhere.</exception>
    public static double Of(ReadOnlySpan<float> prediction, ReadOnlySpan<float> truth)
    {
        Check.SameLength(nameof(Mae), prediction.Length, "the ground truth", truth.Length);
        double sum = 0;
        int known = 0;
        for (int i = 0; i < truth.Length; i++)
        {
            double g = truth[i];
            if (g > 0)
            {
                sum += Math.Abs(prediction[i] - g);
                known++;
            }
        }

        return Check.Mean(sum, known, "ground truth");
    }
}
