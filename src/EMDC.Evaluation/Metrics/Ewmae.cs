namespace EMDC.Evaluation;

/// <summary>
/// Edge-weighted mean absolute error, the challenge's metric of sharp edges. With p and g divided by max(g):
/// <code>
/// south(y, x) = exp(−((g(y+1, x) − g(y, x)) / 0.5)²), 1 in the last row
/// east(y, x)  = exp(−((g(y, x+1) − g(y, x)) / 0.5)²), 1 in the last column
/// north(y, x) = south(y−1, x), 1 in the first row
/// west(y, x)  = east(y, x−1), 1 in the first column
/// G = 1 − clip((south + east + north + west) / 4, 0, 1)
/// EWMAE = Σ G·|g − p| / Σ G
/// </code>
/// The formula knows no unknown pixels: a hole of the truth is depth 0, so that its rim weighs most of all edges and every prediction
/// there is an error. <see cref="KnownWeights"/> leave holes and the steps into them out; without holes both are the same.
/// </summary>
public static class Ewmae
{
    private const double Scale = 0.5;

    /// <summary>The metric by the challenge's formula.</summary>
    /// <param name="prediction">p, height × width metres.</param>
    /// <param name="truth">g, height × width metres.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <returns>Null where no pixel has a weight: the truth has no edge at all.</returns>
    /// <exception cref="InvalidDataException">The truth is unknown everywhere.</exception>
    public static double? Of(ReadOnlySpan<float> prediction, ReadOnlySpan<float> truth, int height, int width) =>
        Of(prediction, truth, Weights(truth, height, width));

    /// <summary>The metric with weights at hand, which depend on the truth alone.</summary>
    /// <param name="prediction">p, metres.</param>
    /// <param name="truth">g, metres.</param>
    /// <param name="weights">G, as many values.</param>
    /// <returns>Null where all weights are 0.</returns>
    /// <exception cref="InvalidDataException">The truth is unknown everywhere.</exception>
    public static double? Of(ReadOnlySpan<float> prediction, ReadOnlySpan<float> truth, ReadOnlySpan<double> weights)
    {
        Check.SameLength(nameof(Ewmae), prediction.Length, "the ground truth", truth.Length);
        Check.SameLength(nameof(Ewmae), prediction.Length, "the map of weights", weights.Length);
        double largest = Largest(truth), sum = 0, total = 0;
        for (int i = 0; i < truth.Length; i++)
        {
            sum += weights[i] * Math.Abs(truth[i] / largest - prediction[i] / largest);
            total += weights[i];
        }

        return total > 0 ? sum / total : null;
    }

    /// <summary>G of the challenge's formula.</summary>
    /// <param name="truth">g, height × width metres.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <returns>Height × width weights, 0 … 1.</returns>
    /// <exception cref="InvalidDataException">The truth is unknown everywhere.</exception>
    public static double[] Weights(ReadOnlySpan<float> truth, int height, int width) => Weights(truth, height, width, knownOnly: false);

    /// <summary>G where truth is known: 0 in holes, and steps into holes are no edges.</summary>
    /// <inheritdoc cref="Weights(ReadOnlySpan{float}, int, int)"/>
    public static double[] KnownWeights(ReadOnlySpan<float> truth, int height, int width) => Weights(truth, height, width, knownOnly: true);

    private static double[] Weights(ReadOnlySpan<float> truth, int height, int width, bool knownOnly)
    {
        Check.Size("EWMAE: the ground truth", truth.Length, height, width);
        double largest = Largest(truth);
        var weights = new double[truth.Length];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int i = y * width + x;
                if (y + 1 < height)
                {
                    Spread(truth, i, i + width);
                }

                if (x + 1 < width)
                {
                    Spread(truth, i, i + 1);
                }
            }
        }

        return weights;

        // 1 − the mean of four is the sum of the quarters that each of them is below 1; no neighbour, nothing below 1.
        void Spread(ReadOnlySpan<float> truth, int i, int j)
        {
            if (!knownOnly || (truth[i] > 0 && truth[j] > 0))
            {
                double step = (truth[j] / largest - truth[i] / largest) / Scale;
                double quarter = (1 - Math.Exp(-step * step)) / 4;
                weights[i] += quarter;
                weights[j] += quarter;
            }
        }
    }

    private static double Largest(ReadOnlySpan<float> truth)
    {
        float largest = 0;
        foreach (float g in truth)
        {
            largest = Math.Max(largest, g);
        }

        return largest > 0 ? largest : throw new InvalidDataException("The ground truth has no value above 0; at least one is needed.");
    }
}
