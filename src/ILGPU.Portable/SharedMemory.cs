using ILGPU.Checked;
using ILGPU.Runtime;

namespace ILGPU;

/// <summary>Memory that the threads of one group share.</summary>
public static class SharedMemory
{
    /// <summary>The group's array of <paramref name="extent"/> elements for this call, its contents undefined.</summary>
    public static ArrayView<T> Allocate<T>(int extent) where T : unmanaged => GroupContext.Current.AllocateShared<T>(extent);

    /// <inheritdoc cref="Allocate{T}(int)"/>
    public static ArrayView1D<T, Stride1D.Dense> Allocate1D<T>(Index1D extent) where T : unmanaged => Allocate<T>(extent.X);
}
