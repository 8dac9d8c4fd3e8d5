namespace ILGPU;

/// <summary>How the elements of a one-dimensional view lie in memory.</summary>
public interface IStride1D
{
    /// <summary>The distance of neighbours, in elements.</summary>
    int XStride { get; }
}

/// <summary>The strides of one-dimensional views.</summary>
public static class Stride1D
{
    /// <summary>Neighbours lie side by side.</summary>
    public readonly struct Dense : IStride1D
    {
        public int XStride => 1;

        public override string ToString() => "<dense>";
    }
}
