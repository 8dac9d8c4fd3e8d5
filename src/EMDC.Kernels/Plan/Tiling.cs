namespace EMDC.Kernels;

/// <summary>How large groups are on a device, and how many of them it wants.</summary>
/// <param name="ConvThreads">Threads of a group of the dense 3×3 convolution and of kernels over a run of units, a power of 2.</param>
/// <param name="PointwiseThreads">Threads of a group of the other kernels, a power of 2.</param>
/// <param name="PropagationSide">Threads along each side of a tile of the propagation.</param>
/// <param name="Groups">Groups that a launch should have; below it, tiles shrink and more threads share the input channels.</param>
internal sealed record Tiling(int ConvThreads, int PointwiseThreads, int PropagationSide, int Groups)
{
    /// <summary>
    /// Most threads of a group of a kernel whose threads share nothing of their own: 255 registers a thread, more than a compiler
    /// ever takes, then fit into the 65536 of a multiprocessor.
    /// </summary>
    public const int MaxStrip = 256;

    /// <summary>Units of shared memory that the kernels are written for: the sums of 256 threads, 32 KiB.</summary>
    public const int MostSharedUnits = 8 * SplitSum.MaxThreads;

    /// <summary>Units of shared memory with which all kernels run, 24 KiB: some GPUs have no more, and others that have 32 KiB keep some of it for themselves.</summary>
    public const int FewSharedUnits = 1536;

    /// <summary>
    /// The propagation's tile where threads are loops on a CPU. What a thread keeps over a barrier lies in arrays as long as the
    /// group; of 32² threads they are a multiple of 4096 bytes apart and fall into the same lines of the cache.
    /// </summary>
    private const int DirectSide = 31;

    /// <summary>Tiles that were searched for; where there is none that can be launched, the kernels' own rules choose.</summary>
    public IReadOnlyDictionary<TileKey, Tile>? Tuned { get; init; }

    /// <summary>Most threads that the device takes in a group.</summary>
    public int MaxThreads { get; init; } = Propagation.MaxThreads;

    /// <summary>Units of shared memory of a group.</summary>
    public int SharedUnits { get; init; } = MostSharedUnits;

    /// <summary>Whether dense 3×3 convolutions read straight from memory, because shared memory is no faster.</summary>
    public bool Direct { get; init; }

    /// <summary>Whether threads compute several times a kernel's usual results wherever the kernel can, instead of only where a search found so.</summary>
    public bool Wide { get; init; }

    /// <summary>Whether a group may hold a whole picture between two convolutions, where it fits (<see cref="ExpandDepthwise"/>).</summary>
    public bool HoldsPictures { get; init; } = true;

    /// <summary>
    /// On GPUs groups of several warps, two for each multiprocessor. On a simulator a thread costs time and hides no latency, so groups
    /// are as small as they can be. Where shared memory is ordinary memory, groups are small and have no splits.
    /// </summary>
    public static Tiling For(DeviceTraits device) => (device.IsSimulator ? Simulator
        : device.HasSharedMemory ? Gpu with { Groups = 2 * device.Multiprocessors }
        : new Tiling(64, 16, DirectSide, 2 * device.Multiprocessors) { Direct = true }).Limit(device.MaxThreads);

    /// <summary>For simulators.</summary>
    public static Tiling Simulator { get; } = new(8, 8, 16, 1);

    /// <summary>What an NVIDIA GPU of about a hundred multiprocessors gets.</summary>
    public static Tiling Gpu { get; } = new(Conv3x3.MaxThreads, Pointwise.MaxThreads, Propagation.MaxSide, 200);

    /// <summary>The same with groups of at most so many threads.</summary>
    public Tiling Limit(int threads) => threads >= MaxThreads ? this : this with
    {
        MaxThreads = threads,
        ConvThreads = Math.Min(ConvThreads, PowerOf2(threads + 1) / 2),
        PointwiseThreads = Math.Min(PointwiseThreads, PowerOf2(threads + 1) / 2),
        PropagationSide = Math.Min(PropagationSide, (int)Math.Sqrt(threads) / 4 * 4),
    };

    /// <summary>The same with so many units of shared memory, and groups whose sums fit into them.</summary>
    public Tiling Share(int units) => units >= SharedUnits ? this : this with
    {
        SharedUnits = units,
        PointwiseThreads = Math.Min(PointwiseThreads, PowerOf2(units / 8 + 1) / 2),
    };

    /// <summary>The smallest power of 2 that is not below <paramref name="value"/>.</summary>
    public static int PowerOf2(int value) => (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)value);

    public static int Ceiling(int value, int by) => (value + by - 1) / by;

    /// <summary>Chunks of at most <paramref name="most"/> channels, about equally large, each a multiple of the splits if it can be.</summary>
    public static int EvenChunk(int channels, int most, int splits)
    {
        int even = Ceiling(channels, Ceiling(channels, most));
        int rounded = Ceiling(even, splits) * splits;
        return rounded <= most ? rounded : even;
    }
}
