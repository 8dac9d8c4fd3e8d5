using ILGPU.Checked;

namespace ILGPU;

/// <summary>The grid of the running thread.</summary>
public static class Grid
{
    public static int IdxX => GroupContext.Current.GroupIndex.X;

    public static int IdxY => GroupContext.Current.GroupIndex.Y;

    public static int IdxZ => GroupContext.Current.GroupIndex.Z;

    public static Index3D Index => GroupContext.Current.GroupIndex;

    public static int DimX => GroupContext.Current.GridDim.X;

    public static int DimY => GroupContext.Current.GridDim.Y;

    public static int DimZ => GroupContext.Current.GridDim.Z;

    public static Index3D Dimension => GroupContext.Current.GridDim;

    /// <summary>Group index × group size + thread index, axis by axis.</summary>
    public static Index3D GlobalIndex => Index * Group.Dimension + Group.Index;
}
