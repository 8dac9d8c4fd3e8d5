using EMDC.Operators;
using ILGPU;

namespace EMDC.Kernels;

internal sealed partial class IlgpuOperators
{
    /// <inheritdoc/>
    public void Conv2d(ConvWeights w, Tensor x, Tensor y, Activation activation, int stride = 1, Tensor? residual = null)
    {
        Operators.Conv2d.Check(w, x, y, stride, residual);
        var (from, to, r) = ((IlgpuTensor)x, (IlgpuTensor)y, (IlgpuTensor?)residual);
        Output end = End(w, to, to.Height, to.Width, activation, r);
        Action step = (w.OutChannels, w.Kernel, stride) switch
        {
            (1, 3 or 5 or 7, 1) => One(w, from, to, activation, r),
            (_, 1, 1) => Pointwise(w, from, to, r, end),
            (_, 3, 1) => Conv3x3(w, w.Bias, from, to, r ?? to, end),
            (_, 3, 2) => Conv3x3Stride2(w, from, to, r ?? to, end),
            _ => ConvAny(w, w.Bias, stride, from, to, r ?? to, end),
        };
        Record("Conv2d", w, $"{x.Shape} → {y.Shape}", Operators.Conv2d.Macs(w, y), Floats(x, y, residual), step);
        _pointwise = w.Kernel == 1 && stride == 1 ? new Recorded(w, from, to, activation, 1, r, _steps.Count - 1) : null;
    }

    private static Output End(ConvWeights w, IlgpuTensor y, int height, int width, Activation activation, IlgpuTensor? residual) => new(
        w.OutChannels, height, width, 0, residual is null ? 0 : 1, activation.Low, activation.High, y.Layout, (residual ?? y).Layout);

    private Action Pointwise(ConvWeights w, IlgpuTensor x, IlgpuTensor y, IlgpuTensor? residual, Output end)
    {
        ArrayView<Float4> weights = _weights.Dense(w), from = x.View, to = y.View, r = (residual ?? y).View;
        ArrayView<float> bias = _weights.Values(w.Bias);
        int units = y.Height * y.Across;
        return Tiled(new TileKey(nameof(Kernels.Pointwise), w.InChannels, w.OutChannels, 1, units), [y.Pixels], tile =>
        {
            var shape = new PointwiseShape(w.InChannels, x.Layout, tile.Across, tile.Splits, y.Across, end);
            KernelConfig grid = Launchers.Grid(Tiling.Ceiling(units, tile.Across), Tiling.Ceiling(w.OutChannels, 8), (int)tile.Threads);
            return () =>
            {
                _launchers.Pointwise(grid, from, weights, bias, r, to, shape);
                KernelLaunches++;
            };
        });
    }

    private Action Conv3x3(ConvWeights w, float[] slope, IlgpuTensor x, IlgpuTensor y, IlgpuTensor residual, Output end)
    {
        ArrayView<Float4> weights = _weights.Dense(w), from = x.View, to = y.View, r = residual.View;
        ArrayView<float> bias = _weights.Values(w.Bias), a = _weights.Values(slope);
        if (_tiling.Direct)
        {
            int units = x.Height * x.Across, threads = Math.Min(_tiling.ConvThreads, Tiling.PowerOf2(units));
            var direct = new Conv3x3DirectShape(w.InChannels, x.Layout, x.Across, end);
            KernelConfig run = Launchers.Grid(Tiling.Ceiling(units, threads), Tiling.Ceiling(w.OutChannels, 8), threads);
            return () =>
            {
                _launchers.Conv3x3Direct(run, from, weights, bias, a, r, to, direct);
                KernelLaunches++;
            };
        }

        var key = new TileKey(nameof(Kernels.Conv3x3), w.InChannels, w.OutChannels, x.Height, x.Across);
        return Tiled(key, [y.Pixels], tile =>
        {
            int across = Tiling.Ceiling(x.Across, tile.Across), tiles = Tiling.Ceiling(x.Height, tile.Down) * across;
            var shape = new Conv3x3Shape(
                w.InChannels, x.Layout, tile.Across, tile.Down, tile.Splits, Tiling.Conv3x3Chunk(key, tile), Tiling.Conv3x3Pitch(tile), across, end);
            KernelConfig grid = Launchers.Grid(tiles, Tiling.Ceiling(w.OutChannels, 8), (int)tile.Threads);
            return () =>
            {
                _launchers.Conv3x3(grid, from, weights, bias, a, r, to, shape);
                KernelLaunches++;
            };
        });
    }

