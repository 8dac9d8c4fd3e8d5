using EMDC.Operators;
using ILGPU;

namespace EMDC.Kernels;

internal sealed partial class IlgpuOperators
{
    /// <inheritdoc/>
    public void FunnelStage(FunnelStageWeights w, in FunnelState from, in FunnelState to, Tensor depth)
    {
        Operators.FunnelStage.Check(w, from, to, depth);
        var y = (IlgpuTensor)from.Y;
        FunnelState logits = w.IsFirst ? from : to;
        Action propagate = Propagate(w, (IlgpuTensor)logits.Guidance, (IlgpuTensor)logits.Fuse, (IlgpuTensor)depth, y, (IlgpuTensor)to.Y);
        Action? reweight = w.IsFirst ? null : Reweight(w, from, to);
        Record("FunnelStage", w.Name, $"{w.Dilations} dilations, {w.Iterations} iterations, {y.Shape}", Operators.FunnelStage.Macs(w, y),
            Floats(from.Guidance, to.Guidance, from.Fuse, to.Fuse, from.Y, to.Y, depth), reweight is null ? propagate : () =>
            {
                reweight();
                propagate();
            });
    }

    private Action Reweight(FunnelStageWeights w, in FunnelState from, in FunnelState to)
    {
        var y = (IlgpuTensor)from.Y;
        var shape = new GuidanceShape(w.Dilations, (w.Fuse?.InChannels ?? 1) - 1, y.Height, y.Width, y.Across, y.Layout);
        ArrayView<Float4> weights = _weights.Funnel(w), depth = y.View;
        ArrayView<Float4> g = ((IlgpuTensor)from.Guidance).View, f = ((IlgpuTensor)from.Fuse).View;
        ArrayView<Float4> gTo = ((IlgpuTensor)to.Guidance).View, fTo = ((IlgpuTensor)to.Fuse).View;
        int units = y.Height * y.Across;
        IlgpuTensor guidance = (IlgpuTensor)to.Guidance.Slice(0, 9 * w.Dilations);
        ArrayView<float>[] written = w.Fuse is null ? [guidance.Pixels] : [guidance.Pixels, ((IlgpuTensor)to.Fuse.Slice(0, w.Dilations)).Pixels];
        return Tiled(new TileKey(nameof(Guidance), w.Dilations, w.Fuse?.InChannels ?? 1, 1, units), written, tile =>
        {
            KernelConfig grid = Launchers.Run(units, w.Dilations + (w.Fuse is null ? 0 : 1), tile);
            return () =>
            {
                _launchers.Guidance(grid, g, f, depth, weights, gTo, fTo, shape);
                KernelLaunches++;
            };
        });
    }

    private Action Propagate(FunnelStageWeights w, IlgpuTensor guidance, IlgpuTensor fuse, IlgpuTensor depth, IlgpuTensor y, IlgpuTensor result)
    {
        var key = new TileKey(nameof(Propagation), w.Dilations, w.Iterations, y.Height, y.Width);
        int side = _tiling.Of(key).Across;
        if (!_tiling.IsValid(key, _tiling.Of(key)))
        {
            throw new EmdcException(
                $"FunnelStage {w.Name}: {w.Iterations} iterations over {w.Dilations} dilations look {w.Iterations * w.Dilations} pixels out, but tiles of {side} pixels hold less.");
        }

        ArrayView<float> g = guidance.Pixels, f = fuse.Pixels, d = depth.Pixels, from = y.Pixels, to = result.Pixels;
        return Tiled(key, [to], tile =>
        {
            int kept = Tiling.Kept(key, tile), across = Tiling.Ceiling(y.Width, kept);
            var shape = new PropagationShape(w.Dilations, w.Iterations, tile.Across, tile.Down, across, y.Height, y.Width, y.Pool.PixelLayout);
            KernelConfig grid = Launchers.Grid(across * Tiling.Ceiling(y.Height, kept), 1, (int)tile.Threads);
            return () =>
            {
                _launchers.Propagation(grid, g, f, d, from, to, shape);
                KernelLaunches++;
            };
        });
    }
}
