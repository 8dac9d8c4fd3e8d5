using System.Globalization;
using EMDC;
using EMDC.Completion;
using EMDC.Uncertainties;

// EMDC.Uncertainty WEIGHTS COEFFICIENTS.cs FIT.list [NAME=LIST …]
//
// Fits the coefficients of the uncertainty on the frames of FIT.list, writes them to the source file named, and prints as Markdown how good
// they are on the frames of each further list. bench/uncertainty.sh calls it.
if (args.Length < 3 || args[3..].Any(arg => !arg.Contains('=')))
{
    Console.Error.WriteLine("EMDC.Uncertainty WEIGHTS COEFFICIENTS.cs FIT.list [NAME=LIST …]");
    return 2;
}

using var engine = Emdc.Load(args[0], new EmdcOptions { Device = "cpu" });
var fitted = new Samples();
fitted.Add(engine, args[2]);
float[] b = Fit.Run(fitted);
string numbers = string.Join(", ", b.Select(value => value.ToString("0.####", CultureInfo.InvariantCulture) + "f"));
File.WriteAllText(
    args[1],
    $$"""
    namespace EMDC.Completion;

    /// <summary>The coefficients of <see cref="Uncertainty"/> for the default weights. Written by <c>bench/uncertainty.sh</c>.</summary>
    internal static class UncertaintyCoefficients
    {
        public static ReadOnlySpan<float> Values => [{{numbers}}];
    }

    """);

Console.WriteLine($"b = {numbers.Replace("f", "")}");
Console.WriteLine();
Console.WriteLine("| frames | | mean error | mean σ | correlation | of logarithms | of ranks | within 1 σ | within 2 σ |");
Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
Report("fitted on", fitted);
foreach (string arg in args[3..])
{
    var samples = new Samples();
    samples.Add(engine, arg[(arg.IndexOf('=') + 1)..]);
    Report(arg[..arg.IndexOf('=')], samples);
}

return 0;

void Report(string name, Samples samples)
{
    int count = samples.Errors.Count;
    double[] errors = new double[count], sigmas = new double[count];
    for (int i = 0; i < count; i++)
    {
        double sum = 0;
        for (int k = 0; k < Uncertainty.Features; k++)
        {
            sum += b[k] * samples.Features[i * Uncertainty.Features + k];
        }

        errors[i] = samples.Errors[i] * samples.Depths[i];
        sigmas[i] = samples.Depths[i] * Math.Exp(sum);
    }

    double Within(double factor) => errors.Zip(sigmas).Count(pair => pair.First <= factor * pair.Second) / (double)count;
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {name} | {samples.Frames} | {errors.Average():F3} m | {sigmas.Average():F3} m | {Correlation(errors, sigmas):F2} | {Correlation(Logarithms(errors), Logarithms(sigmas)):F2} | {Correlation(Ranks(errors), Ranks(sigmas)):F2} | {Within(1):P1} | {Within(2):P1} |"));
}

static double[] Logarithms(double[] values) => [.. values.Select(value => Math.Log(value + 1e-4))];

static double[] Ranks(double[] values)
{
    var ranks = new double[values.Length];
    foreach (var (rank, i) in Enumerable.Range(0, values.Length).OrderBy(i => values[i]).Index())
    {
        ranks[i] = rank;
    }

    return ranks;
}

static double Correlation(double[] a, double[] b)
{
    double meanA = a.Average(), meanB = b.Average(), ab = 0, aa = 0, bb = 0;
    foreach (var (x, y) in a.Zip(b))
    {
        (ab, aa, bb) = (ab + (x - meanA) * (y - meanB), aa + (x - meanA) * (x - meanA), bb + (y - meanB) * (y - meanB));
    }

    return ab / Math.Sqrt(aa * bb);
}
