using EMDC.Operators;

namespace EMDC.Kernels;

internal sealed partial class DeviceBackend
{
    // In the order in which they were recorded, which is that of their places in the staging.
    private IReadOnlyList<(OutputMap Map, DeviceTensor Y)> _maps = [];

    /// <inheritdoc/>
    public void OutputScaling(Tensor y, OutputMap map)
    {
        Operators.OutputScaling.Check(y);
        if (_staging[0] is null)
        {
            throw new EmdcException("OutputScaling: there is no InputPreparation before it, whose largest depth it needs.");
        }

        if (_maps.Count > 0 && (_recorded[^1] is not OutputMaps || _maps.Any(m => m.Map == map)))
        {
            throw new EmdcException($"OutputScaling: the map {map} must follow the other maps, each once.");
        }

        _maps = [.. _maps, (map, (DeviceTensor)y)];
        Record(new OutputMaps([_maps[^1]]));
    }
}

/// <summary>Up to four maps, which leave in one launch.</summary>
internal sealed class OutputMaps(IReadOnlyList<(OutputMap Map, DeviceTensor Y)> maps) : Operation(Plan(maps))
{
    public IReadOnlyList<(OutputMap Map, DeviceTensor Y)> Maps => maps;

    public override IReadOnlyList<Part> Parts(DeviceBackend on)
    {
        DeviceTensor first = maps[0].Y;
        int pixels = first.Height * first.Width, unscaled = maps.ToList().FindIndex(m => m.Map == OutputMap.Confidence);
        View[] y = [.. Enumerable.Range(0, 4).Select(i => maps[Math.Min(i, maps.Count - 1)].Y.Pixels)];
        var key = new TileKey(nameof(Scaling), maps.Count, maps.Count, 1, pixels);
        return
        [
            // A search looks at the maps of the first staging, on which it runs.
            new Part(Scaling.Tiles, on.Limited(Scaling.Kernel), key, Scaling.Tiles.Of(on.Limited(Scaling.Kernel), key), [on.Results.Slice(0, (long)maps.Count * pixels)], (tile, s) =>
            [
                on.Bind(Scaling.Kernel, Scaling.Tiles.Grid(key, tile), Shape(s!), y[0], y[1], y[2], y[3], s!.Maximum, s.Results),
            ])
            {
                Update = (launches, s) => ((Launch<ScalingShape>)launches[0]).Shape = Shape(s),
            },
        ];

        ScalingShape Shape(Staging s) => new(s.Shape.Height, s.Shape.Width, s.Pixels, unscaled, first.Planes.PixelLayout);
    }

    private static PlannedOperator Plan(IReadOnlyList<(OutputMap Map, DeviceTensor Y)> maps)
    {
        DeviceTensor y = maps[0].Y;
        return new PlannedOperator(
            "OutputScaling", "", $"{maps.Count}×{y.Height}×{y.Width} → {string.Join(", ", maps.Select(m => m.Map))}", 0,
            2L * maps.Count * y.Height * y.Width * sizeof(float));
    }
}
