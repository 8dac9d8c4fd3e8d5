namespace EMDC.Evaluation;

/// <summary>
/// Root mean square error in metres:
/// <code>RMSE = sqrt(mean over g &gt; 0 of (p − g)²)</code>
/// </summary>
public static class Rmse
{
    /// <param name="prediction">p, metres.</param>
    /// <param name="truth">g, metres, as many values; not above 0 where it is unknown.</param>
    /// <exception cref="InvalidDataException">The truth is unknown everywhere.</exception>
    public static double Of(ReadOnlySpan<float> prediction, ReadOnlySpan<float> truth)
    {
        Check.SameLength(nameof(Rmse), prediction.Length, "the ground truth", truth.Length);
        double sum = 0;
        int known = 0;
        for (int i = 0; i < truth.Length; i++)
        {
            double g = truth[i];
            if (g > 0)
            {
                double difference = prediction[i] - g;
                sum += difference * difference;
                known++;
            }
        }

        return Math.Sqrt(Check.Mean(sum, known, "ground truth"));
    }
}
