using EMDC.Operators;
using ILGPU;

namespace EMDC.Kernels;

internal sealed partial class IlgpuOperators
{
    /// <inheritdoc/>
    public void InputPreparation(Tensor x)
    {
        Operators.InputPreparation.Check(x);
        var to = (IlgpuTensor)x;
        int units = x.Height * to.Across;
        Free(_staging.OfType<Staging>());
        (_staging[0], _staging[1]) = (new Staging(_device, new InputShape(0, 0, 0, x.Height, x.Width, to.Layout)), null);
        ArrayView<Float4> view = to.View;
        Record("InputPreparation", "", $"→ {x.Shape}", 0, 2 * Floats(x), Tiled(new TileKey(nameof(Input), 4, 4, 1, units), [to.Pixels], tile =>
        {
            KernelConfig measure = Launchers.Grid(Input.Groups, 1, tile.Across), prepare = Launchers.Run(units, 1, tile);
            return () =>
            {
                Staging s = _current!;
                _launchers.Measure(measure, s.Sparse, s.Maxima, s.Counts, s.Shape);
                _launchers.Prepare(prepare, s.Rgb, s.Sparse, s.Maxima, s.Maximum, view, s.Shape);
                KernelLaunches += 2;
            };
        }));
    }
}
