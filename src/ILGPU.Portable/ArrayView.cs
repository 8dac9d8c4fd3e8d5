using System.Runtime.CompilerServices;
using ILGPU.Checked;
using ILGPU.Runtime;

namespace ILGPU;

/// <summary>A range of device memory.</summary>
public interface IArrayView
{
    MemoryBuffer Buffer { get; }

    bool IsValid { get; }

    long Length { get; }

    int ElementSize { get; }

    long LengthInBytes { get; }
}

/// <summary>A range of device memory without gaps.</summary>
public interface IContiguousArrayView : IArrayView
{
    /// <summary>The first element's place in the buffer, in elements.</summary>
    long Index { get; }

    /// <summary>The first element's place in the buffer, in bytes.</summary>
    long IndexInBytes { get; }
}

/// <summary>
/// Elements of <typeparamref name="T"/>, side by side in global or shared memory. Only kernels index it.
/// </summary>
/// <remarks>ILGPU's indexers return references; these see whether an element is read or written.</remarks>
public readonly unsafe struct ArrayView<T> : IContiguousArrayView, IKernelView where T : unmanaged
{
    public static readonly int ElementSize = sizeof(T);
    public static readonly ArrayView<T> Empty;

    // Three fields and no more: the JIT keeps structs of up to four in registers.
    internal readonly ViewBinding? Binding;
    internal readonly long Offset;
    private readonly long length;

    public ArrayView(MemoryBuffer source, long index, long length)
        : this(source.Memory.HostBinding, index * sizeof(T), length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((index + length) * sizeof(T), source.LengthInBytes, nameof(length));
    }

    internal ArrayView(ViewBinding? binding, long offset, long length)
    {
        Binding = binding;
        Offset = offset;
        this.length = length;
    }

    public bool IsValid => Binding is not null && length > 0;

    public LongIndex1D Extent => length;

    public Stride1D.Dense Stride => default;

    public Index1D IntExtent => IntLength;

    public long Length => length;

    public int IntLength => checked((int)length);

    public long LengthInBytes => length * sizeof(T);

    MemoryBuffer IArrayView.Buffer =>
        Binding?.Memory?.Buffer ?? throw new InvalidOperationException("An empty view has no buffer.");

    int IArrayView.ElementSize => sizeof(T);

    long IContiguousArrayView.Index => Offset / sizeof(T);

    long IContiguousArrayView.IndexInBytes => Offset;

    public T this[Index1D index]
    {
        get => Read(index.X);
        set => Write(index.X, value);
    }

    public T this[LongIndex1D index]
    {
        get => Read(index.X);
        set => Write(index.X, value);
    }

    public T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Read(index);
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => Write(index, value);
    }

    public T this[long index]
    {
        get => Read(index);
        set => Write(index, value);
    }

    /// <summary>The same memory as elements of another size; what does not fill an element at the end is left out.</summary>
    public ArrayView<TOther> Cast<TOther>() where TOther : unmanaged
    {
        var cast = new ArrayView<TOther>(Binding, Offset, LengthInBytes / sizeof(TOther));
        if (Binding?.Group is { } group) group.CheckCast(this, cast);
        return cast;
    }

    public ArrayView<T> SubView(long index) => SubView(index, length - index);

    public ArrayView<T> SubView(int index, int subViewLength) => SubView((long)index, subViewLength);

    public ArrayView<T> SubView(long index, long subViewLength)
    {
        if (index < 0 || subViewLength < 0 || index > length - subViewLength)
            Faults.SubView(this, index, subViewLength);
        return new ArrayView<T>(Binding, Offset + index * sizeof(T), subViewLength);
    }

    public override string ToString() => $"{(Binding is null ? 0 : Offset / sizeof(T))} [{length}]";

    public static implicit operator ArrayView1D<T, Stride1D.Dense>(ArrayView<T> view) => new(view, view.length, default);

    public static implicit operator ArrayView<T>(ArrayView1D<T, Stride1D.Dense> view) => view.BaseView;

    ViewBinding? IKernelView.Binding => Binding;

    long IKernelView.Offset => Offset;

    object IKernelView.Bind(ViewBinding binding) => new ArrayView<T>(binding, Offset, length);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private T Read(long index)
    {
        var binding = Binding;
        if ((ulong)index >= (ulong)length || binding!.Group is not { } group)
        {
            Faults.Access(this, index, write: false);
            return default;
        }
        long at = Offset + index * sizeof(T);
        ulong* cell = binding.Shadow + (at >> 2);
        for (int word = 0; word < sizeof(T) / 4; word++)
        {
            ulong seen = cell[word];
            if (seen != group.ReadByMe && seen != group.ReadByMany) group.Read(binding, at + 4 * word);
        }
        return *(T*)(binding.Address + at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Write(long index, T value)
    {
        var binding = Binding;
        if ((ulong)index >= (ulong)length || binding!.Group is not { } group)
        {
            Faults.Access(this, index, write: true);
            return;
        }
        long at = Offset + index * sizeof(T);
        ulong* cell = binding.Shadow + (at >> 2);
        for (int word = 0; word < sizeof(T) / 4; word++)
            if (cell[word] != group.WrittenByMe) group.Write(binding, at + 4 * word);
        *(T*)(binding.Address + at) = value;
    }
}
