namespace EMDC.Tests.Reference;

/// <summary>Depth in metres → depth / (largest + 1e-4). The outputs are multiplied back by the largest depth alone.</summary>
public static class DepthNormalization
{
    public const double Epsilon = 1e-4;

    public static Tensor Apply(Tensor depth, double epsilon = Epsilon)
    {
        double largest = Largest(depth);
        return depth.Map(d => d / (largest + epsilon));
    }

    public static double Largest(Tensor depth) => depth.Values.Max();
}
