using EMDC.Operators;

namespace EMDC.Simd;

/// <summary>A dense convolution bound to its input planes: packed weights and one offset a tap.</summary>
internal sealed unsafe class DenseConv<S, V> where S : struct, ISimd<V> where V : struct
{
    private readonly PackedWeights _w;
    private readonly float* _x;
    private readonly nint* _offsets;

    /// <param name="memory">Owns the offsets.</param>
    /// <param name="w">Packed weights; taps in the order (input channel, row, column).</param>
    /// <param name="planes">The input channels, each at its pixel (0, 0). All have rows of the same stride.</param>
    /// <param name="taps">Per input channel, the taps' offsets along the line.</param>
    public DenseConv(NativeArrays memory, PackedWeights w, ReadOnlySpan<nint> planes, ReadOnlySpan<nint> taps)
    {
        _w = w;
        _x = (float*)planes[0];
        _offsets = memory.Allocate<nint>(planes.Length * taps.Length);
        for (int c = 0; c < planes.Length; c++)
        {
            for (int t = 0; t < taps.Length; t++)
            {
                _offsets[(c * taps.Length) + t] = (nint)((float*)planes[c] - _x) + taps[t];
            }
        }
    }

    public PackedWeights Weights => _w;

    /// <summary>Offsets of a K×K stencil's taps, row-major.</summary>
    public static nint[] Square(int kernel, int stride)
    {
        var taps = new nint[kernel * kernel];
        for (int t = 0; t < taps.Length; t++)
        {
            taps[t] = (((t / kernel) - (kernel / 2)) * stride) + (t % kernel) - (kernel / 2);
        }

        return taps;
    }

    /// <summary>All channels of a tensor, as the constructor takes them.</summary>
    public static nint[] Planes(SimdTensor x) => [.. Enumerable.Range(0, x.Channels).Select(c => (nint)x.Channel(c))];

    /// <summary>One block of output channels for <paramref name="vectors"/> vectors of pixels from <paramref name="pixel"/> on.</summary>
    /// <param name="block">Index of the block.</param>
    /// <param name="pixel">Position along the line.</param>
    /// <param name="vectors">How many vectors.</param>
    /// <param name="y">Its pointers stand at that pixel, in the block's first channel.</param>
    public void Run(int block, int pixel, int vectors, TileOutput y) => Run(_w, block, _x + pixel, _offsets, vectors, y);

    /// <summary>The same for any weights and taps: <paramref name="x"/> stands at the first pixel.</summary>
    public static void Run(PackedWeights w, int block, float* x, nint* offsets, int vectors, TileOutput y)
    {
        PackedWeights.Block b = w.Blocks[block];
        float* weight = w.Weight(block), bias = w.Bias(block);
        int k = w.Taps;
        while (vectors > 0)
        {
            // Four as two and two: a tile of one vector waits for its loads.
            int width = vectors is 1 or 2 ? vectors : vectors == 4 ? 2 : 3;
            switch (width)
            {
                case 3:
                    ConvTile<S, V>.Block<Row3<S, V>>(b.Size, b.Rows, x, offsets, k, weight, bias, y);
                    break;
                case 2:
                    ConvTile<S, V>.Block<Row2<S, V>>(b.Size, b.Rows, x, offsets, k, weight, bias, y);
                    break;
                default:
                    ConvTile<S, V>.Block<Row1<S, V>>(b.Size, b.Rows, x, offsets, k, weight, bias, y);
                    break;
            }

            vectors -= width;
            x += width * S.Width;
            y.Y += width * S.Width;
            y.Mask += y.Mask is null ? 0 : width * S.Width;
            y.Residual += y.Residual is null ? 0 : width * S.Width;
        }
    }
}

/// <summary>Convolves all blocks into a tensor. A task is a strip of the line for some of the blocks.</summary>
internal sealed unsafe class DenseConvStep<S, V> : Step where S : struct, ISimd<V> where V : struct
{
    // A strip of all input channels stays in the second-level cache while the blocks run over it, next to a block's weights.
    private const int StripBytes = 256 * 1024;

    // Enough tasks that the last one to finish keeps nobody waiting long.
    private const int EnoughTasks = 24;

    private readonly DenseConv<S, V> _conv;
    private readonly SimdTensor _y;
    private readonly SimdTensor? _residual;
    private readonly Activation _activation;
    private readonly int _vectors;
    private readonly int _strip;
    private readonly int _strips;
    private readonly int _groups;

    public DenseConvStep(DenseConv<S, V> conv, int inChannels, SimdTensor y, Activation activation, SimdTensor? residual)
    {
        (_conv, _y, _activation, _residual) = (conv, y, activation, residual);
        _vectors = (y.Line + S.Width - 1) / S.Width;
        int strip = Math.Max(1, StripBytes / (inChannels * S.Width * sizeof(float) * 3)) * 3;
        _strip = Math.Min(strip, (_vectors + 2) / 3 * 3);
        _strips = (_vectors + _strip - 1) / _strip;
        _groups = Math.Min(conv.Weights.Blocks.Length, (EnoughTasks + _strips - 1) / _strips);
    }

    public override int Tasks => _strips * _groups;

    public override void Execute(int task, int worker)
    {
        int first = task / _groups * _strip;
        int vectors = Math.Min(_strip, _vectors - first);
        int pixel = first * S.Width;
        int group = task % _groups;
        int blocks = _conv.Weights.Blocks.Length;
        for (int block = group * blocks / _groups; block < (group + 1) * blocks / _groups; block++)
        {
            int channel = _conv.Weights.Blocks[block].First;
            var y = new TileOutput
            {
                Y = _y.Channel(channel) + pixel,
                Plane = _y.Plane,
                Mask = _y.Mask + pixel,
                Low = _activation.Low,
                High = _activation.High,
            };
            if (_residual is not null)
            {
                y.Residual = _residual.Channel(channel) + pixel;
                y.ResidualPlane = _residual.Plane;
            }

            _conv.Run(block, pixel, vectors, y);
        }
    }
}
