using EMDC.Operators;
using EMDC.Simd;

namespace EMDC.Training;

/// <summary>
/// The weights' gradient of every dense convolution, by the tile that its forward pass runs on.
/// <code>
/// dw[o, k] += Σ_p dz[o, p] · x[k, p]        x[k, p]: what tap k = (input channel, row, column) reads at pixel p
/// </code>
/// With the channels of a pixel side by side in memory (xᵀ), the taps of a stencil's row are one run of K·I floats for each pixel.
/// So <see cref="ConvTile{S, V}"/> does it all: its "pixels" are the run, its "taps" the pixels, its "weights" dz, also transposed;
/// nothing is summed over lanes, and deep layers of a dozen pixels are no worse than others. A strip of rows is transposed, all of its
/// products are added, and so on; sums of a layer are kept in the order [o][row of the stencil][column, channel] until the end.
/// </summary>
internal sealed unsafe class WeightGradientStep<S, V> : Step where S : struct, ISimd<V> where V : struct
{
    // xᵀ and dzᵀ of a strip stay in the second-level cache while all pairs of them are multiplied.
    private const int StripFloats = 48 * 1024;
    private const int FewestPixels = 64;

    // Below this a stencil's taps are laid out one by one, in the weights' own order: little work for few pixels, and large layers
    // need no memory for their sums.
    private const int FewPixels = 256;

    private readonly TrainingFrame _frame;
    private readonly ConvWeights _w;
    private readonly WorkerScratch _scratch;
    private readonly PackedWeights.Block[] _blocks;
    private readonly nint* _rows;
    private readonly nint* _planes;
    private readonly nint* _taps;
    private readonly nint* _offsets;
    private readonly float* _ones;
    private readonly int _planeCount;
    private readonly int _tapCount;
    private readonly int _tapColumns;
    private readonly int _run;
    private readonly int _paddedRun;
    private readonly int _height;
    private readonly int _width;
    private readonly int _stride;
    private readonly int _stripRows;
    private readonly int _before;
    private readonly int _after;
    private readonly bool _inPlace;
    private readonly bool _shiftedRows;
    private readonly long _xFloats;
    private readonly long _dzFloats;

    // rows: dz, pixel (0, 0) of each row of the result; planes: x, of each input channel; taps: where the runs of a pixel begin, in
    // pixels, one for each row of the stencil; columns: pixels in a run.
    private WeightGradientStep(
        NativeArrays memory, WorkerScratch scratch, TrainingFrame frame, ConvWeights w, SimdTensor shape, nint[] rows, nint[] planes, int[] taps,
        int columns, bool shiftedRows)
    {
        (_frame, _w, _scratch, _shiftedRows) = (frame, w, scratch, shiftedRows);
        (_height, _width, _stride) = (shape.Height, shape.Width, shape.Stride);
        (_planeCount, _tapCount, _tapColumns, _run) = (planes.Length, taps.Length, columns, planes.Length * columns);
        _paddedRun = (_run + S.Width - 1) / S.Width * S.Width;
        _inPlace = taps.Length == 1 && columns == 1 && _run == _paddedRun && !shiftedRows;
        _blocks = PackedWeights.Split(rows.Length, nines: true);
        _before = -taps.Min();
        _after = taps.Max() + columns;

        int rowFloats = (_stride * planes.Length) + (_width * _blocks.Sum(block => block.Size));
        _stripRows = Math.Clamp(Math.Max(StripFloats / rowFloats, FewestPixels / _width), 1, _height);
        int pixels = _stripRows * _width;
        _xFloats = Aligned(((((long)_stripRows * _stride) + _before + _after + S.Width) * planes.Length) + (4 * S.Width));
        _dzFloats = Aligned(((pixels + S.Width) * (long)_blocks.Sum(block => block.Size)) + S.Width);
        scratch.Reserve(_xFloats + _dzFloats + (_inPlace ? 0 : (long)rows.Length * _tapCount * _paddedRun));

        _rows = ChannelsLast.Pointers<S, V>(memory, rows);
        _planes = ChannelsLast.Pointers<S, V>(memory, planes);
        _taps = memory.Allocate<nint>(taps.Length);
        for (int i = 0; i < taps.Length; i++)
        {
            _taps[i] = (taps[i] + _before) * (nint)planes.Length;
        }

        // Borders are left out.
        _offsets = memory.Allocate<nint>(pixels);
        for (int i = 0; i < pixels; i++)
        {
            _offsets[i] = ((i / _width * _stride) + (i % _width)) * (nint)planes.Length;
        }

        _ones = memory.Allocate<float>(_paddedRun);
        new Span<uint>(_ones, _paddedRun).Fill(uint.MaxValue);
    }

