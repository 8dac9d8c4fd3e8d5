using EMDC.Evaluation;
using EMDC.Training.Data;
using EMDC.Training.Optimiser;
using EMDC.Weights;

namespace EMDC.Training.Run;

/// <summary>RMAE of the validation frames. A few hard frames carry the mean; the median tells of the others.</summary>
internal readonly record struct ValidationError(double Mean, double Median);

/// <summary>Frames that nothing is learnt from, and the error on them: the RMAE of the averaged weights, by the engine that users have.</summary>
internal sealed class Validation
{
    private readonly (Sample Sample, byte[] Rgb)[] _frames;

    /// <exception cref="InvalidDataException">No frame has ground truth.</exception>
    public Validation(IReadOnlyList<Sample> samples)
    {
        _frames = [.. samples.Where(sample => sample.Depth.AsSpan().ContainsAnyExceptInRange(0, 0) && sample.Spots.AsSpan().ContainsAnyExceptInRange(0, 0))
            .Select(sample => (sample, Bytes(sample)))];
        if (_frames.Length == 0)
        {
            throw new InvalidDataException($"None of the {samples.Count} frames for validation has both spots and ground truth.");
        }

        (Baseline, BaselineError) = BaselineMethods.All.Select(method => (method.Name, Error: ErrorOf(method.Complete).Mean)).MinBy(found => found.Error);
    }

    private delegate void Method(ReadOnlySpan<byte> rgb, ReadOnlySpan<float> sparse, Span<float> dense, int height, int width);

    public int Frames => _frames.Length;

    /// <summary>The best classical method on these frames.</summary>
    public string Baseline { get; }

    /// <summary>Its mean RMAE.</summary>
    public double BaselineError { get; }

    public ValidationError Error(Parameters parameters, int threads)
    {
        using var engine = Emdc.Load(new StateDict(WeightsFiles.Averages(parameters)), new EmdcOptions { Device = "cpu", Threads = threads });
        return ErrorOf((rgb, sparse, dense, height, width) => engine.Complete(rgb, sparse, dense, height, width));
    }

    private ValidationError ErrorOf(Method method)
    {
        double[] errors = [.. _frames.Select(frame =>
        {
            (Sample sample, byte[] rgb) = frame;
            var dense = new float[sample.Depth.Length];
            method(rgb, sample.Spots, dense, sample.Height, sample.Width);
            return Rmae.Of(dense, sample.Depth);
        })];
        return new ValidationError(errors.Average(), Percentiles.Median(errors));
    }

    /// <summary>The colours as they were in the file.</summary>
    private static byte[] Bytes(Sample sample)
    {
        int pixels = sample.Height * sample.Width;
        var rgb = new byte[3 * pixels];
        for (int c = 0; c < 3; c++)
        {
            for (int i = 0; i < pixels; i++)
            {
                float x = (sample.Rgb[(c * pixels) + i] * Normalisation.Deviation[c]) + Normalisation.Mean[c];
                rgb[(3 * i) + c] = (byte)Math.Clamp(MathF.Round(255 * x), 0, 255);
            }
        }

        return rgb;
    }
}
