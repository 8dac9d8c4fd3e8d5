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
        }

        _maps.Add((map, from));
        ArrayView<float>[] views = [.. Enumerable.Range(0, 4).Select(i => _maps[Math.Min(i, _maps.Count - 1)].Y.Pixels)];
        ArrayView<float> y0 = views[0], y1 = views[1], y2 = views[2], y3 = views[3];
        int maps = _maps.Count, unscaled = _maps.FindIndex(m => m.Map == OutputMap.Confidence), threads = _tiling.PointwiseThreads;
        Layout layout = from.Pool.PixelLayout;
        Record("OutputScaling", "", $"{maps}×{y.Height}×{y.Width} → {string.Join(", ", _maps.Select(m => m.Map))}", 0, 2 * maps * Floats(y), () =>
        {
            Staging s = _current!;
            var shape = new ScalingShape(s.Shape.Height, s.Shape.Width, s.Pixels, unscaled, layout);
            KernelConfig grid = Launchers.Grid(Tiling.Ceiling(s.Shape.Height * s.Shape.Width, threads), maps, threads);
            _launchers.Scaling(grid, y0, y1, y2, y3, s.Maximum, s.Results, shape);
            KernelLaunches++;
        });
    }
}
