using System.Globalization;

namespace EMDC.Cli.Uncertainties;

/// <summary>How well the uncertainty tells errors, as rows of a table in Markdown.</summary>
internal static class Quality
{
    public const string Head =
        """
        | frames | | mean error | mean σ | correlation | of logarithms | of ranks | within 1 σ | within 2 σ |
        |---|---:|---:|---:|---:|---:|---:|---:|---:|
        """;

    public static string Row(string name, Samples samples, float[] b)
    {
        int count = samples.Errors.Count;
        double[] coefficients = [.. b], errors = new double[count], sigmas = new double[count];
        for (int i = 0; i < count; i++)
        {
            errors[i] = samples.Errors[i] * samples.Depths[i];
            sigmas[i] = samples.Depths[i] * Math.Exp(Fit.Dot(coefficients, samples, i));
        }

        double Within(double factor) => errors.Zip(sigmas).Count(pair => pair.First <= factor * pair.Second) / (double)count;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {samples.Frames} | {errors.Average():F3} m | {sigmas.Average():F3} m | {Correlation(errors, sigmas):F2} | {Correlation(Logarithms(errors), Logarithms(sigmas)):F2} | {Correlation(Ranks(errors), Ranks(sigmas)):F2} | {Within(1):P1} | {Within(2):P1} |");
    }

    private static double[] Logarithms(double[] values) => [.. values.Select(value => Math.Log(value + 1e-4))];

    private static double[] Ranks(double[] values)
    {
        var ranks = new double[values.Length];
        foreach (var (rank, i) in Enumerable.Range(0, values.Length).OrderBy(i => values[i]).Index())
        {
            ranks[i] = rank;
        }

        return ranks;
    }

    private static double Correlation(double[] a, double[] b)
    {
        double meanA = a.Average(), meanB = b.Average(), ab = 0, aa = 0, bb = 0;
        foreach (var (x, y) in a.Zip(b))
        {
            (ab, aa, bb) = (ab + (x - meanA) * (y - meanB), aa + (x - meanA) * (x - meanA), bb + (y - meanB) * (y - meanB));
        }

        return ab / Math.Sqrt(aa * bb);
    }
}
