namespace EMDC.Tests.Reference;

/// <summary>max(x, 0).</summary>
public static class ReLU
{
    public static Tensor Apply(Tensor input) => input.Map(x => Math.Max(x, 0));
}

/// <summary>min(max(x, 0), 6).</summary>
public static class ReLU6
{
    public static Tensor Apply(Tensor input) => input.Map(x => Math.Min(Math.Max(x, 0), 6));
}

/// <summary>x where x ≥ 0, slope[c] · x below.</summary>
public static class PReLU
{
    public static Tensor Apply(Tensor input, double[] slope) =>
        BatchNorm.PerChannel(input, (c, x) => x >= 0 ? x : slope[c] * x);
}
