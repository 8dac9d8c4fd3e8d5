namespace ILGPU.Runtime;

/// <summary>Memory on an accelerator.</summary>
public abstract class MemoryBuffer : AcceleratorObject
{
    internal MemoryBuffer(Accelerator accelerator, DeviceMemory memory, long length, int elementSize) : base(accelerator)
    {
        Memory = memory;
        Length = length;
        ElementSize = elementSize;
        memory.Buffer = this;
    }

    /// <summary>In elements.</summary>
    public long Length { get; }

    public int ElementSize { get; }

    public long LengthInBytes => Length * ElementSize;

    internal DeviceMemory Memory { get; }

    internal override void Release() => Memory.Free();
}

/// <summary>Memory on an accelerator, seen through a view.</summary>
public class MemoryBuffer<TView> : MemoryBuffer where TView : struct, IArrayView
{
    internal MemoryBuffer(Accelerator accelerator, DeviceMemory memory, long length, int elementSize)
        : base(accelerator, memory, length, elementSize) { }

    public TView View { get; private protected init; }

    public bool IsValid => View.IsValid;

    public TView ToArrayView() => View;

    public static implicit operator TView(MemoryBuffer<TView> buffer) => buffer.View;
}

/// <summary>Memory on an accelerator for elements of <typeparamref name="T"/>.</summary>
public class MemoryBuffer1D<T, TStride> : MemoryBuffer<ArrayView1D<T, TStride>>
    where T : unmanaged
    where TStride : struct, IStride1D
{
    internal MemoryBuffer1D(Accelerator accelerator, DeviceMemory memory, long length, TStride stride)
        : base(accelerator, memory, length, ArrayView<T>.ElementSize) =>
        View = new ArrayView1D<T, TStride>(new ArrayView<T>(this, 0, length), length, stride);

    public LongIndex1D Extent => View.Extent;

    public Index1D IntExtent => View.IntExtent;

    public ArrayView<T> AsContiguous() => View.BaseView;
}
