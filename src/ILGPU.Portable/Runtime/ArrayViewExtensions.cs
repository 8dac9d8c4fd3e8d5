namespace ILGPU.Runtime;

/// <summary>Copies between host and device, and views of one kind as another.</summary>
/// <remarks>
/// As in ILGPU a host array must have the length of the view it is copied from or to; spans, page-locked arrays and
/// other views may be shorter, and then only that much is copied.
/// </remarks>
public static unsafe class ArrayViewExtensions
{
    public static MemoryBuffer1D<T, Stride1D.Dense> Allocate1D<T>(this Accelerator accelerator, T[] data) where T : unmanaged =>
        accelerator.Allocate1D(accelerator.DefaultStream, data);

    public static MemoryBuffer1D<T, Stride1D.Dense> Allocate1D<T>(
        this Accelerator accelerator, AcceleratorStream stream, T[] data) where T : unmanaged
    {
        var buffer = accelerator.Allocate1D<T>(data.Length);
        buffer.CopyFromCPU(stream, data);
        return buffer;
    }

    public static ArrayView1D<TOther, Stride1D.Dense> Cast<T, TOther>(this ArrayView1D<T, Stride1D.Dense> view)
        where T : unmanaged where TOther : unmanaged => view.BaseView.Cast<TOther>();

    public static Accelerator GetAccelerator<TView>(this TView view) where TView : IArrayView => view.Buffer.Accelerator;

    public static void CopyFromCPU<T>(this ArrayView<T> view, T[] data) where T : unmanaged =>
        view.CopyFromCPU(DefaultStream(view), data);

    public static void CopyFromCPU<T>(this ArrayView<T> view, AcceleratorStream stream, T[] data) where T : unmanaged =>
        FromHost<T>(view, stream, Whole(view, data));

    public static void CopyFromCPU<T>(this ArrayView1D<T, Stride1D.Dense> view, T[] data) where T : unmanaged =>
        view.BaseView.CopyFromCPU(data);

    public static void CopyFromCPU<T>(this ArrayView1D<T, Stride1D.Dense> view, AcceleratorStream stream, T[] data)
        where T : unmanaged => FromHost<T>(view, stream, Whole(view, data));

    public static void CopyFromCPU<T>(
        this ArrayView1D<T, Stride1D.Dense> target, AcceleratorStream stream, in ReadOnlySpan<T> span) where T : unmanaged =>
        FromHost(target, stream, span);

    public static void CopyFromCPU<T>(this MemoryBuffer<ArrayView1D<T, Stride1D.Dense>> buffer, T[] data)
        where T : unmanaged => buffer.View.CopyFromCPU(data);

    public static void CopyFromCPU<T>(
        this MemoryBuffer<ArrayView1D<T, Stride1D.Dense>> buffer, AcceleratorStream stream, T[] data) where T : unmanaged =>
        buffer.View.CopyFromCPU(stream, data);

    public static void CopyToCPU<T>(this ArrayView<T> view, T[] data) where T : unmanaged =>
        view.CopyToCPU(DefaultStream(view), data);

    public static void CopyToCPU<T>(this ArrayView<T> view, AcceleratorStream stream, T[] data) where T : unmanaged =>
        ToHost<T>(view, stream, Whole(view, data));

    public static void CopyToCPU<T>(this ArrayView1D<T, Stride1D.Dense> view, T[] data) where T : unmanaged =>
        view.BaseView.CopyToCPU(data);

    public static void CopyToCPU<T>(this ArrayView1D<T, Stride1D.Dense> view, AcceleratorStream stream, T[] data)
        where T : unmanaged => ToHost<T>(view, stream, Whole(view, data));

    public static void CopyToCPU<T>(
        this ArrayView1D<T, Stride1D.Dense> source, AcceleratorStream stream, in Span<T> span) where T : unmanaged =>
        ToHost(source, stream, span);

    public static void CopyToCPU<T>(this MemoryBuffer<ArrayView1D<T, Stride1D.Dense>> buffer, T[] data)
        where T : unmanaged => buffer.View.CopyToCPU(data);

    public static void CopyToCPU<T>(
        this MemoryBuffer<ArrayView1D<T, Stride1D.Dense>> buffer, AcceleratorStream stream, T[] data) where T : unmanaged =>
        buffer.View.CopyToCPU(stream, data);

    public static T[] GetAsArray1D<T>(this ArrayView1D<T, Stride1D.Dense> view) where T : unmanaged
    {
        var data = new T[view.Length];
        if (data.Length > 0) view.CopyToCPU(data);
        return data;
    }

    public static T[] GetAsArray1D<T>(this MemoryBuffer<ArrayView1D<T, Stride1D.Dense>> buffer) where T : unmanaged =>
        buffer.View.GetAsArray1D();

