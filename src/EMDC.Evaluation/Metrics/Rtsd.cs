namespace EMDC.Evaluation;

/// <summary>
/// Relative temporal standard deviation, the challenge's metric of flicker: over the frames t of one static scene
/// <code>RTSD = mean over pixels of std_t(p) / mean_t(p)</code>
/// with the population's standard deviation (divided by the number of frames). Pixels whose mean is not above 0 have no relative
/// deviation and are left out. Frames are added one by one (Welford 1962) and not kept.
/// </summary>
public sealed class Rtsd
{
    private readonly double[] _mean, _squares;

    /// <param name="pixels">Values of a frame.</param>
    public Rtsd(int pixels) => (_mean, _squares) = (new double[pixels], new double[pixels]);

    /// <summary>Frames added so far.</summary>
    public int Frames { get; private set; }

    /// <summary>Adds a frame.</summary>
    /// <param name="prediction">p, metres.</param>
    public void Add(ReadOnlySpan<float> prediction)
    {
        Check.SameLength(nameof(Rtsd), prediction.Length, "the scene's first frame", _mean.Length);
        Frames++;
        for (int i = 0; i < prediction.Length; i++)
        {
            double difference = prediction[i] - _mean[i];
            _mean[i] += difference / Frames;
            _squares[i] += difference * (prediction[i] - _mean[i]);
        }
    }

    /// <summary>The deviation; null for fewer than two frames, which say nothing about flicker.</summary>
    public double? Value()
    {
        if (Frames < 2)
        {
            return null;
        }

        double sum = 0;
        int pixels = 0;
        for (int i = 0; i < _mean.Length; i++)
        {
            if (_mean[i] > 0)
            {
                sum += Math.Sqrt(_squares[i] / Frames) / _mean[i];
                pixels++;
            }
        }

        return Check.Mean(sum, pixels, "mean prediction");
    }
}