    /// <summary>The gradient of a convolution at stride 1.</summary>
    public static WeightGradientStep<S, V> Of(
        NativeArrays memory, WorkerScratch scratch, TrainingFrame frame, ConvWeights w, SimdTensor dz, nint[] planes)
    {
        int k = w.Kernel, reach = k / 2;
        nint[] rows = DenseConv<S, V>.Planes(dz);
        if (k > 1 && dz.Height * dz.Width <= FewPixels && planes.Length * k * k % S.Width == 0)
        {
            nint[] each = DenseConv<S, V>.Square(k, dz.Stride);
            return OfTaps(memory, scratch, frame, w, dz, [.. planes.SelectMany(plane => each.Select(tap => (nint)((float*)plane + tap)))]);
        }

        int[] taps = [.. Enumerable.Range(-reach, k).Select(u => (u * dz.Stride) - reach)];
        return new WeightGradientStep<S, V>(memory, scratch, frame, w, dz, rows, planes, taps, k, shiftedRows: false);
    }

    /// <summary>The gradient where every tap has a plane of its own, in the weights' order.</summary>
    public static WeightGradientStep<S, V> OfTaps(
        NativeArrays memory, WorkerScratch scratch, TrainingFrame frame, ConvWeights w, SimdTensor dz, nint[] columns) =>
        new(memory, scratch, frame, w, dz, DenseConv<S, V>.Planes(dz), columns, [0], 1, shiftedRows: false);

    /// <summary>
    /// The gradient of a convolution with one output channel: the K columns of its stencil are K rows, each the same plane shifted, as
    /// they are in the forward pass; what is left of the stencil is K×1.
    /// </summary>
    public static WeightGradientStep<S, V> OfOne(
        NativeArrays memory, WorkerScratch scratch, TrainingFrame frame, ConvWeights w, SimdTensor dz, SimdTensor x)
    {
        int k = w.Kernel, reach = k / 2;
        nint[] rows = [.. Enumerable.Range(0, k).Select(v => (nint)(dz.Origin + reach - v))];
        int[] taps = [.. Enumerable.Range(-reach, k).Select(u => u * dz.Stride)];
        return new WeightGradientStep<S, V>(memory, scratch, frame, w, dz, rows, DenseConv<S, V>.Planes(x), taps, 1, shiftedRows: true);
    }

    public override int Tasks => 1;

    public override void Execute(int task, int worker)
    {
        float* x = _scratch.Of(worker), dz = x + _xFloats, sums = dz + _dzFloats;
        fixed (float* weight = _frame.Into.Of(_w).Weight)
        {
            for (int row = 0; row < _height; row += _stripRows)
            {
                Strip(row, Math.Min(_stripRows, _height - row), x, dz, _inPlace ? weight : sums, _inPlace || row > 0);
            }

            if (!_inPlace)
            {
                Collect(sums, weight);
            }
        }
    }

    private void Strip(int row, int rows, float* x, float* dz, float* sums, bool add)
    {
        nint first = (nint)row * _stride;
        ChannelsLast.Transpose<S, V>(_planes, _planeCount, first - _before, (rows * _stride) + _before + _after, x);
        float* w = dz;
        foreach (PackedWeights.Block block in _blocks)
        {
            for (int i = 0; i < rows; i++)
            {
                ChannelsLast.Transpose<S, V>(_rows + block.First, block.Size, first + ((nint)i * _stride), _width, w + ((nint)i * _width * block.Size));
            }

            w += ((nint)_stripRows * _width * block.Size) + S.Width;
        }

        for (int tap = 0; tap < _tapCount; tap++)
        {
            ChannelsLast.Product<S, V>(
                x + _taps[tap], _offsets, rows * _width, dz, _blocks, _stripRows * _width, sums + ((nint)tap * _paddedRun), (nint)_tapCount * _paddedRun,
                _paddedRun / S.Width, add, _ones);
        }
    }

