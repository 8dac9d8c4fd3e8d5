namespace EMDC.Kernels;

/// <summary>
/// How launches of a kernel are cut: which tiles it can be launched with, and which it gets where none was searched for. Stands in the
/// kernel's file.
/// </summary>
/// <param name="name">The kernel's name in tables of tiles.</param>
/// <param name="maxThreads">Most threads of a group, which its shared memory is made for.</param>
internal sealed class KernelTiles(string name, int maxThreads)
{
    /// <summary>The rule's tile on a device.</summary>
    public required Func<Tiling, TileKey, Tile> Default { get; init; }

    /// <summary>The grid that a tile makes.</summary>
    public required Func<TileKey, Tile, Groups> Grid { get; init; }

    /// <summary>
    /// What a tile needs besides a group that is not too large. Shared memory is allocated for the largest group and so is the same for
    /// all tiles; what must fit into it is the tile with its border, and a channel at least.
    /// </summary>
    public required Func<TileKey, Tile, bool> Allows { get; init; }

    /// <summary>Units of shared memory that a tile needs, of kernels that a device may give less than they ask for.</summary>
    public Func<TileKey, Tile, long> SharedUnits { get; init; } = (_, _) => 0;

    /// <summary>Squares in steps of 4 instead of powers of 2, for a kernel with a halo on all sides.</summary>
    public bool AreSquares { get; init; }

    /// <summary>FMAs of the thread that has most to do, for <see cref="TimeModel"/>; none in kernels whose time is memory's.</summary>
    public Func<TileKey, Tile, long> Fmas { get; init; } = (_, _) => 0;

    /// <summary>How many times its usual results a thread can compute; more than once in a variant of the kernel.</summary>
    public IReadOnlyList<int> Multiples { get; init; } = [1];

    /// <summary>The kernel's name in tables of tiles.</summary>
    public string Name => name;

    /// <summary>The tiles of a kernel over a run of units or pixels, one a thread.</summary>
    /// <param name="name">The kernel's name in tables of tiles.</param>
    /// <param name="threads">Threads of a group that a device wants.</param>
    /// <param name="rows">The second dimension of the grid.</param>
    /// <param name="arePowersOf2">Whether the group's size must be a power of 2.</param>
    /// <param name="fmas">FMAs of a thread.</param>
    public static KernelTiles Strip(string name, Func<Tiling, int> threads, Func<TileKey, int> rows, bool arePowersOf2 = false, Func<TileKey, long>? fmas = null) => new(name, Tiling.MaxStrip)
    {
        Default = (device, key) => new Tile(Math.Min(threads(device), Tiling.PowerOf2(key.Across)), 1, 1),
        Grid = (key, tile) => new Groups(Tiling.Ceiling(key.Across, tile.Across), rows(key), tile.Across),
        Fmas = (key, _) => fmas?.Invoke(key) ?? 0,
        Allows = (_, tile) => tile.Down == 1 && tile.Splits == 1 && (!arePowersOf2 || int.IsPow2(tile.Across)),
    };

    /// <summary>The tile of a launch: the tuned one if it is there and can be launched, else the rule's.</summary>
    public Tile Of(Tiling device, TileKey key) =>
        device.Tuned is not null && device.Tuned.TryGetValue(key, out Tile tuned) && IsValid(device, key, tuned) ? tuned : Default(device, key);

    /// <summary>Whether the kernel can be launched with a tile.</summary>
    public bool IsValid(Tiling device, TileKey key, Tile tile)
    {
        int most = Math.Min(maxThreads, device.MaxThreads);
        return key.Kernel == name && tile.Across >= 1 && tile.Down >= 1 && tile.Splits >= 1
            && tile.Across <= most && tile.Down <= most && tile.Splits <= most && tile.Threads <= most && Multiples.Contains(tile.Multiple) && Allows(key, tile)
            && SharedUnits(key, tile) <= device.SharedUnits;
    }

    /// <summary>The tiles worth a try: powers of 2, with groups from <paramref name="fewest"/> threads on.</summary>
    public IEnumerable<Tile> Candidates(Tiling device, TileKey key, int fewest)
    {
        if (AreSquares)
        {
            return Multiples.SelectMany(multiple => Enumerable.Range(2, maxThreads).Select(i => new Tile(4 * i, 4 * i / multiple, 1) { Multiple = multiple })
                .TakeWhile(tile => tile.Threads <= maxThreads)).Where(tile => IsValid(device, key, tile));
        }

        // Above the image's next power of 2, threads only idle.
        return
            from across in Powers(Tiling.PowerOf2(key.Across))
            from down in Powers(Math.Max(4, Tiling.PowerOf2(key.Height)))
            from splits in Powers(key.In)
            from multiple in Multiples
            let tile = new Tile(across, down, splits) { Multiple = multiple }
            where tile.Threads >= fewest && IsValid(device, key, tile)
            select tile;
    }

    private static IEnumerable<int> Powers(int most)
    {
        for (int power = 1; power <= most; power *= 2)
        {
            yield return power;
        }
    }
}
