using EMDC.Operators;
using ILGPU;
using ILGPU.Runtime;

namespace EMDC.Kernels;

/// <summary>Planes on a device, as <see cref="Kernels.Layout"/> describes them.</summary>
internal sealed class IlgpuTensor : Tensor
{
    public IlgpuTensor(string name, int channels, PlanePool pool, PlanePool.Slab slab, int first)
        : base(name, channels, pool.Height, pool.Width, pool.Reach)
    {
        (Pool, Slab, First) = (pool, slab, first);
        View = slab.Memory.AsContiguous().SubView((long)first * pool.Layout.Plane, (long)channels * pool.Layout.Plane);
    }

    public PlanePool Pool { get; }

    public PlanePool.Slab Slab { get; }

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

    private readonly Accelerator _accelerator;
    private readonly List<Slab> _slabs = [];

    public PlanePool(Accelerator accelerator, int height, int width, int reach)
    {
        if (reach is < 1 or > MaxReach)
        {
            throw new EmdcException($"A tensor of {height}×{width} pixels has a reach of {reach}, but 1 to {MaxReach} are defined.");
        }

        _accelerator = accelerator;
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
    public (Slab Slab, int First) Take(int count)
    {
        foreach (Slab slab in _slabs)
        {
            int run = 0;
            for (int i = 0; i < slab.Used.Length; i++)
            {
                run = slab.Used[i] ? 0 : run + 1;
                if (run == count)
                {
                    Array.Fill(slab.Used, true, i + 1 - count, count);
                    return (slab, i + 1 - count);
                }
            }
        }

        if (4L * count * Layout.Plane > int.MaxValue)
        {
            throw new EmdcException($"A tensor of {count}×{Height}×{Width} is too large for the kernels, which address 2^31 values.");
        }

        MemoryBuffer1D<Float4, Stride1D.Dense> memory = _accelerator.Allocate1D<Float4>((long)count * Layout.Plane);
        memory.View.MemSetToZero();
        var added = new Slab(memory, new bool[count]);
        Array.Fill(added.Used, true);
        _slabs.Add(added);
        return (added, 0);
    }

    public static void Return(IlgpuTensor tensor) => Array.Fill(tensor.Slab.Used, false, tensor.First, tensor.Channels);

    public void Dispose()
    {
        foreach (Slab slab in _slabs)
        {
            slab.Memory.Dispose();
        }

        _slabs.Clear();
    }

    /// <summary>One allocation, and which of its planes are taken.</summary>
    public sealed class Slab(MemoryBuffer1D<Float4, Stride1D.Dense> memory, bool[] used)
    {
        public MemoryBuffer1D<Float4, Stride1D.Dense> Memory { get; } = memory;

        public bool[] Used { get; } = used;
    }
}
