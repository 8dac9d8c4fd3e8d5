namespace EMDC.Evaluation;

/// <summary>What the predictions of one frame are measured against; the edge weights are computed once for all methods.</summary>
public sealed class FrameTruth
{
    private readonly float[] _sparse, _truth;
    private readonly double[] _weights, _knownWeights;

    /// <param name="sparse">The measured spots, height × width metres, not above 0 where nothing was measured.</param>
    /// <param name="truth">The ground truth, height × width metres, not above 0 where it is unknown.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <exception cref="InvalidDataException">The truth is unknown everywhere.</exception>
    public FrameTruth(float[] sparse, float[] truth, int height, int width)
    {
        Check.Size("The sparse depth", sparse.Length, height, width);
        (_sparse, _truth) = (sparse, truth);
        _weights = Ewmae.Weights(truth, height, width);
        HasHoles = truth.AsSpan().ContainsAnyExceptInRange(float.Epsilon, float.PositiveInfinity);
        _knownWeights = HasHoles ? Ewmae.KnownWeights(truth, height, width) : _weights;
    }

    /// <summary>Whether the truth is unknown somewhere.</summary>
    public bool HasHoles { get; }

    /// <summary>Measures a prediction.</summary>
    /// <param name="prediction">Height × width metres.</param>
    /// <exception cref="InvalidDataException">Nothing was measured.</exception>
    public FrameErrors Errors(ReadOnlySpan<float> prediction)
    {
        double? ewmae = Ewmae.Of(prediction, _truth, _weights);
        return new FrameErrors(
            Rmae.Of(prediction, _truth),
            ewmae,
            HasHoles ? Ewmae.Of(prediction, _truth, _knownWeights) : ewmae,
            Rds.Of(prediction, _sparse),
            Rmse.Of(prediction, _truth),
            Mae.Of(prediction, _truth),
            Delta.Of(prediction, _truth));
    }
}
