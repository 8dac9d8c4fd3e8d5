using System.Runtime.CompilerServices;
using EMDC.Operators;
using EMDC.Simd;

namespace EMDC.Training;

/// <summary>
/// The weights' gradient of a 3×3 convolution in the form of <see cref="Winograd{S, V}"/>, whose transforms it turns round: 16 products
/// a pair of channels for four pixels instead of 36.
/// <code>
/// U  = Bᵀ d B          the 4×4 inputs around a tile of 2×2 outputs, as forwards
/// M  = A ∂z Aᵀ         its 2×2 gradients
/// W += M ⊙ U           sixteen sums over the tiles
/// ∂w = Gᵀ W G          once
/// </code>
/// Channels stand side by side, as in <see cref="WeightGradientStep{S, V}"/>, and the sums are on the same tile.
/// </summary>
internal sealed unsafe class WinogradWeightGradientStep<S, V> : Step where S : struct, ISimd<V> where V : struct
{
    // U and M of a strip stay in the second-level cache, the sums beside them.
    private const int StripFloats = 128 * 1024;

    private readonly TrainingFrame _frame;
    private readonly ConvWeights _w;
    private readonly WorkerScratch _scratch;
    private readonly SimdTensor _dz;
    private readonly PackedWeights.Block[] _blocks;
    private readonly nint* _rows;
    private readonly nint* _planes;
    private readonly nint* _offsets;
    private readonly float* _ones;
    private readonly int _inputs;
    private readonly int _paddedInputs;
    private readonly int _outputs;
    private readonly int _columns;
    private readonly int _stripRows;
    private readonly int _packed;
    private readonly long _xFloats;
    private readonly long _dzFloats;
    private readonly long _uFloats;
    private readonly long _mFloats;

    public WinogradWeightGradientStep(NativeArrays memory, WorkerScratch scratch, TrainingFrame frame, ConvWeights w, SimdTensor dz, nint[] planes)
    {
        (_frame, _w, _scratch, _dz) = (frame, w, scratch, dz);
        (_inputs, _outputs, _columns) = (w.InChannels, w.OutChannels, dz.Width / 2);
        _paddedInputs = (_inputs + S.Width - 1) / S.Width * S.Width;
        _blocks = PackedWeights.Split(_outputs, nines: true);
        _packed = _blocks.Sum(block => block.Size);
        _stripRows = Math.Clamp(StripFloats / (16 * _columns * (_paddedInputs + _packed)), 1, dz.Height / 2);
        int tiles = _stripRows * _columns;
        _xFloats = Aligned(((((2 * _stripRows) + 2L) * dz.Stride) + S.Width + 2) * _inputs) + (4 * S.Width);
        _dzFloats = Aligned(((2L * _stripRows * dz.Stride) + S.Width) * _outputs) + (4 * S.Width);
        _uFloats = (16L * tiles * _paddedInputs) + S.Width;
        _mFloats = Aligned(16 * (((long)tiles * _packed) + (S.Width * _blocks.Length)));
        scratch.Reserve(_xFloats + _dzFloats + _uFloats + _mFloats + (16L * _outputs * _paddedInputs));
        _rows = ChannelsLast.Pointers<S, V>(memory, DenseConv<S, V>.Planes(dz));
        _planes = ChannelsLast.Pointers<S, V>(memory, planes);
        _offsets = memory.Allocate<nint>(tiles);
        for (int i = 0; i < tiles; i++)
        {
            _offsets[i] = (nint)i * _paddedInputs;
        }

        _ones = memory.Allocate<float>(_paddedInputs);
        new Span<uint>(_ones, _paddedInputs).Fill(uint.MaxValue);
    }

    public override int Tasks => 1;