    /// <summary>From [o][u][v, c] (or [v][u][c] of one output channel) to the weights' [o][c][u][v].</summary>
    private void Collect(float* sums, float* weight)
    {
        int rows = _blocks[^1].First + _blocks[^1].Rows, taps = _tapCount * _tapColumns;
        for (int o = 0; o < rows; o++)
        {
            for (int u = 0; u < _tapCount; u++, sums += _paddedRun)
            {
                for (int v = 0; v < _tapColumns; v++)
                {
                    float* from = sums + (v * _planeCount);
                    float* to = _shiftedRows ? weight + (u * rows) + o : weight + ((nint)o * _planeCount * taps) + (u * _tapColumns) + v;
                    int step = _shiftedRows ? rows * rows : taps;
                    for (int c = 0; c < _planeCount; c++, to += step)
                    {
                        *to += from[c];
                    }
                }
            }
        }
    }

    private static long Aligned(long floats) => (floats + 15) / 16 * 16;
}

/// <summary>From planes, one a channel, to pixels with their channels side by side.</summary>
internal static unsafe class ChannelsLast
{
    /// <summary>Pointers to planes; as many times the last one behind them as a vector's transposition may read too many.</summary>
    public static nint* Pointers<S, V>(NativeArrays memory, nint[] planes) where S : struct, ISimd<V> where V : struct
    {
        nint* pointers = memory.Allocate<nint>(planes.Length + 16);
        for (int i = 0; i < planes.Length + 16; i++)
        {
            pointers[i] = planes[Math.Min(i, planes.Length - 1)];
        }

        return pointers;
    }

    /// <summary>
    /// to[p, c] = planes[c][first + p] for <paramref name="count"/> channels and <paramref name="length"/> pixels. Writes whole vectors:
    /// up to a vector of pixels more, and a vector beyond these.
    /// </summary>
    public static void Transpose<S, V>(nint* planes, int count, nint first, int length, float* to) where S : struct, ISimd<V> where V : struct
    {
        for (int p = 0; p < length; p += S.Width)
        {
            // Backwards: what the last channels write too much is the next pixel's first channels, which are written after them.
            for (int c = (count - 1) / S.Width * S.Width; c >= 0; c -= S.Width)
            {
                S.Transpose(planes + c, first + p, to + ((nint)p * count) + c, count);
            }
        }
    }

    /// <summary>
    /// sums[o, r] (+)= Σ_i w[i, o] · x[offset_i + r]: all blocks of channels o beside a run of <paramref name="vectors"/> vectors of r.
    /// </summary>
    /// <param name="x">The run of the first pixel.</param>
    /// <param name="offsets">From there to each pixel's run.</param>
    /// <param name="pixels">How many there are.</param>
    /// <param name="w">By block, [i][channel], a block's room being for <paramref name="room"/> pixels and a vector.</param>
    /// <param name="blocks">Of the channels o.</param>
    /// <param name="room">Pixels.</param>
    /// <param name="sums">Where the first channel's are.</param>
    /// <param name="plane">From one channel's to the next one's.</param>
    /// <param name="vectors">Of a run.</param>
    /// <param name="add">Whether to add to what is there.</param>
    /// <param name="ones">All ones, a run of them.</param>
    public static void Product<S, V>(
        float* x, nint* offsets, int pixels, float* w, PackedWeights.Block[] blocks, int room, float* sums, nint plane, int vectors, bool add, float* ones)
        where S : struct, ISimd<V> where V : struct
    {
        float* zeros = stackalloc float[9];
        new Span<float>(zeros, 9).Clear();
        for (int v = 0; v < vectors;)
        {
            // Four as two and two, as DenseConv.
            int width = vectors - v == 4 ? 2 : Math.Min(3, vectors - v);
            float* run = x + (v * S.Width), weight = w;
            foreach (PackedWeights.Block block in blocks)
            {
                float* to = sums + (block.First * plane) + (v * S.Width);
                var y = new TileOutput
                {
                    Y = to,
                    Plane = plane,
                    Residual = add ? to : null,
                    ResidualPlane = plane,
                    Mask = ones,
                    Low = float.NegativeInfinity,
                    High = float.PositiveInfinity,
                };
                switch (width)
                {
                    case 3:
                        ConvTile<S, V>.Block<Row3<S, V>>(block.Size, block.Rows, run, offsets, pixels, weight, zeros, y);
                        break;
                    case 2:
                        ConvTile<S, V>.Block<Row2<S, V>>(block.Size, block.Rows, run, offsets, pixels, weight, zeros, y);
                        break;
                    default:
                        ConvTile<S, V>.Block<Row1<S, V>>(block.Size, block.Rows, run, offsets, pixels, weight, zeros, y);
                        break;
                }

                weight += ((nint)room * block.Size) + S.Width;
            }

            v += width;
        }
    }
}