    private Action Conv3x3Stride2(ConvWeights w, IlgpuTensor x, IlgpuTensor y, IlgpuTensor residual, Output end)
    {
        var shape = new Conv3x3Stride2Shape(w.InChannels, x.Layout, y.Across, end);
        ArrayView<Float4> weights = _weights.Dense(w), from = x.View, to = y.View, r = residual.View;
        ArrayView<float> bias = _weights.Values(w.Bias);
        int units = y.Height * y.Across;
        return Tiled(new TileKey(nameof(Kernels.Conv3x3Stride2), w.InChannels, w.OutChannels, 1, units), [y.Pixels], tile =>
        {
            KernelConfig grid = Launchers.Run(units, Tiling.Ceiling(w.OutChannels, 8), tile);
            return () =>
            {
                _launchers.Conv3x3Stride2(grid, from, weights, bias, r, to, shape);
                KernelLaunches++;
            };
        });
    }

    private Action ConvAny(ConvWeights w, float[] slope, int stride, IlgpuTensor x, IlgpuTensor y, IlgpuTensor residual, Output end)
    {
        if (w.Kernel > 2 * PlanePool.MaxReach + 1)
        {
            throw new EmdcException($"Conv2d {w.Name}: weight is {w.Shape}, but the kernels look at most {PlanePool.MaxReach} pixels out.");
        }

        int across = Tiling.Ceiling(end.Width, 4), units = end.Height * across, threads = Math.Min(_tiling.ConvThreads, Tiling.PowerOf2(units));
        var shape = new ConvAnyShape(w.InChannels, w.Kernel, stride, x.Width, x.Layout, across, end);
        KernelConfig grid = Launchers.Grid(Tiling.Ceiling(units, threads), Tiling.Ceiling(w.OutChannels, 8), threads);
        ArrayView<Float4> weights = _weights.Dense(w), from = x.View, to = y.View, r = residual.View;
        ArrayView<float> bias = _weights.Values(w.Bias), a = _weights.Values(slope);
        return () =>
        {
            _launchers.ConvAny(grid, from, weights, bias, a, r, to, shape);
            KernelLaunches++;
        };
    }

    private Action One(ConvWeights w, IlgpuTensor x, IlgpuTensor y, Activation activation, IlgpuTensor? residual)
    {
        var shape = new ConvOneShape(
            w.InChannels, w.Kernel, x.Height, x.Width, Columns: 0, Rows: 0, Splits: 0, TilesAcross: 0,
            Fusion: 0, residual is null ? 0 : 1, w.Bias[0], activation.Low, activation.High, 0, x.Layout);
        return One(w, x, residual ?? y, y, y, y, shape);
    }

    /// <summary>Adds the tile to a shape that lacks only it.</summary>
    private Action One(
        ConvWeights w, IlgpuTensor x, IlgpuTensor local, IlgpuTensor global, IlgpuTensor confidence, IlgpuTensor y, ConvOneShape shape)
    {
        ArrayView<Float4> weights = _weights.One(w), from = x.View, l = local.View, g = global.View, c = confidence.View, to = y.View;
        return Tiled(new TileKey(nameof(Kernels.ConvOne), w.InChannels, w.Kernel, x.Height, x.Across), [y.Pixels, confidence.Pixels], tile =>
        {
            int across = Tiling.Ceiling(x.Across, tile.Across);
            ConvOneShape cut = shape with { Columns = tile.Across, Rows = tile.Down, Splits = tile.Splits, TilesAcross = across };
            KernelConfig grid = Launchers.Grid(Tiling.Ceiling(x.Height, 4 * tile.Down) * across, 1, (int)tile.Threads);
            return () =>
            {
                _launchers.ConvOne(grid, from, weights, l, g, c, to, cut);
                KernelLaunches++;
            };
        });
    }
}
