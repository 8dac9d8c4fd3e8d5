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
    public readonly PlanePool.Slab Slab;
    public readonly int First;

    public SimdTensor(string name, int channels, PlanePool pool, PlanePool.Slab slab, int first)
        : base(name, channels, pool.Height, pool.Width, pool.Reach)
    {
        _pool = pool;
        Slab = slab;
        First = first;
        Origin = slab.Memory + (first * pool.Plane) + pool.OriginOffset;
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

    private readonly List<Slab> _slabs = [];

    public PlanePool(int height, int width, int reach)
    {
        (Height, Width, Reach) = (height, width, reach);
        Stride = width + reach;
        OriginOffset = (reach * Stride) + reach;
        long floats = ((height + (2L * reach)) * Stride) + (2 * reach) + Slack;

        // An odd number of cache lines from plane to plane: an even one puts the same pixel of many planes into one cache set.
        long lines = ((floats + 15) / 16) | 1;
        Plane = checked((nint)(lines * 16));
        Slab mask = Allocate(1);
        Mask = mask.Memory + OriginOffset;
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
                    int first = i + 1 - count;
                    Array.Fill(slab.Used, true, first, count);
                    return (slab, first);
                }
            }
        }

        Slab added = Allocate(count);
        Array.Fill(added.Used, true);
        _slabs.Add(added);
        return (added, 0);
    }

    public static void Return(SimdTensor tensor) => Array.Fill(tensor.Slab.Used, false, tensor.First, tensor.Channels);

    private readonly List<Slab> _all = [];

    private Slab Allocate(int planes)
    {
        nuint bytes = checked((nuint)planes * (nuint)Plane * sizeof(float));
        float* memory;
        try
        {
            memory = (float*)NativeMemory.AlignedAlloc(bytes, 64);
        }
        catch (OutOfMemoryException)
        {
            throw new EmdcException($"A frame of this size needs another {bytes >> 20} MiB for its {Height}×{Width} planes, which the machine does not have.");
        }

        NativeMemory.Clear(memory, bytes);
        var slab = new Slab(memory, new bool[planes]);
        _all.Add(slab);
        return slab;
    }

    public void Dispose()
    {
        foreach (Slab slab in _all)
        {
            NativeMemory.AlignedFree(slab.Memory);
        }

        _all.Clear();
        _slabs.Clear();
    }

    /// <summary>One allocation, and which of its planes are taken.</summary>
    public sealed class Slab(float* memory, bool[] used)
    {
        public float* Memory { get; } = memory;

        public bool[] Used { get; } = used;
    }
}
