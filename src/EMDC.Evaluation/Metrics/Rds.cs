namespace EMDC.Evaluation;

/// <summary>
/// Relative depth shift, the challenge's metric of how far a result departs from what was measured:
/// <code>RDS = mean over s &gt; 0 of |p − s| / s</code>
/// The measurements carry noise, so 0 is not the aim: a result that repeats them has it.
/// </summary>
public static class Rds
{
    /// <param name="prediction">p, metres.</param>
    /// <param name="sparse">s, metres, as many values; not above 0 where nothing was measured.</param>
    /// <exception cref="InvalidDataException">Nothing was measured.</exception>
    public static double Of(ReadOnlySpan<float> prediction, ReadOnlySpan<float> sparse)
    {
        Check.SameLength(nameof(Rds), prediction.Length, "the sparse depth", sparse.Length);
        double sum = 0;
        int measured = 0;
        for (int i = 0; i < sparse.Length; i++)
        {
            double s = sparse[i];
            if (s > 0)
            {
                sum += Math.Abs(prediction[i] - s) / s;
                measured++;
            }
        }

        return Check.Mean(sum, measured, "sparse depth");
    }
}
