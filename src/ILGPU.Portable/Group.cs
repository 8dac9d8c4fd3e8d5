using ILGPU.Checked;

namespace ILGPU;

/// <summary>The group of the running thread.</summary>
public static class Group
{
    public static int IdxX => GroupContext.Current.ThreadIndex.X;

    public static int IdxY => GroupContext.Current.ThreadIndex.Y;

    public static int IdxZ => GroupContext.Current.ThreadIndex.Z;

    public static Index3D Index => GroupContext.Current.ThreadIndex;

    public static int DimX => GroupContext.Current.GroupDim.X;

    public static int DimY => GroupContext.Current.GroupDim.Y;

    public static int DimZ => GroupContext.Current.GroupDim.Z;

    public static Index3D Dimension => GroupContext.Current.GroupDim;

    /// <summary>The number of the thread in its group, X fastest.</summary>
    public static int LinearIndex => GroupContext.Current.Thread;

    public static bool IsFirstThread => LinearIndex == 0;

    public static bool IsLastThread => LinearIndex == Dimension.Size - 1;

    /// <summary>Waits for every thread of the group; what was written before is seen after.</summary>
    public static void Barrier() => GroupContext.MisplacedBarrier();
}
