using EMDC.Operators;

namespace EMDC.Kernels;

internal sealed partial class DeviceBackend
{
    /// <inheritdoc/>
    public void FunnelStage(FunnelStageWeights w, in FunnelState from, in FunnelState to, Tensor depth)
    {
        Operators.FunnelStage.Check(w, from, to, depth);
        var key = new TileKey(nameof(Propagation), w.Dilations, w.Iterations, from.Y.Height, from.Y.Width);
        Tiling tiling = Limited(Propagation.Kernel);
        Tile tile = TileOf(Propagation.Kernel, PropagationWide.Kernel, Propagation.Tiles, key);
        if (!Propagation.Tiles.IsValid(tiling, key, tile))
        {
            throw new EmdcException(
                $"FunnelStage {w.Name}: {w.Iterations} iterations over {w.Dilations} dilations look {w.Iterations * w.Dilations} pixels out, but tiles of {tile.Across} pixels hold less.");
        }

        Record(new Stage(
            new PlannedOperator(
                "FunnelStage", w.Name, $"{w.Dilations} dilations, {w.Iterations} iterations, {from.Y.Shape}", Operators.FunnelStage.Macs(w, from.Y),
                Floats(from.Guidance, to.Guidance, from.Fuse, to.Fuse, from.Y, to.Y, depth) * sizeof(float)),
            key, w, from, to, (DeviceTensor)depth));
    }

    /// <summary>The convolutions that make the stage's logits (the first stage has none), then all its iterations.</summary>
    private sealed class Stage(PlannedOperator planned, TileKey key, FunnelStageWeights w, FunnelState from, FunnelState to, DeviceTensor depth)
        : Operation(planned)
    {
        private readonly DeviceTensor _y = (DeviceTensor)from.Y;

        public override IReadOnlyList<Part> Parts(DeviceBackend on) => w.IsFirst ? [Propagate(on, from)] : [Reweight(on), Propagate(on, to)];

        private Part Reweight(DeviceBackend on)
        {
            var guidance = (DeviceTensor)to.Guidance.Slice(0, 9 * w.Dilations);
            View[] written = w.Fuse is null ? [guidance.Pixels] : [guidance.Pixels, ((DeviceTensor)to.Fuse.Slice(0, w.Dilations)).Pixels];
            var shape = new GuidanceShape(w.Dilations, (w.Fuse?.InChannels ?? 1) - 1, _y.Height, _y.Width, _y.Across, _y.Layout);
            return on.Part(
                Guidance.Kernel, Guidance.Tiles, new TileKey(nameof(Guidance), w.Dilations, w.Fuse?.InChannels ?? 1, 1, _y.Height * _y.Across), written, _ => shape,
                View(from.Guidance), View(from.Fuse), _y.View, on.Weights.Funnel(w), View(to.Guidance), View(to.Fuse));
        }

        private Part Propagate(DeviceBackend on, FunnelState logits)
        {
            var result = (DeviceTensor)to.Y;
            return on.Part(
                Propagation.Kernel, PropagationWide.Kernel, Propagation.Tiles, key, [result.Pixels], tile => Propagation.Cut(key, tile, _y.Planes.PixelLayout),
                View(logits.Guidance).As<float>(), View(logits.Fuse).As<float>(), depth.Pixels, _y.Pixels, result.Pixels);
        }

        private static View View(Tensor tensor) => ((DeviceTensor)tensor).View;
    }
}
