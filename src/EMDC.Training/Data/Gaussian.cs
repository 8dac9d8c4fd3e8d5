namespace EMDC.Training.Data;

/// <summary>Normal noise at the price of a table: 4096 quantiles in equal steps of probability.</summary>
internal sealed class Gaussian
{
    private const int Count = 4096;

    private static readonly float[] Quantiles = Make();

    private readonly Rng _rng;
    private ulong _bits;
    private int _left;

    public Gaussian(Rng rng) => _rng = rng;

    public float Next()
    {
        if (_left == 0)
        {
            (_bits, _left) = (_rng.Next(), 5);
        }

        float value = Quantiles[_bits & (Count - 1)];
        _bits >>= 12;
        _left--;
        return value;
    }

    /// <summary>Quantiles by bisection of the distribution function, scaled to a variance of exactly 1.</summary>
    private static float[] Make()
    {
        var table = new double[Count];
        double squares = 0;
        for (int i = 0; i < Count; i++)
        {
            double low = -6, high = 6, wanted = (i + 0.5) / Count;
            for (int step = 0; step < 40; step++)
            {
                double middle = (low + high) / 2;
                (low, high) = Below(middle) < wanted ? (middle, high) : (low, middle);
            }

            table[i] = low;
            squares += low * low;
        }

        double scale = Math.Sqrt(Count / squares);
        return Array.ConvertAll(table, value => (float)(value * scale));
    }

    /// <summary>The normal distribution function (Abramowitz and Stegun 26.2.17, error below 1e-7).</summary>
    private static double Below(double x)
    {
        double t = 1 / (1 + 0.2316419 * Math.Abs(x));
        double sum = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
        double tail = sum * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);
        return x > 0 ? 1 - tail : tail;
    }
}
