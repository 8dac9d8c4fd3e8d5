using EMDC.Operators;
using Slab = EMDC.Operators.PlaneSearch<EMDC.Kernels.Memory>.Slab;

namespace EMDC.Kernels;

/// <summary>Planes on a device, as <see cref="Kernels.Layout"/> describes them.</summary>
internal sealed class DeviceTensor : Tensor
{
    public DeviceTensor(string name, int channels, DevicePlanes planes, Slab slab, int first)
        : base(name, channels, planes.Height, planes.Width, planes.Reach)
    {
        (Planes, Slab, First) = (planes, slab, first);
        View = Kernels.View.Of<Float4>(slab.Memory, (long)first * planes.Layout.Plane, (long)channels * planes.Layout.Plane);
    }

    public DevicePlanes Planes { get; }

    public Slab Slab { get; }

    /// <summary>Index of the first plane in the slab.</summary>
    public int First { get; }

    /// <summary>This tensor's planes, borders included, and nothing else.</summary>
    public View View { get; }

    /// <summary>The same, pixel by pixel.</summary>
    public View Pixels => View.As<float>();

    public Layout Layout => Planes.Layout;

    /// <summary>Units in a row of the image.</summary>
    public int Across => Tiling.Ceiling(Width, 4);

    public override Tensor Slice(int first, int count)
    {
        if (first < 0 || count < 1 || first + count > Channels)
        {
            throw new EmdcException($"{Name}: channels {first} to {first + count - 1} were asked for, but it has {Channels}.");
        }

        return new DeviceTensor($"{Name}[{first}..{first + count - 1}]", count, Planes, Slab, First + first);
    }
}

/// <summary>
/// The planes of one height, width and reach. Memory that a tensor gives back serves a later one of the same shape, whose
/// border zeros therefore stand where they stood: no kernel ever clears a border.
/// </summary>
internal sealed class DevicePlanes : IDisposable
{
    /// <summary>The unit of zeros between rows holds this many columns.</summary>
    public const int MaxReach = 4;

    private readonly DeviceCalls _device;
    private readonly Queue _queue;
    private readonly PlaneSearch<Memory> _planes;

    public DevicePlanes(DeviceCalls device, Queue queue, int height, int width, int reach)
    {
        if (reach is < 1 or > MaxReach)
        {
            throw new EmdcException($"A tensor of {height}×{width} pixels has a reach of {reach}, but 1 to {MaxReach} are defined.");
        }

        (_device, _queue, _planes) = (device, queue, new PlaneSearch<Memory>(Allocate));
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

    public static void Return(DeviceTensor tensor) => tensor.Slab.Return(tensor.First, tensor.Channels);

    public void Dispose()
    {
        foreach (Memory memory in _planes.Allocated)
        {
            memory.Dispose();
        }

        _planes.Clear();
    }

    private Memory Allocate(int count)
    {
        if (4L * count * Layout.Plane > int.MaxValue)
        {
            throw new EmdcException($"A tensor of {count}×{Height}×{Width} is too large for the kernels, which address 2^31 values.");
        }

        long units = (long)count * Layout.Plane;
        Memory memory = _device.Allocate<Float4>(units, $"{count} planes of {Height}×{Width}");
        _device.Do("the clearing of memory", () => _queue.Clear(View.Of<Float4>(memory, 0, units)));
        return memory;
    }
}
