namespace ILGPU;

/// <summary>Makes ILGPU.Algorithms known to a context.</summary>
public static class AlgorithmContext
{
    /// <summary>XMath needs no preparation here.</summary>
    public static Context.Builder EnableAlgorithms(this Context.Builder builder) => builder;
}