    public override void Execute(int task, int worker)
    {
        float* x = _scratch.Of(worker), dz = x + _xFloats, u = dz + _dzFloats, m = u + _uFloats, sums = m + _mFloats;
        int stride = _dz.Stride;
        for (int row = 0; row < _dz.Height / 2; row += _stripRows)
        {
            int rows = Math.Min(_stripRows, (_dz.Height / 2) - row);
            nint first = (nint)2 * row * stride;
            ChannelsLast.Transpose<S, V>(_planes, _inputs, first - stride - 1, (((2 * rows) + 2) * stride) + 1, x);
            ChannelsLast.Transpose<S, V>(_rows, _outputs, first, 2 * rows * stride, dz);
            int tiles = rows * _columns;
            for (int i = 0; i < rows; i++)
            {
                Inputs(x + (2L * i * stride * _inputs), (nint)stride * _inputs, u + ((long)i * _columns * _paddedInputs), (nint)_stripRows * _columns * _paddedInputs);
            }

            float* block = m;
            nint line = ((nint)_stripRows * _columns * _packed) + (S.Width * _blocks.Length);
            foreach (PackedWeights.Block b in _blocks)
            {
                for (int i = 0; i < rows; i++)
                {
                    Outputs(dz + (2L * i * stride * _outputs) + b.First, (nint)stride * _outputs, block + ((long)i * _columns * b.Size), line, b.Size);
                }

                block += ((nint)_stripRows * _columns * b.Size) + S.Width;
            }

            for (int product = 0; product < 16; product++)
            {
                ChannelsLast.Product<S, V>(
                    u + ((nint)product * _stripRows * _columns * _paddedInputs), _offsets, tiles, m + (product * line), _blocks, _stripRows * _columns,
                    sums + ((nint)product * _outputs * _paddedInputs), _paddedInputs, _paddedInputs / S.Width, row > 0, _ones);
            }
        }

        fixed (float* weight = _frame.Into.Of(_w).Weight)
        {
            for (int o = 0; o < _outputs; o++)
            {
                Collect(sums + ((long)o * _paddedInputs), (nint)_outputs * _paddedInputs, weight + (9L * o * _inputs));
            }
        }
    }

    /// <summary>One row of tiles: U = Bᵀ d B, <paramref name="x"/> standing above and left of the first tile.</summary>
    [MethodImpl(Jit.Kernel)]
    private void Inputs(float* x, nint row, float* u, nint line)
    {
        nint pixel = _inputs;
        for (int j = 0; j < _columns; j++, x += 2 * pixel, u += _paddedInputs)
        {
            for (int c = 0; c < _paddedInputs; c += S.Width)
            {
                float* d = x + c, to = u + c;
                Columns(d, pixel, out V a0, out V a1, out V a2, out V a3);
                Columns(d + row, pixel, out V b0, out V b1, out V b2, out V b3);
                Columns(d + (2 * row), pixel, out V c0, out V c1, out V c2, out V c3);
                S.Store(to, S.Subtract(a0, c0));
                S.Store(to + line, S.Subtract(a1, c1));
                S.Store(to + (2 * line), S.Subtract(a2, c2));
                S.Store(to + (3 * line), S.Subtract(a3, c3));
                S.Store(to + (4 * line), S.Add(b0, c0));
                S.Store(to + (5 * line), S.Add(b1, c1));
                S.Store(to + (6 * line), S.Add(b2, c2));
                S.Store(to + (7 * line), S.Add(b3, c3));
                S.Store(to + (8 * line), S.Subtract(c0, b0));
                S.Store(to + (9 * line), S.Subtract(c1, b1));
                S.Store(to + (10 * line), S.Subtract(c2, b2));
                S.Store(to + (11 * line), S.Subtract(c3, b3));
                Columns(d + (3 * row), pixel, out a0, out a1, out a2, out a3);
                S.Store(to + (12 * line), S.Subtract(b0, a0));
                S.Store(to + (13 * line), S.Subtract(b1, a1));
                S.Store(to + (14 * line), S.Subtract(b2, a2));
                S.Store(to + (15 * line), S.Subtract(b3, a3));
            }
        }
    }

