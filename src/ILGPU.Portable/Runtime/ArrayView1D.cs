using ILGPU.Checked;

namespace ILGPU.Runtime;

/// <summary>A view with the extent and the stride of one dimension.</summary>
public readonly struct ArrayView1D<T, TStride> : IArrayView, IKernelView
    where T : unmanaged
    where TStride : struct, IStride1D
{
    public static readonly int ElementSize = ArrayView<T>.ElementSize;
    public static readonly ArrayView1D<T, TStride> Empty;

    public ArrayView1D(ArrayView<T> baseView, LongIndex1D extent, TStride stride)
    {
        BaseView = baseView;
        Extent = extent;
        Stride = stride;
    }

    public ArrayView<T> BaseView { get; }

    public LongIndex1D Extent { get; }

    public Index1D IntExtent => Extent.ToIntIndex();

    public TStride Stride { get; }

    public bool IsValid => BaseView.IsValid;

    public long Length => Extent.X;

    public int IntLength => IntExtent.X;

    public long LengthInBytes => Length * ElementSize;

    MemoryBuffer IArrayView.Buffer => ((IArrayView)BaseView).Buffer;

    int IArrayView.ElementSize => ElementSize;

    ViewBinding? IKernelView.Binding => BaseView.Binding;

    long IKernelView.Offset => BaseView.Offset;

    object IKernelView.Bind(ViewBinding binding) =>
        new ArrayView1D<T, TStride>(new ArrayView<T>(binding, BaseView.Offset, BaseView.Length), Extent, Stride);

    public T this[Index1D index]
    {
        get => BaseView[(long)index.X * Stride.XStride];
        set
        {
            var view = BaseView;
            view[(long)index.X * Stride.XStride] = value;
        }
    }

    public T this[LongIndex1D index]
    {
        get => BaseView[index.X * Stride.XStride];
        set
        {
            var view = BaseView;
            view[index.X * Stride.XStride] = value;
        }
    }

    public ArrayView<T> AsContiguous() => BaseView;

    public ArrayView1D<T, TStride> SubView(Index1D index, Index1D extent) =>
        SubView((LongIndex1D)index, (LongIndex1D)extent);

    public ArrayView1D<T, TStride> SubView(LongIndex1D index, LongIndex1D extent) =>
        new(BaseView.SubView(index.X * Stride.XStride, extent.X * Stride.XStride), extent, Stride);

    public override string ToString() => BaseView.ToString();
}