    public static void CopyFromPageLockedAsync<T>(
        this ArrayView1D<T, Stride1D.Dense> target, PageLockedArray1D<T> pageLockedArray) where T : unmanaged =>
        target.CopyFromPageLockedAsync(DefaultStream(target.BaseView), pageLockedArray);

    public static void CopyFromPageLockedAsync<T>(
        this ArrayView1D<T, Stride1D.Dense> target, AcceleratorStream stream, PageLockedArray1D<T> pageLockedArray)
        where T : unmanaged => FromHost<T>(target, stream, pageLockedArray.Span, wait: false);

    public static void CopyToPageLockedAsync<T>(
        this ArrayView1D<T, Stride1D.Dense> source, PageLockedArray1D<T> pageLockedArray) where T : unmanaged =>
        source.CopyToPageLockedAsync(DefaultStream(source.BaseView), pageLockedArray);

    public static void CopyToPageLockedAsync<T>(
        this ArrayView1D<T, Stride1D.Dense> source, AcceleratorStream stream, PageLockedArray1D<T> pageLockedArray)
        where T : unmanaged => ToHost(source, stream, pageLockedArray.Span, wait: false);

    public static void CopyTo<T>(
        this ArrayView1D<T, Stride1D.Dense> source, ArrayView1D<T, Stride1D.Dense> target) where T : unmanaged =>
        source.CopyTo(DefaultStream(source.BaseView), target);

    public static void CopyTo<T>(
        this ArrayView1D<T, Stride1D.Dense> source, AcceleratorStream stream, in ArrayView1D<T, Stride1D.Dense> target)
        where T : unmanaged => target.CopyFrom(stream, source);

    public static void CopyFrom<T>(
        this ArrayView1D<T, Stride1D.Dense> target, in ArrayView1D<T, Stride1D.Dense> source) where T : unmanaged =>
        target.CopyFrom(DefaultStream(target.BaseView), source);

    public static void CopyFrom<T>(
        this ArrayView1D<T, Stride1D.Dense> target, AcceleratorStream stream, in ArrayView1D<T, Stride1D.Dense> source)
        where T : unmanaged
    {
        CheckLength(target.BaseView, source.Length, nameof(source));
        var (memory, from) = (Memory(target.BaseView), Memory(source.BaseView));
        memory.CopyFrom(stream, from, source.BaseView.Offset, target.BaseView.Offset, source.LengthInBytes);
    }

    public static void MemSetToZero<T>(this ArrayView1D<T, Stride1D.Dense> view) where T : unmanaged =>
        view.MemSetToZero(DefaultStream(view.BaseView));

    public static void MemSetToZero<T>(this ArrayView1D<T, Stride1D.Dense> view, AcceleratorStream stream) where T : unmanaged =>
        view.MemSet(stream, 0);

    public static void MemSet<T>(this ArrayView1D<T, Stride1D.Dense> view, byte value) where T : unmanaged =>
        view.MemSet(DefaultStream(view.BaseView), value);

    public static void MemSet<T>(this ArrayView1D<T, Stride1D.Dense> view, AcceleratorStream stream, byte value)
        where T : unmanaged => Memory(view.BaseView).Fill(stream, value, view.BaseView.Offset, view.LengthInBytes);

    // What the garbage collector moves is copied before the call returns.
    private static void FromHost<T>(ArrayView<T> view, AcceleratorStream stream, ReadOnlySpan<T> data, bool wait = true)
        where T : unmanaged
    {
        CheckLength(view, data.Length, nameof(data));
        fixed (T* source = data) Memory(view).CopyFromHost(stream, source, view.Offset, (long)data.Length * sizeof(T), wait);
    }

    private static void ToHost<T>(ArrayView<T> view, AcceleratorStream stream, Span<T> data, bool wait = true) where T : unmanaged
    {
        CheckLength(view, data.Length, nameof(data));
        fixed (T* target = data) Memory(view).CopyToHost(stream, target, view.Offset, (long)data.Length * sizeof(T), wait);
    }

    private static T[] Whole<T>(ArrayView<T> view, T[] data) where T : unmanaged =>
        data.Length == view.Length
            ? data
            : throw new ArgumentOutOfRangeException(nameof(data), $"An array of {data.Length} is not a view of {view.Length}.");

    private static void CheckLength<T>(ArrayView<T> view, long length, string name) where T : unmanaged
    {
        if (length > view.Length)
            throw new ArgumentOutOfRangeException(name, $"{length} elements do not fit a view of {view.Length}.");
    }

    private static AcceleratorStream DefaultStream<T>(ArrayView<T> view) where T : unmanaged =>
        Memory(view).Buffer!.Accelerator.DefaultStream;

    private static DeviceMemory Memory<T>(ArrayView<T> view) where T : unmanaged
    {
        var memory = view.Binding?.Memory ?? throw new InvalidOperationException("An empty view has nothing to copy.");
        ObjectDisposedException.ThrowIf(memory.Buffer!.IsDisposed, memory.Buffer);
        return memory;
    }
}
