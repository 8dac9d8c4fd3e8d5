using EMDC.Operators;

namespace EMDC.Kernels;

/// <summary>
/// An operator as it was recorded. Recording only makes a list of them; <see cref="Passes"/> look at the whole list, and then each makes
/// its launches.
/// </summary>
internal abstract class Operation(PlannedOperator planned)
{
    /// <summary>What a profile says of it.</summary>
    public PlannedOperator Planned => planned;

    /// <summary>Tensors that were given back right after it: no later operator reads them.</summary>
    public List<DeviceTensor> Released { get; } = [];

    /// <summary>What stands between operators that became this one, and is never written; null for all others.</summary>
    public virtual DeviceTensor? Between => null;

    /// <summary>Its launches, in order.</summary>
    public abstract IReadOnlyList<Part> Parts(DeviceBackend on);

    /// <summary>What a profile says of two operators that became one.</summary>
    protected static PlannedOperator OneOf(PlannedOperator one, PlannedOperator two, DeviceTensor from, DeviceTensor between, DeviceTensor to) => new(
        $"{one.Operator} + {two.Operator}", $"{one.Layer}, {two.Layer}", $"{from.Shape} → {between.Shape} → {to.Shape}", one.Macs + two.Macs,
        one.Bytes + two.Bytes - 2L * between.Channels * between.Height * between.Width * sizeof(float));
}

/// <summary>Launches of an operator that are cut by one tile.</summary>
/// <param name="Tiles">The kernel's tiles.</param>
/// <param name="Tiling">What the device leaves the kernel.</param>
/// <param name="Key">What the tile is kept for.</param>
/// <param name="Tile">The tile it has.</param>
/// <param name="Written">The memory it writes to, borders included; a search compares it.</param>
/// <param name="Cut">The launches with a tile, on a staging where they read or write a frame.</param>
internal sealed record Part(KernelTiles Tiles, Tiling Tiling, TileKey Key, Tile Tile, View[] Written, Func<Tile, Staging?, Launch[]> Cut)
{
    /// <summary>Tells launches that read or write a frame of the frame's size; null for all others.</summary>
    public Action<Launch[], Staging>? Update { get; init; }
}

/// <summary>
/// An operator with its launches: one set, or one for each staging where they read or write a frame.
/// </summary>
internal sealed class Step(PlannedOperator planned, IReadOnlyList<Part> parts) : IDisposable
{
    private readonly Launch[]?[] _launches = new Launch[]?[2];

    /// <summary>What a profile says of it.</summary>
    public PlannedOperator Planned => planned;

    /// <summary>What it is made of.</summary>
    public IReadOnlyList<Part> Parts => parts;

    /// <summary>Whether its launches read or write a frame.</summary>
    public bool IsOfFrame { get; } = parts.Any(part => part.Update is not null);

    /// <summary>Its name in a sentence.</summary>
    public string Name => $"{planned.Operator} {planned.Layer}".TrimEnd();

    /// <summary>The launches for a frame.</summary>
    public Launch[] Launches(Staging? staging)
    {
        int set = IsOfFrame ? staging!.Index : 0;
        Launch[] launches = _launches[set] ??= Cut(staging);
        parts[0].Update?.Invoke(launches, staging!);
        return launches;
    }

    private Launch[] Cut(Staging? staging) => [.. parts.SelectMany(part => part.Cut(part.Tile, staging))];

    public void Dispose()
    {
        foreach (Launch launch in _launches.OfType<Launch[]>().SelectMany(launches => launches))
        {
            launch.Dispose();
        }

        Array.Clear(_launches);
    }
}
