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
    public const int MaxRun = 256;

    /// <summary>Tiles that were searched for; where there is none that can be launched, the rules below choose.</summary>
    public IReadOnlyDictionary<TileKey, Tile>? Tuned { get; init; }

    /// <summary>Most threads that the device takes in a group.</summary>
    public int MaxThreads { get; init; } = Propagation.MaxThreads;

    /// <summary>Whether dense 3×3 convolutions read straight from memory, because shared memory is no faster.</summary>
    public bool Direct { get; init; }

    /// <summary>
    /// On GPUs groups of several warps, two for each multiprocessor. On a simulator a thread costs time and hides
    /// no latency, so groups are as small as they can be. Where shared memory is ordinary memory, groups are small and have no splits.
    /// </summary>
    public static Tiling For(DeviceTraits device) => device.IsSimulator
        ? Simulator
        : !device.HasSharedMemory ? new Tiling(
            Math.Min(64, device.MaxThreads), Math.Min(16, device.MaxThreads), device.MaxThreads >= Propagation.MaxThreads ? DirectSide : 16,
            2 * device.Multiprocessors) { MaxThreads = device.MaxThreads, Direct = true }
        : new Tiling(
            Math.Min(Kernels.Conv3x3.MaxThreads, device.MaxThreads), Math.Min(Kernels.Pointwise.MaxThreads, device.MaxThreads),
            device.MaxThreads >= Propagation.MaxThreads ? Propagation.MaxSide : 16, 2 * device.Multiprocessors) { MaxThreads = device.MaxThreads };

    /// <summary>
    /// The propagation's tile where threads are loops on a CPU. What a thread keeps over a barrier lies in arrays as long as the
    /// group; of 32² threads they are a multiple of 4096 bytes apart and fall into the same lines of the cache.
    /// </summary>
    private const int DirectSide = 31;

    /// <summary>For simulators.</summary>
    public static Tiling Simulator { get; } = new(8, 8, 16, 1);

    /// <summary>What an NVIDIA GPU of about a hundred multiprocessors gets.</summary>
    public static Tiling Gpu { get; } = new(Kernels.Conv3x3.MaxThreads, Kernels.Pointwise.MaxThreads, Propagation.MaxSide, 200);

    /// <summary>The smallest power of 2 that is not below <paramref name="value"/>.</summary>
    public static int PowerOf2(int value) => (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)value);

    /// <summary>The tile of a launch: the tuned one if it is there and can be launched, else the rule's.</summary>
    public Tile Of(TileKey key) =>
        Tuned is not null && Tuned.TryGetValue(key, out Tile tuned) && IsValid(key, tuned) ? tuned : Default(key);

    /// <summary>The rule's tile.</summary>
    public Tile Default(TileKey key) => key.Kernel switch
    {
        nameof(Kernels.Conv3x3) => Conv3x3(key.In, key.Out, key.Height, key.Across),
        nameof(Kernels.Pointwise) => Pointwise(key.In, key.Out, key.Across),
        nameof(Kernels.DepthwisePointwise) => DepthwisePointwise(key.In, key.Out, key.Across),
        nameof(Kernels.ConvOne) => ConvOne(key.In, key.Height, key.Across),
        nameof(Kernels.Conv3x3Stride2) or nameof(Guidance) or nameof(Depthwise) => Run(ConvThreads, key.Across),
        nameof(Input) => Run(Math.Min(Input.MaxThreads, PointwiseThreads), key.Across),
        nameof(Scaling) => new Tile(PointwiseThreads, 1, 1),
        _ => Propagate(key),
    };

    /// <summary>
    /// Whether a kernel can be launched with a tile. Shared memory is allocated for the largest group and so is the same for all
    /// tiles; what must fit into it is the tile with its border, a channel at least, and the sums of all threads, which the
    /// kernels' largest groups bound.
    /// </summary>
    public bool IsValid(TileKey key, Tile tile)
    {
        if (tile.Across < 1 || tile.Down < 1 || tile.Splits < 1 || tile.Across > MaxThreads || tile.Down > MaxThreads || tile.Splits > MaxThreads)
        {
            return false;
        }

        int most = key.Kernel switch
        {
            nameof(Kernels.Conv3x3) => Kernels.Conv3x3.MaxThreads,
            nameof(Kernels.Pointwise) => Kernels.Pointwise.MaxThreads,
            nameof(Kernels.DepthwisePointwise) => Kernels.DepthwisePointwise.MaxThreads,
            nameof(Kernels.ConvOne) => Kernels.ConvOne.MaxThreads,
            nameof(Propagation) => Propagation.MaxThreads,
            nameof(Input) => Input.MaxThreads,
            nameof(Kernels.Conv3x3Stride2) or nameof(Guidance) or nameof(Depthwise) or nameof(Scaling) => MaxRun,
            _ => 0,
        };
        return tile.Threads <= Math.Min(most, MaxThreads) && key.Kernel switch
        {
            nameof(Kernels.Conv3x3) => tile.Splits <= key.In && Conv3x3Most(tile) >= 1,
            nameof(Kernels.Pointwise) => tile.Splits <= key.In && tile.Down == 1,
            nameof(Kernels.DepthwisePointwise) => tile.Splits <= key.In && tile.Down <= Ceiling(key.Out, 8),
            nameof(Kernels.ConvOne) => tile.Splits <= key.In,
            nameof(Input) => IsRun(tile) && int.IsPow2(tile.Across),
            nameof(Kernels.Conv3x3Stride2) or nameof(Guidance) or nameof(Depthwise) or nameof(Scaling) => IsRun(tile),
            _ => tile.Across == tile.Down && tile.Splits == 1 && tile.Across <= Propagation.MaxSide && Inner(key, tile) >= 1,
        };
    }

    /// <summary>
    /// The tiles worth a try: powers of 2 with groups from <paramref name="fewest"/> threads on, and for the propagation, which
    /// has a halo on all sides, squares in steps of 4.
    /// </summary>
    public IEnumerable<Tile> Candidates(TileKey key, int fewest)
    {
        if (key.Kernel == nameof(Propagation))
        {
            for (int side = 8; side <= Propagation.MaxSide; side += 4)
            {
                if (IsValid(key, new Tile(side, side, 1)))
                {
                    yield return new Tile(side, side, 1);
                }
            }

            yield break;
        }

        // Above the image's next power of 2, threads only idle.
        for (int across = 1; across <= PowerOf2(key.Across); across *= 2)
        {
            for (int down = 1; down <= Math.Max(4, PowerOf2(key.Height)); down *= 2)
            {
                for (int splits = 1; splits <= key.In; splits *= 2)
                {
                    var tile = new Tile(across, down, splits);
                    if (tile.Threads >= fewest && IsValid(key, tile))
                    {
                        yield return tile;
                    }
                }
            }
        }
    }

    /// <summary>Units from row to row of Conv3x3's tile, such that eight threads that load together find eight different banks.</summary>
    public static int Conv3x3Pitch(Tile tile) => tile.Across switch { 1 => 3, 2 => 6, 4 => 12, _ => tile.Across + 2 };

    /// <summary>Channels of Conv3x3 that lie in shared memory at a time.</summary>
    public static int Conv3x3Chunk(TileKey key, Tile tile) => Even(key.In, Conv3x3Most(tile), tile.Splits);

    /// <summary>Channels of DepthwisePointwise that lie in shared memory at a time.</summary>
    public static int DepthwisePointwiseChunk(TileKey key, Tile tile) =>
        Even(key.In, Kernels.DepthwisePointwise.SharedUnits / tile.Across, tile.Splits);

    /// <summary>Pixels along each side that a tile of the propagation keeps; what is below 1 cannot be launched.</summary>
    public static int Inner(TileKey key, Tile tile) => tile.Across - 2 * (key.Out - 1) * key.In;

    private static bool IsRun(Tile tile) => tile.Down == 1 && tile.Splits == 1;

    private static Tile Run(int threads, int units) => new(Math.Min(threads, PowerOf2(units)), 1, 1);

    private static int Conv3x3Most(Tile tile) =>
        (int)Math.Min(Kernels.Conv3x3.TileUnits / ((tile.Down + 2L) * Conv3x3Pitch(tile)), Kernels.Conv3x3.WeightUnits / 18);

    /// <summary>The dense 3×3 convolution over an image of height × across units.</summary>
    private Tile Conv3x3(int inChannels, int outChannels, int height, int across)
    {
        int columns = Math.Min(Math.Min(16, ConvThreads), PowerOf2(across));
        int rows = Math.Min(ConvThreads / columns, PowerOf2(height));
        int blocks = Ceiling(outChannels, 8);
        while (rows > 1 && Ceiling(height, rows) * Ceiling(across, columns) * blocks < Groups && ConvThreads / (columns * rows) < inChannels / 8)
        {
            rows /= 2;
        }

        return new Tile(columns, rows, Math.Clamp(inChannels / 4, 1, ConvThreads / (columns * rows)));
    }

    /// <summary>The pointwise convolution over a number of units.</summary>
    private Tile Pointwise(int inChannels, int outChannels, int units)
    {
        int side = Math.Min(PointwiseThreads, PowerOf2(units)), blocks = Ceiling(outChannels, 8);
        while (side > 8 && Ceiling(units, side) * blocks < Groups)
        {
            side /= 2;
        }

        return new Tile(side, 1, Math.Clamp(inChannels / 8, 1, PointwiseThreads / side));
    }

    /// <summary>The depthwise and pointwise convolution over a number of units of the result.</summary>
    private Tile DepthwisePointwise(int channels, int outChannels, int units)
    {
        int blocks = Math.Min(Math.Min(4, PointwiseThreads), Ceiling(outChannels, 8));
        int side = Math.Min(Math.Min(32, PointwiseThreads / blocks), PowerOf2(units));
        while (side > 4 && Ceiling(units, side) * Ceiling(outChannels, 8 * blocks) < Groups)
        {
            side /= 2;
        }

        return new Tile(side, blocks, Math.Clamp(channels / 4, 1, PointwiseThreads / (side * blocks)));
    }

    /// <summary>The convolution to one channel.</summary>
    private Tile ConvOne(int inChannels, int height, int across)
    {
        int columns = Math.Min(Math.Min(8, PointwiseThreads), PowerOf2(across));
        int rows = Math.Min(Math.Min(4, PointwiseThreads / columns), PowerOf2(Ceiling(height, 4)));
        return new Tile(columns, rows, Math.Clamp(inChannels, 1, PointwiseThreads / (columns * rows)));
    }

    /// <summary>The propagation; where most of a tile would be halo, the largest.</summary>
    private Tile Propagate(TileKey key)
    {
        var tile = new Tile(PropagationSide, PropagationSide, 1);
        var largest = new Tile(Propagation.MaxSide, Propagation.MaxSide, 1);
        return 2 * Inner(key, tile) < PropagationSide && IsValid(key, largest) ? largest : tile;
    }

    public static int Ceiling(int value, int by) => (value + by - 1) / by;

    /// <summary>Chunks of at most <paramref name="most"/> channels, about equally large, each a multiple of the splits if it can be.</summary>
    private static int Even(int channels, int most, int splits)
    {
        int even = Ceiling(channels, Ceiling(channels, most));
        int rounded = Ceiling(even, splits) * splits;
        return rounded <= most ? rounded : even;
    }
}
