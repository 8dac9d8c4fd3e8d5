using EMDC.Operators;

namespace EMDC.Kernels;

internal sealed partial class DeviceBackend
{
    /// <inheritdoc/>
    public void InputPreparation(Tensor x)
    {
        Operators.InputPreparation.Check(x);
        var to = (DeviceTensor)x;
        Free(_staging.OfType<Staging>());
        (_staging[0], _staging[1]) = (new Staging(_device, _queue, 0, new InputShape(0, 0, 0, x.Height, x.Width, to.Layout)), null);
        _current = _staging[0];
        Record(new Preparation(new PlannedOperator("InputPreparation", "", $"→ {x.Shape}", 0, 2 * Floats(x) * sizeof(float)), to));
    }

    /// <summary>Two launches: the largest depth, then the network's input.</summary>
    private sealed class Preparation(PlannedOperator planned, DeviceTensor x) : Operation(planned)
    {
        public override IReadOnlyList<Part> Parts(DeviceBackend on)
        {
            var key = new TileKey(nameof(FrameInput), 4, 4, 1, x.Height * x.Across);
            return
            [
                new Part(FrameInput.Tiles, on.Limited(FrameInput.Measure), key, FrameInput.Tiles.Of(on.Limited(FrameInput.Measure), key), [x.Pixels], (tile, s) =>
                [
                    on.Bind(FrameInput.Measure, new Groups(FrameInput.Groups, 1, tile.Across), s!.Shape, s.Sparse, s.Maxima, s.Counts),
                    on.Bind(FrameInput.Prepare, FrameInput.Tiles.Grid(key, tile), s.Shape, s.Rgb, s.Sparse, s.Maxima, s.Maximum, x.View),
                ])
                {
                    Update = (launches, s) => (((Launch<InputShape>)launches[0]).Shape, ((Launch<InputShape>)launches[1]).Shape) = (s.Shape, s.Shape),
                },
            ];
        }
    }
}
