namespace ILGPU;

/// <summary>What the indices of every dimension have in common.</summary>
public interface IIndex
{
    /// <summary>The product of the components.</summary>
    long Size { get; }
}
