namespace EMDC.Evaluation;

/// <summary>Order statistics of a few values.</summary>
public static class Percentiles
{
    /// <summary>The middle value, or the mean of the middle two.</summary>
    /// <param name="values">At least one.</param>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[sorted.Length / 2] + sorted[(sorted.Length - 1) / 2]) / 2;
    }

    /// <summary>By nearest rank: the smallest value that <paramref name="percent"/> % of the values do not exceed.</summary>
    /// <param name="values">At least one.</param>
    /// <param name="percent">Above 0, at most 100.</param>
    public static double Rank(IEnumerable<double> values, int percent)
    {
        double[] sorted = [.. values.Order()];
        return sorted[(percent * sorted.Length + 99) / 100 - 1];
    }
}