    /// <summary>d B for one row of a tile.</summary>
    [MethodImpl(Jit.Inline)]
    private static void Columns(float* d, nint pixel, out V t0, out V t1, out V t2, out V t3)
    {
        V d0 = S.Load(d), d1 = S.Load(d + pixel), d2 = S.Load(d + (2 * pixel)), d3 = S.Load(d + (3 * pixel));
        t0 = S.Subtract(d0, d2);
        t1 = S.Add(d1, d2);
        t2 = S.Subtract(d2, d1);
        t3 = S.Subtract(d1, d3);
    }

    /// <summary>One row of tiles for a block of output channels: M = A ∂z Aᵀ.</summary>
    [MethodImpl(Jit.Kernel)]
    private void Outputs(float* dz, nint row, float* m, nint line, int size)
    {
        nint pixel = _outputs;
        for (int j = 0; j < _columns; j++, dz += 2 * pixel, m += size)
        {
            // Backwards, as ChannelsLast: what is too much is written over by the next tile.
            for (int o = (size - 1) / S.Width * S.Width; o >= 0; o -= S.Width)
            {
                float* d = dz + o, to = m + o;
                V d00 = S.Load(d), d01 = S.Load(d + pixel), d10 = S.Load(d + row), d11 = S.Load(d + row + pixel);
                V sum0 = S.Add(d00, d10), sum1 = S.Add(d01, d11), rest0 = S.Subtract(d00, d10), rest1 = S.Subtract(d01, d11);
                Row(to, line, d00, d01);
                Row(to + (4 * line), line, sum0, sum1);
                Row(to + (8 * line), line, rest0, rest1);
                Row(to + (12 * line), line, S.Subtract(S.Zero, d10), S.Subtract(S.Zero, d11));
            }
        }
    }

    [MethodImpl(Jit.Inline)]
    private static void Row(float* to, nint line, V a, V b)
    {
        S.Store(to, a);
        S.Store(to + line, S.Add(a, b));
        S.Store(to + (2 * line), S.Subtract(a, b));
        S.Store(to + (3 * line), S.Subtract(S.Zero, b));
    }

    /// <summary>∂w += Gᵀ W G of one output channel.</summary>
    [MethodImpl(Jit.Kernel)]
    private void Collect(float* sums, nint product, float* weight)
    {
        float* taps = stackalloc float[9 * 16], rows = stackalloc float[12 * 16];
        V half = S.Broadcast(0.5f);
        for (int c = 0; c < _inputs; c += S.Width)
        {
            for (int j = 0; j < 4; j++)
            {
                float* w = sums + c + (j * product);
                V a = S.Load(w), b = S.Load(w + (4 * product)), d = S.Load(w + (8 * product)), e = S.Load(w + (12 * product));
                V sum = S.Multiply(half, S.Add(b, d));
                S.Store(rows + (j * S.Width), S.Add(a, sum));
                S.Store(rows + ((4 + j) * S.Width), S.Multiply(half, S.Subtract(b, d)));
                S.Store(rows + ((8 + j) * S.Width), S.Add(e, sum));
            }

            for (int i = 0; i < 3; i++)
            {
                float* w = rows + (4 * i * S.Width);
                V a = S.Load(w), b = S.Load(w + S.Width), d = S.Load(w + (2 * S.Width)), e = S.Load(w + (3 * S.Width));
                V sum = S.Multiply(half, S.Add(b, d));
                S.Store(taps + (3 * i * S.Width), S.Add(a, sum));
                S.Store(taps + (((3 * i) + 1) * S.Width), S.Multiply(half, S.Subtract(b, d)));
                S.Store(taps + (((3 * i) + 2) * S.Width), S.Add(e, sum));
            }

            int count = Math.Min(S.Width, _inputs - c);
            for (int i = 0; i < count; i++, weight += 9)
            {
                for (int t = 0; t < 9; t++)
                {
                    weight[t] += taps[(t * S.Width) + i];
                }
            }
        }
    }

    private static long Aligned(long floats) => (floats + 15) / 16 * 16;
}
