namespace EMDC.Tests.Reference;

public sealed class ToleranceTests
{
    private static readonly double[] Expected = [1, 2, 4];

    [Fact]
    public void Exact_takes_the_nearest_float_and_nothing_else()
    {
        Tolerance.Exact.Check("move", "Simd", [0.1, 1.0 / 3], [0.1f, 1f / 3]);
        Assert.Equal(
            "move on Simd, index 1: expected 2, actual 2.00000024, error ÷ bound Infinity.",
            Message(() => Tolerance.Exact.Check("move", "Simd", Expected, [1, MathF.BitIncrement(2), 4])));
    }

    [Fact]
    public void Sum_is_proportional_to_the_magnitudes()
    {
        // γ_4 · 8 is 32 u and a little; floats from 2 on are 4 u apart.
        var sum = Tolerance.Sum(4);
        double u = Tolerance.UnitRoundoff;
        sum.Check("sum", "Simd", [2], [2 + (float)(32 * u)], [8]);
        Assert.Equal(
            "sum on Simd, index 0: expected 2, actual 2.00000215, error ÷ bound 1.125.",
            Message(() => sum.Check("sum", "Simd", [2], [2 + (float)(36 * u)], [8])));
    }

    [Fact]
    public void Ulp_counts_spacings_at_the_expected_value()
    {
        Tolerance.Ulp(2).Check("exp", "Simd", [4], [MathF.BitIncrement(MathF.BitIncrement(4))]);
        Assert.Equal(
            "exp on Simd, index 0: expected 4, actual 4.00000143, error ÷ bound 1.5.",
            Message(() => Tolerance.Ulp(2).Check("exp", "Simd", [4], [4 + 3 * (MathF.BitIncrement(4) - 4)])));
    }

    [Fact]
    public void A_value_that_is_not_finite_fails_before_any_other()
    {
        Assert.Equal(
            "any on Simd, index 2: expected 4, actual NaN, not finite.",
            Message(() => Tolerance.Ulp(double.PositiveInfinity).Check("any", "Simd", Expected, [9, 9, float.NaN])));
    }

    [Fact]
    public void Lengths_must_agree()
    {
        Assert.Equal(
            "any on Simd: 3 expected values, 2 actual ones, 0 magnitudes.",
            Message(() => Tolerance.Exact.Check("any", "Simd", Expected, [1, 2])));
        Assert.Equal(
            "any on Simd: 3 expected values, 3 actual ones, 0 magnitudes.",
            Message(() => Tolerance.Sum(1).Check("any", "Simd", Expected, [1, 2, 4])));
    }

    private static string Message(Action check) => Assert.Throws<Xunit.Sdk.XunitException>(check).Message;
}
