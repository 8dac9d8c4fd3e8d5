namespace EMDC.Evaluation;

/// <summary>
/// The score of the MIPI 2022 RGB+ToF challenge, of metrics that were averaged over the set first:
/// <code>score = 1 − 1.8·RMAE − 0.6·EWMAE − 3·RDS − 4.6·RTSD</code>
/// </summary>
public static class ChallengeScore
{
    /// <param name="rmae">Mean <see cref="Rmae"/> of the frames.</param>
    /// <param name="ewmae">Mean <see cref="Ewmae"/> of the frames.</param>
    /// <param name="rds">Mean <see cref="Rds"/> of the frames.</param>
    /// <param name="rtsd">
    /// Mean <see cref="Rtsd"/> of the static scenes. Null where there are none: its term is left out, and the result is not comparable
    /// with scores that have it.
    /// </param>
    public static double Of(double rmae, double ewmae, double rds, double? rtsd) =>
        1 - 1.8 * rmae - 0.6 * ewmae - 3 * rds - 4.6 * (rtsd ?? 0);
}
