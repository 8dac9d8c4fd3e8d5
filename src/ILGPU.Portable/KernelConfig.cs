namespace ILGPU;

/// <summary>The launch geometry of an explicitly grouped kernel: groups in the grid, threads in a group.</summary>
public readonly struct KernelConfig
{
    public KernelConfig(Index1D gridDim, Index1D groupDim)
        : this(new Index3D(gridDim.X, 1, 1), new Index3D(groupDim.X, 1, 1)) { }

    public KernelConfig(Index2D gridDim, Index2D groupDim)
        : this(new Index3D(gridDim, 1), new Index3D(groupDim, 1)) { }

    public KernelConfig(Index3D gridDim, Index3D groupDim)
    {
        GridDim = gridDim;
        GroupDim = groupDim;
    }

    public KernelConfig(int gridDimX, int gridDimY, int gridDimZ, int groupDimX, int groupDimY, int groupDimZ)
        : this(new Index3D(gridDimX, gridDimY, gridDimZ), new Index3D(groupDimX, groupDimY, groupDimZ)) { }

    public Index3D GridDim { get; }

    public Index3D GroupDim { get; }

    public bool IsValid =>
        GridDim.X > 0 && GridDim.Y > 0 && GridDim.Z > 0 && GroupDim.X > 0 && GroupDim.Y > 0 && GroupDim.Z > 0;

    /// <summary>The number of threads of the whole launch.</summary>
    public long Size => GridDim.LongSize * GroupDim.LongSize;

    public void Deconstruct(out Index3D gridDim, out Index3D groupDim) => (gridDim, groupDim) = (GridDim, GroupDim);

    public static implicit operator KernelConfig((Index1D, Index1D) dimensions) => new(dimensions.Item1, dimensions.Item2);

    public static implicit operator KernelConfig((Index2D, Index2D) dimensions) => new(dimensions.Item1, dimensions.Item2);

    public static implicit operator KernelConfig((Index3D, Index1D) dimensions) =>
        new(dimensions.Item1, new Index3D(dimensions.Item2.X, 1, 1));

    public static implicit operator KernelConfig((Index3D, Index2D) dimensions) =>
        new(dimensions.Item1, new Index3D(dimensions.Item2, 1));

    public static implicit operator KernelConfig((Index3D, Index3D) dimensions) => new(dimensions.Item1, dimensions.Item2);
}
