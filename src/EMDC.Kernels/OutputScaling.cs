using EMDC.Operators;
using ILGPU;

namespace EMDC.Kernels;

internal sealed partial class IlgpuOperators
{
    private readonly List<(OutputMap Map, IlgpuTensor Y)> _maps = [];

    /// <summary>All maps leave in one launch, so each recording replaces the one before it.</summary>
    public void OutputScaling(Tensor y, OutputMap map)
    {
        Operators.OutputScaling.Check(y);
        if (_staging[0] is null)
        {
            throw new EmdcException("OutputScaling: there is no InputPreparation before it, whose largest depth it needs.");
        }

        var from = (IlgpuTensor)y;
        if (_maps.Count > 0)
        {
            if (_plan[^1].Operator != "OutputScaling" || _maps.Any(m => m.Map == map))
            {
                throw new EmdcException($"OutputScaling: the map {map} must follow the other maps, each once.");
            }

            _plan.RemoveAt(_plan.Count - 1);
            _steps.RemoveAt(_steps.Count - 1);
            _tiled.RemoveAt(_tiled.Count - 1);
        }

        _maps.Add((map, from));
        ArrayView<float>[] views = [.. Enumerable.Range(0, 4).Select(i => _maps[Math.Min(i, _maps.Count - 1)].Y.Pixels)];
        ArrayView<float> y0 = views[0], y1 = views[1], y2 = views[2], y3 = views[3];
        int maps = _maps.Count, unscaled = _maps.FindIndex(m => m.Map == OutputMap.Confidence), pixels = y.Height * y.Width;
        Layout layout = from.Pool.PixelLayout;

        // A search runs the first frame's staging, whose maps it looks at.
        ArrayView<float> written = _staging[0]!.Results.SubView(0, (long)maps * pixels);
        var key = new TileKey(nameof(Scaling), maps, maps, 1, pixels);
        Record("OutputScaling", "", $"{maps}×{y.Height}×{y.Width} → {string.Join(", ", _maps.Select(m => m.Map))}", 0, 2 * maps * Floats(y), Tiled(key, [written], tile => () =>
        {
            Staging s = _current!;
            var shape = new ScalingShape(s.Shape.Height, s.Shape.Width, s.Pixels, unscaled, layout);
            _launchers.Scaling(Launchers.Run(s.Shape.Height * s.Shape.Width, maps, tile), y0, y1, y2, y3, s.Maximum, s.Results, shape);
            KernelLaunches++;
        }));
    }
}
