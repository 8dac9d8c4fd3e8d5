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
        int pixels = x.Height * x.Width, units = x.Height * to.Across;
        int threads = Math.Min(Math.Min(Input.MaxThreads, _tiling.PointwiseThreads), Tiling.PowerOf2(units));
        _staging?.Dispose();
        Staging staging = _staging = new Staging(_accelerator, x.Height, x.Width);
        _input = new InputShape(0, 0, 0, x.Height, x.Width, to.Layout);
        _paddedPixels = pixels;
        KernelConfig measure = Launchers.Grid(Input.Groups, 1, threads);
        KernelConfig prepare = Launchers.Grid(Tiling.Ceiling(units, threads), 1, threads);
        ArrayView<Float4> view = to.View;
        ArrayView<int> rgb = staging.Rgb, counts = staging.Counts;
        ArrayView<float> sparse = staging.Sparse, maxima = staging.Maxima, maximum = staging.Maximum;
        Record("InputPreparation", "", $"→ {x.Shape}", 0, 2 * Floats(x), () =>
        {
            _launchers.Measure(measure, sparse, maxima, counts, _input);
            _launchers.Prepare(prepare, rgb, sparse, maxima, maximum, view, _input);
            KernelLaunches += 2;
        });
    }
}
