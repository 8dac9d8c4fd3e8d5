using System.Runtime.InteropServices;
using EMDC.Operators;

namespace EMDC.Simd;

/// <summary>
/// Planes of pixels, one a channel. A plane is a line: rows of Width pixels, each followed by Reach zeros that serve as the
/// right border of one row and the left border of the next; Reach rows of zeros above and below. A stencil's tap is then a
/// constant offset for every pixel. Kernels run along the line, border and all, and mask what they store.
/// </summary>
internal sealed unsafe class SimdTensor : Tensor
{
    private readonly PlanePool _pool;

    /// <summary>Index of the first plane in the pool's slab, for <see cref="PlanePool.Return"/>.</summary>
    public readonly PlaneSearch<nint>.Slab Slab;
    public readonly int First;

    public SimdTensor(string name, int channels, PlanePool pool, PlaneSearch<nint>.Slab slab, int first)
        : base(name, channels, pool.Height, pool.Width, pool.Reach)
    {
        _pool = pool;
        Slab = slab;
        First = first;
        Origin = (float*)slab.Memory + (first * pool.Plane) + pool.OriginOffset;
    }

    /// <summary>Pixel (0, 0) of channel 0.</summary>
    public float* Origin { get; }

    /// <summary>From one channel to the next.</summary>
    public nint Plane => _pool.Plane;

    /// <summary>From one row to the next: Width + Reach.</summary>
    public int Stride => _pool.Stride;

    /// <summary>Length of the line from pixel (0, 0) through the last row's border.</summary>
    public int Line => Height * Stride;

    /// <summary>All ones inside the image and zeros in the border, along the line.</summary>
    public float* Mask => _pool.Mask;

    public PlanePool Pool => _pool;

    public float* Channel(int c) => Origin + (c * Plane);

    public override Tensor Slice(int first, int count)
    {
        if (first < 0 || count < 1 || first + count > Channels)
        {
            throw new EmdcException($"{Name}: channels {first} to {first + count - 1} were asked for, but it has {Channels}.");
        }

        return new SimdTensor($"{Name}[{first}..{first + count - 1}]", count, _pool, Slab, First + first);
    }
}

/// <summary>
/// The planes of one height, width and reach. Memory that a tensor gives back serves a later one of the same shape, whose
/// border zeros therefore stand where they stood: no kernel ever clears a border.
/// </summary>
internal sealed unsafe class PlanePool : IDisposable
{
    // Kernels may load and store this many floats past the end of the line: a vector, twice one for strided loads.
    private const int Slack = 64;

    private readonly PlaneSearch<nint> _planes;
    private readonly float* _maskPlane;

    public PlanePool(int height, int width, int reach)
    {
        (Height, Width, Reach) = (height, width, reach);
        Stride = width + reach;
        OriginOffset = (reach * Stride) + reach;
        long floats = ((height + (2L * reach)) * Stride) + (2 * reach) + Slack;

        // An odd number of cache lines from plane to plane: an even one puts the same pixel of many planes into one cache set.
        long lines = ((floats + 15) / 16) | 1;
        Plane = checked((nint)(lines * 16));
        _planes = new PlaneSearch<nint>(Allocate);
        _maskPlane = (float*)Allocate(1);
        Mask = _maskPlane + OriginOffset;
        for (int i = 0; i < height; i++)
        {
            new Span<uint>(Mask + ((long)i * Stride), width).Fill(uint.MaxValue);
        }
    }

    public int Height { get; }

    public int Width { get; }

    public int Reach { get; }

    public int Stride { get; }

    public nint Plane { get; }

    /// <summary>Pixel (0, 0) in a plane.</summary>
    public int OriginOffset { get; }

    public float* Mask { get; }

    /// <summary>Bytes allocated.</summary>
    public long Bytes { get; private set; }

    /// <summary>Consecutive free planes for a tensor of zeros.</summary>
    public (PlaneSearch<nint>.Slab Slab, int First) Take(int count) => _planes.Take(count);

    public static void Return(SimdTensor tensor) => tensor.Slab.Return(tensor.First, tensor.Channels);

    public void Dispose()
    {
        foreach (nint memory in _planes.Allocated.Append((nint)_maskPlane))
        {
            NativeMemory.AlignedFree((void*)memory);
        }

        _planes.Clear();
    }

    private nint Allocate(int planes)
    {
        nuint bytes = checked((nuint)planes * (nuint)Plane * sizeof(float));
        void* memory = NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(memory, bytes);
        Bytes += (long)bytes;
        return (nint)memory;
    }
}

/// <summary>A pool for each size of planes; all planes of a size have one reach. Disposing of it frees the memory; it can be used again.</summary>
internal sealed class PlanePools : IDisposable
{
    private readonly Dictionary<(int Height, int Width), PlanePool> _pools = [];

    public long Bytes => _pools.Values.Sum(pool => pool.Bytes);

    public SimdTensor Take(string name, int channels, int height, int width, int reach)
    {
        if (!_pools.TryGetValue((height, width), out PlanePool? pool))
        {
            pool = new PlanePool(height, width, reach);
            _pools.Add((height, width), pool);
        }
        else if (pool.Reach != reach)
        {
            throw new EmdcException($"{name} is {channels}×{height}×{width} with a reach of {reach}, but tensors of that size here have {pool.Reach}.");
        }

        var (slab, first) = pool.Take(channels);
        return new SimdTensor(name, channels, pool, slab, first);
    }

    public void Dispose()
    {
        foreach (PlanePool pool in _pools.Values)
        {
            pool.Dispose();
        }

        _pools.Clear();
    }
}
