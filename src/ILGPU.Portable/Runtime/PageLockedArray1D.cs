namespace ILGPU.Runtime;

/// <summary>Host memory that is never moved, so that copies can run beside the program.</summary>
public sealed class PageLockedArray1D<T> : IDisposable where T : unmanaged
{
    private readonly T[] array;

    internal PageLockedArray1D(long length) => array = GC.AllocateArray<T>(checked((int)length), pinned: true);

    public LongIndex1D Extent => array.Length;

    public long Length => array.Length;

    public Span<T> Span => array;

    public bool IsDisposed { get; private set; }

    public ref T this[int index] => ref array[index];

    public ref T this[long index] => ref array[index];

    /// <summary>A copy of the contents.</summary>
    public T[] GetArray() => [.. array];

    public void Dispose() => IsDisposed = true;
}

/// <summary>Allocates page-locked arrays.</summary>
public static class PageLockedArrayExtensions
{
    public static PageLockedArray1D<T> AllocatePageLocked1D<T>(this Accelerator accelerator, LongIndex1D extent)
        where T : unmanaged => new(extent.X);

    public static PageLockedArray1D<T> AllocatePageLocked1D<T>(
        this Accelerator accelerator, LongIndex1D extent, bool uninitialized) where T : unmanaged => new(extent.X);
}
