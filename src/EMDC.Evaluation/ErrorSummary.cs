namespace EMDC.Evaluation;

/// <summary>The errors of one method over a set of frames: means over frames, each frame counting the same.</summary>
public sealed record ErrorSummary
{
    /// <summary>A frame with a larger <see cref="Evaluation.Rmae"/> counts as failed.</summary>
    public const double FailedAbove = 0.1;

    /// <param name="frames">The errors, a frame each; at least one.</param>
    /// <param name="rtsd">The <see cref="Evaluation.Rtsd"/> of each static scene; may be empty.</param>
    public ErrorSummary(IReadOnlyCollection<FrameErrors> frames, IReadOnlyCollection<double> rtsd)
    {
        Frames = frames.Count;
        StaticScenes = rtsd.Count;
        Rmae = frames.Average(frame => frame.Rmae);
        MedianRmae = Percentiles.Median(frames.Select(frame => frame.Rmae));
        Failed = frames.Count(frame => frame.Rmae > FailedAbove);
        Ewmae = frames.Average(frame => frame.Ewmae);
        KnownEwmae = frames.Average(frame => frame.KnownEwmae);
        Rds = frames.Average(frame => frame.Rds);
        Rtsd = rtsd.Count > 0 ? rtsd.Average() : null;
        Rmse = frames.Average(frame => frame.Rmse);
        Mae = frames.Average(frame => frame.Mae);
        Delta = frames.Average(frame => frame.Delta);
    }

    /// <summary>How many frames.</summary>
    public int Frames { get; }

    /// <summary>How many static scenes <see cref="Rtsd"/> is the mean of.</summary>
    public int StaticScenes { get; }

    /// <summary>Mean of <see cref="Evaluation.Rmae"/>.</summary>
    public double Rmae { get; }

    /// <summary>Median of <see cref="Evaluation.Rmae"/>, which a few failed frames do not move.</summary>
    public double MedianRmae { get; }

    /// <summary>Frames whose <see cref="Evaluation.Rmae"/> is above <see cref="FailedAbove"/>.</summary>
    public int Failed { get; }

    /// <summary>Mean of <see cref="Evaluation.Ewmae"/> over the frames that have edges; null where none has.</summary>
    public double? Ewmae { get; }

    /// <summary>The same without the truth's holes.</summary>
    public double? KnownEwmae { get; }

    /// <summary>Mean of <see cref="Evaluation.Rds"/>.</summary>
    public double Rds { get; }

    /// <summary>Mean of <see cref="Evaluation.Rtsd"/> over static scenes; null where there are none.</summary>
    public double? Rtsd { get; }

    /// <summary>Mean of <see cref="Evaluation.Rmse"/>, metres.</summary>
    public double Rmse { get; }

    /// <summary>Mean of <see cref="Evaluation.Mae"/>, metres.</summary>
    public double Mae { get; }

    /// <summary>Mean of <see cref="Evaluation.Delta"/>.</summary>
    public double Delta { get; }

    /// <summary>
    /// The <see cref="ChallengeScore"/> of these means, without the RTSD term where <see cref="Rtsd"/> is null; null where
    /// <see cref="Ewmae"/> is.
    /// </summary>
    public double? Score => Ewmae is { } ewmae ? ChallengeScore.Of(Rmae, ewmae, Rds, Rtsd) : null;
}
