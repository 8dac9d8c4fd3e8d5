using EMDC.Operators;
using ILGPU;
using ILGPU.Runtime;
using Slab = EMDC.Operators.PlaneSearch<ILGPU.Runtime.MemoryBuffer1D<EMDC.Kernels.Float4, ILGPU.Stride1D.Dense>>.Slab;

namespace EMDC.Kernels;

/// <summary>Planes on a device, as <see cref="Kernels.Layout"/> describes them.</summary>
internal sealed class IlgpuTensor : Tensor
{
    public IlgpuTensor(string name, int channels, PlanePool pool, Slab slab, int first)
        : base(name, channels, pool.Height, pool.Width, pool.Reach)
    {
        (Pool, Slab, First) = (pool, slab, first);
        View = slab.Memory.AsContiguous().SubView((long)first * pool.Layout.Plane, (long)channels * pool.Layout.Plane);
    }

    public PlanePool Pool { get; }

    public Slab Slab { get; }

    /// <summary>Index of the first plane in the slab.</summary>
    public int First { get; }

    /// <summary>This tensor's planes, borders included, and nothing else.</summary>
    public ArrayView<Float4> View { get; }

    /// <summary>The same, pixel by pixel.</summary>
    public ArrayView<float> Pixels => View.Cast<float>();

    public Layout Layout => Pool.Layout;

    /// <summary>Units in a row of the image.</summary>
    public int Across => Tiling.Ceiling(Width, 4);

    public override Tensor Slice(int first, int count)
    {
        if (first < 0 || count < 1 || first + count > Channels)
        {
            throw new EmdcException($"{Name}: channels {first} to {first + count - 1} were asked for, but it has {Channels}.");
        }

        return new IlgpuTensor($"{Name}[{first}..{first + count - 1}]", count, Pool, Slab, First + first);
    }
}

/// <summary>
/// The planes of one height, width and reach. Memory that a tensor gives back serves a later one of the same shape, whose
/// border zeros therefore stand where they stood: no kernel ever clears a border.
/// </summary>
internal sealed class PlanePool : IDisposable
{
    /// <summary>The unit of zeros between rows holds this many columns.</summary>
    public const int MaxReach = 4;

    private readonly DeviceCalls _device;
    private readonly PlaneSearch<MemoryBuffer1D<Float4, Stride1D.Dense>> _planes;

    public PlanePool(DeviceCalls device, int height, int width, int reach)
    {
        if (reach is < 1 or > MaxReach)
        {
            throw new EmdcException($"A tensor of {height}×{width} pixels has a reach of {reach}, but 1 to {MaxReach} are defined.");
        }

        (_device, _planes) = (device, new PlaneSearch<MemoryBuffer1D<Float4, Stride1D.Dense>>(Allocate));
        (Height, Width, Reach) = (height, width, reach);
        int row = Tiling.Ceiling(width, 4) + 1;

        // A unit more for the right border of the last row; planes start at multiples of 128 bytes.
        int plane = Tiling.Ceiling((height + 2 * reach) * row + 1, 8) * 8;
        Layout = new Layout(reach * row + 1, row, plane);
    }

    public int Height { get; }

    public int Width { get; }

    public int Reach { get; }

    public Layout Layout { get; }

    /// <summary>The layout in pixels.</summary>
    public Layout PixelLayout => new(4 * Layout.Origin, 4 * Layout.Row, 4 * Layout.Plane);

    /// <summary>Consecutive free planes for a tensor of zeros.</summary>
    public (Slab Slab, int First) Take(int count) => _planes.Take(count);

    public static void Return(IlgpuTensor tensor) => tensor.Slab.Return(tensor.First, tensor.Channels);

    public void Dispose()
    {
        foreach (MemoryBuffer1D<Float4, Stride1D.Dense> memory in _planes.Allocated)
        {
            memory.Dispose();
        }

        _planes.Clear();
    }

    private MemoryBuffer1D<Float4, Stride1D.Dense> Allocate(int count)
    {
        if (4L * count * Layout.Plane > int.MaxValue)
        {
            throw new EmdcException($"A tensor of {count}×{Height}×{Width} is too large for the kernels, which address 2^31 values.");
        }

        MemoryBuffer1D<Float4, Stride1D.Dense> memory =
            _device.Allocate<Float4>((long)count * Layout.Plane, $"{count} planes of {Height}×{Width}");
        _device.Do("the clearing of memory", () => memory.View.MemSetToZero());
        return memory;
    }
}
