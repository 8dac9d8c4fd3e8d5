using System.Globalization;

namespace EMDC.Tests.Reference;

/// <summary>How far a float32 result may lie from the double reference, and why.</summary>
public sealed class Tolerance
{
    /// <summary>Half the spacing of float32 numbers at 1: the relative error of one rounding.</summary>
    public const double UnitRoundoff = 1.0 / (1 << 24);

    private readonly Func<double, double, double> _bound;

    private Tolerance(Func<double, double, double> bound, bool needsMagnitudes)
    {
        _bound = bound;
        NeedsMagnitudes = needsMagnitudes;
    }

    /// <summary>Nothing is computed, or nothing is rounded but the result: the float32 nearest to the reference.</summary>
    public static Tolerance Exact { get; } = new((_, _) => 0, false);

    /// <summary>Whether the bound depends on Σ|w·x|.</summary>
    public bool NeedsMagnitudes { get; }

    /// <summary>
    /// A sum of n products in any order, with or without fused multiply-add: γ_n · Σ|w·x| with γ_n = n·u / (1 − n·u).
    /// A bias counts as a product. Each product may also underflow, by at most float32's smallest number.
    /// </summary>
    public static Tolerance Sum(int n)
    {
        double gamma = n * UnitRoundoff / (1 - n * UnitRoundoff);
        return new((_, magnitude) => gamma * magnitude + n * (double)float.Epsilon, true);
    }

    /// <summary>k spacings of float32 at the reference's value.</summary>
    public static Tolerance Ulp(double k) => new((expected, _) => k * Spacing(expected), false);

    /// <summary>Fails with the worst element if one lies outside its bound; values that are not finite fail first.</summary>
    /// <param name="name">Operator and case.</param>
    /// <param name="backend">Who computed <paramref name="actual"/>.</param>
    /// <param name="expected">The reference's values.</param>
    /// <param name="actual">As many results.</param>
    /// <param name="magnitudes">Σ|w·x| of every element, for <see cref="Sum"/>.</param>
    public void Check(
        string name, string backend, ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, ReadOnlySpan<double> magnitudes = default)
    {
        double[] wide = new double[actual.Length];
        double[] wanted = expected.ToArray();
        for (int i = 0; i < wide.Length; i++)
        {
            wide[i] = actual[i];
        }

        if (this == Exact)
        {
            wanted = Array.ConvertAll(wanted, x => (double)(float)x);
        }

        Check(name, backend, wanted, wide, magnitudes);
    }

    /// <summary>The same for results in double precision.</summary>
    public void Check(
        string name, string backend, ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, ReadOnlySpan<double> magnitudes = default)
    {
        if (expected.Length != actual.Length || (NeedsMagnitudes && magnitudes.Length != expected.Length))
        {
            throw new Xunit.Sdk.XunitException(
                $"{name} on {backend}: {expected.Length} expected values, {actual.Length} actual ones, {magnitudes.Length} magnitudes.");
        }

        for (int i = 0; i < actual.Length; i++)
        {
            if (!double.IsFinite(actual[i]) || !double.IsFinite(expected[i]))
            {
                throw Failure(name, backend, i, expected[i], actual[i], "not finite");
            }
        }

        int worst = -1;
        double most = 1;
        for (int i = 0; i < actual.Length; i++)
        {
            double error = Math.Abs(actual[i] - expected[i]);
            double bound = _bound(expected[i], NeedsMagnitudes ? magnitudes[i] : 0);
            double ratio = error == 0 ? 0 : error / bound;
            if (ratio > most)
            {
                (worst, most) = (i, ratio);
            }
        }

        if (worst >= 0)
        {
            throw Failure(name, backend, worst, expected[worst], actual[worst],
                string.Create(CultureInfo.InvariantCulture, $"error ÷ bound {most:G4}"));
        }
    }

    /// <summary>The distance of float32 numbers at a value.</summary>
    internal static double Spacing(double value)
    {
        float size = Math.Abs((float)value);
        return (double)MathF.BitIncrement(size) - size;
    }

    private static Xunit.Sdk.XunitException Failure(
        string name, string backend, int index, double expected, double actual, string why) =>
        new(string.Create(CultureInfo.InvariantCulture,
            $"{name} on {backend}, index {index}: expected {expected:G9}, actual {actual:G9}, {why}."));
}
