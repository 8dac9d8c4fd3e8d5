namespace ILGPU.Runtime;

/// <summary>Host memory that is never moved, so that copies can run beside the program.</summary>
public sealed unsafe class PageLockedArray1D<T> : IDisposable where T : unmanaged
{
    private readonly PageLockedMemory memory;
    private readonly int length;

    internal PageLockedArray1D(Accelerator accelerator, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        this.length = checked((int)length);
        memory = accelerator.AllocatePageLocked(length * sizeof(T));
        Span.Clear();
    }

    public LongIndex1D Extent => length;

    public long Length => length;

    public Span<T> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            return new(memory.Address, length);
        }
    }

    public bool IsDisposed { get; private set; }

    public ref T this[int index] => ref Span[index];

    public ref T this[long index] => ref Span[checked((int)index)];

    /// <summary>A copy of the contents.</summary>
    public T[] GetArray() => Span.ToArray();

    public void Dispose()
    {
        if (IsDisposed) return;
        IsDisposed = true;
        memory.Free();
    }
}

/// <summary>Allocates page-locked arrays.</summary>
public static class PageLockedArrayExtensions
{
    public static PageLockedArray1D<T> AllocatePageLocked1D<T>(this Accelerator accelerator, LongIndex1D extent)
        where T : unmanaged => new(accelerator, extent.X);

    public static PageLockedArray1D<T> AllocatePageLocked1D<T>(
        this Accelerator accelerator, LongIndex1D extent, bool uninitialized) where T : unmanaged => new(accelerator, extent.X);
}
