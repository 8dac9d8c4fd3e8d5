using System.Runtime.CompilerServices;
using EMDC.Operators;

namespace EMDC.Simd;

/// <summary>
/// Winograd's F(2×2, 3×3): four neighbouring outputs of a 3×3 convolution out of 16 products a channel instead of 36
/// (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015).
/// <code>
/// U = Bᵀ d B      d: the 4×4 inputs around a 2×2 tile of outputs     Bᵀ = │1  0 −1  0│   G = │ 1   0   0 │   Aᵀ = │1 1  1  0│
/// V = G g Gᵀ      g: the 3×3 weights, transformed once                    │0  1  1  0│       │ ½   ½   ½ │        │0 1 −1 −1│
/// M = Σ_c V ⊙ U   sixteen dense products over the channels                │0 −1  1  0│       │ ½  −½   ½ │
/// y = Aᵀ M A                                                              │0  1  0 −1│       │ 0   0   1 │
/// </code>
/// Used where the sums are long enough to pay for the transforms. Its rounding error (root mean square) is 0.5 to 0.8 times that of the
/// direct form at 16 to 96 channels: sums of C products instead of 9·C outweigh the transforms, which subtract values that they add again.
/// </summary>
internal sealed unsafe class Winograd<S, V> where S : struct, ISimd<V> where V : struct
{
    private const int FewestChannels = 16;

    // Below this the weights, 16/9 as many as before, are read too often for the pixels they serve.
    private const int FewestTiles = 96;

    // Of a strip: transformed inputs of one product stay in the first-level cache, results of a group in the second.
    private const int StripTiles = 48;
    private const int GroupBytes = 192 * 1024;
    private const int EnoughTasks = 16;

    // Two vectors' room behind a channel's products for a row's cut-off end.
    private const int Spare = 48;

    private readonly PackedWeights[] _w;
    private readonly SimdTensor _x;
    private readonly nint* _offsets;
    private readonly WorkerScratch _scratch;
    private readonly long _inputs;
    private readonly long _products;
    private readonly int _rows;
    private readonly int _strips;
    private readonly int _groups;
    private readonly int _groupBlocks;

    public Winograd(PackedWeights[] w, SimdTensor x, NativeArrays memory, WorkerScratch scratch)
    {
        (_w, _x, _scratch) = (w, x, scratch);
        TileColumns = x.Width / 2;
        _rows = Math.Clamp(StripTiles / TileColumns, 1, x.Height / 2);
        _strips = ((x.Height / 2) + _rows - 1) / _rows;

        // An odd number of cache lines, for the reason that PlanePool gives.
        Line = (((_rows * TileColumns) + S.Width + 15) / 16 | 1) * 16;
        Channel = (16 * Line) + Spare;
        int blocks = w[0].Blocks.Length, blockBytes = 9 * 16 * Line * sizeof(float);
        _groupBlocks = Math.Clamp(GroupBytes / blockBytes, 1, blocks);
        int parts = Math.Min((blocks + _groupBlocks - 1) / _groupBlocks, (EnoughTasks + _strips - 1) / _strips);
        _groups = Math.Max(1, parts);
        _offsets = memory.Allocate<nint>(x.Channels);
        for (int c = 0; c < x.Channels; c++)
        {
            _offsets[c] = (nint)c * Channel;
        }

        (_inputs, _products) = ((long)x.Channels * Channel, 9L * _groupBlocks * Channel);
        Reserve(0);
    }

    /// <summary>Tiles in a row of the image.</summary>
    public int TileColumns { get; }

    /// <summary>From one product's tiles to the next one's.</summary>
    public int Line { get; }

    /// <summary>From one channel's sixteen products to the next one's: again an odd number of cache lines.</summary>
    public int Channel { get; }

    public int Tasks => _strips * _groups;

    /// <summary>Makes room for a thread's transformed inputs, products and <paramref name="rest"/> floats of the store's own.</summary>
    public void Reserve(long rest) => _scratch.Reserve(_inputs + _products + rest);

    /// <summary>The store's own floats.</summary>
    public float* Rest(int worker) => _scratch.Of(worker) + _inputs + _products;

    /// <summary>Whether a convolution's shape gains from this form.</summary>
    public static bool Serves(ConvWeights w, Tensor x, int fewestTiles = FewestTiles) =>
        w.Kernel == 3 && w.InChannels >= FewestChannels && w.OutChannels >= FewestChannels &&
        x.Height % 2 == 0 && x.Width % 2 == 0 && (long)x.Height * x.Width / 4 >= fewestTiles;

    /// <summary>V for each of the sixteen products. The bias goes into product (1, 1), which enters every output with factor 1.</summary>
    public static PackedWeights[] Pack(ConvWeights w)
    {
        PackedWeights[] packed = [.. Enumerable.Range(0, 16).Select(_ => new PackedWeights(w.OutChannels, w.InChannels, nines: true))];
        Fill(packed, w, flipped: false);
        return packed;
    }

    /// <summary>
    /// Takes over other values of the same shape: the weights as they are or, flipped, those of the gradient of the input,
    /// w'[c, o, u, v] = w[o, c, 2 − u, 2 − v] without bias.
    /// </summary>
    [MethodImpl(Jit.Kernel)]
    public static void Fill(PackedWeights[] packed, ConvWeights w, bool flipped)
    {
        double* v = stackalloc double[16];
        fixed (float* weight = w.Weight)
        {
            for (int b = 0; b < packed[0].Blocks.Length; b++)
            {
                PackedWeights.Block block = packed[0].Blocks[b];
                for (int k = 0; k < packed[0].Taps; k++)
                {
                    for (int o = 0; o < block.Rows; o++)
                    {
                        int row = flipped ? k : block.First + o, column = flipped ? block.First + o : k;
                        Transform(weight + (9L * ((row * w.InChannels) + column)), flipped, v);
                        for (int product = 0; product < 16; product++)
                        {
                            packed[product].Weight(b)[(k * block.Size) + o] = (float)v[product];
                        }
                    }
                }

                for (int o = 0; o < block.Rows && !flipped; o++)
                {
                    packed[5].Bias(b)[o] = w.Bias[block.First + o];
                }
            }
        }
    }

    /// <summary>Runs a task; <paramref name="store"/> takes every output channel's tiles as soon as they are there.</summary>
    public void Execute(int task, int worker, WinogradStore<S, V> store)
    {
        int first = task / _groups * _rows, rows = Math.Min(_rows, (_x.Height / 2) - first);
        int vectors = ((rows * TileColumns) + S.Width - 1) / S.Width;
        float* u = _scratch.Of(worker), m = u + _inputs;
        for (int c = 0; c < _x.Channels; c++)
        {
            for (int row = 0; row < rows; row++)
            {
                // A row's last vector may run over into the next row's tiles, which are written after it.
                float* d = _x.Channel(c) + (((2L * (first + row)) - 1) * _x.Stride) - 1;
                Input(d, _x.Stride, u + ((long)c * Channel) + (row * TileColumns), Line, TileColumns);
            }
        }

        PackedWeights.Block[] blocks = _w[0].Blocks;
        int part = task % _groups;
        int end = (part + 1) * blocks.Length / _groups;
        for (int from = part * blocks.Length / _groups; from < end; from += _groupBlocks)
        {
            int to = Math.Min(from + _groupBlocks, end);
            int channel = blocks[from].First;
            for (int product = 0; product < 16; product++)
            {
                for (int block = from; block < to; block++)
                {
                    var y = new TileOutput { Y = m + ((long)(blocks[block].First - channel) * Channel) + (product * Line), Plane = Channel };
                    DenseConv<S, V>.Run(_w[product], block, u + (product * Line), _offsets, vectors, y);
                }
            }

            int channels = blocks[to - 1].First + blocks[to - 1].Rows - channel;
            store.Store(channel, channels, first, rows, m, worker);
        }
    }

    /// <summary>One row of tiles of one output channel: y = Aᵀ M A, clamped, as two rows of pixels.</summary>
    /// <param name="m">The channel's sixteen products at the row's first tile.</param>
    /// <param name="line">From one product to the next.</param>
    /// <param name="spare">Room for two vectors.</param>
    /// <param name="tiles">Tiles in the row.</param>
    /// <param name="y">The upper row of pixels; nothing beyond 2·<paramref name="tiles"/> is written.</param>
    /// <param name="stride">To the lower row.</param>
    /// <param name="activation">The clamp.</param>
    /// <param name="add">Whether the result is added to what is there.</param>
    [MethodImpl(Jit.Kernel)]
    public static void Output(float* m, nint line, float* spare, int tiles, float* y, nint stride, Activation activation, bool add = false)
    {
        V low = S.Broadcast(activation.Low), high = S.Broadcast(activation.High);
        for (int j = 0; j < tiles; j += S.Width, m += S.Width)
        {
            V m1 = S.Load(m + (4 * line)), m2 = S.Load(m + (8 * line)), m3 = S.Load(m + (12 * line));
            V a0 = S.Add(S.Add(S.Load(m), m1), m2), b0 = S.Subtract(S.Subtract(m1, m2), m3);
            (m1, m2, m3) = (S.Load(m + (5 * line)), S.Load(m + (9 * line)), S.Load(m + (13 * line)));
            V a1 = S.Add(S.Add(S.Load(m + line), m1), m2), b1 = S.Subtract(S.Subtract(m1, m2), m3);
            (m1, m2, m3) = (S.Load(m + (6 * line)), S.Load(m + (10 * line)), S.Load(m + (14 * line)));
            V a2 = S.Add(S.Add(S.Load(m + (2 * line)), m1), m2), b2 = S.Subtract(S.Subtract(m1, m2), m3);
            (m1, m2, m3) = (S.Load(m + (7 * line)), S.Load(m + (11 * line)), S.Load(m + (15 * line)));
            V a3 = S.Add(S.Add(S.Load(m + (3 * line)), m1), m2), b3 = S.Subtract(S.Subtract(m1, m2), m3);
            V y00 = S.Min(S.Max(S.Add(S.Add(a0, a1), a2), low), high);
            V y01 = S.Min(S.Max(S.Subtract(S.Subtract(a1, a2), a3), low), high);
            V y10 = S.Min(S.Max(S.Add(S.Add(b0, b1), b2), low), high);
            V y11 = S.Min(S.Max(S.Subtract(S.Subtract(b1, b2), b3), low), high);
            if (add)
            {
                // Beyond the row's end there is memory, and what it holds is thrown away.
                S.Deinterleave(y + (2 * j), out V even, out V odd);
                (y00, y01) = (S.Add(y00, even), S.Add(y01, odd));
                S.Deinterleave(y + stride + (2 * j), out even, out odd);
                (y10, y11) = (S.Add(y10, even), S.Add(y11, odd));
            }

            if (j + S.Width <= tiles)
            {
                S.Interleave(y + (2 * j), y00, y01);
                S.Interleave(y + stride + (2 * j), y10, y11);
            }
            else
            {
                int rest = 2 * (tiles - j);
                S.Interleave(spare, y00, y01);
                new ReadOnlySpan<float>(spare, rest).CopyTo(new Span<float>(y + (2 * j), rest));
                S.Interleave(spare, y10, y11);
                new ReadOnlySpan<float>(spare, rest).CopyTo(new Span<float>(y + stride + (2 * j), rest));
            }
        }
    }

    /// <summary>One row of tiles of one input channel: U = Bᵀ d B. <paramref name="d"/> stands above and left of the first tile.</summary>
    [MethodImpl(Jit.Kernel)]
    private static void Input(float* d, nint stride, float* u, nint line, int tiles)
    {
        for (int j = 0; j < tiles; j += S.Width, d += 2 * S.Width, u += S.Width)
        {
            Columns(d, out V a0, out V a1, out V a2, out V a3);
            Columns(d + stride, out V b0, out V b1, out V b2, out V b3);
            Columns(d + (2 * stride), out V c0, out V c1, out V c2, out V c3);
            S.Store(u, S.Subtract(a0, c0));
            S.Store(u + line, S.Subtract(a1, c1));
            S.Store(u + (2 * line), S.Subtract(a2, c2));
            S.Store(u + (3 * line), S.Subtract(a3, c3));
            S.Store(u + (4 * line), S.Add(b0, c0));
            S.Store(u + (5 * line), S.Add(b1, c1));
            S.Store(u + (6 * line), S.Add(b2, c2));
            S.Store(u + (7 * line), S.Add(b3, c3));
            S.Store(u + (8 * line), S.Subtract(c0, b0));
            S.Store(u + (9 * line), S.Subtract(c1, b1));
            S.Store(u + (10 * line), S.Subtract(c2, b2));
            S.Store(u + (11 * line), S.Subtract(c3, b3));
            Columns(d + (3 * stride), out a0, out a1, out a2, out a3);
            S.Store(u + (12 * line), S.Subtract(b0, a0));
            S.Store(u + (13 * line), S.Subtract(b1, a1));
            S.Store(u + (14 * line), S.Subtract(b2, a2));
            S.Store(u + (15 * line), S.Subtract(b3, a3));
        }
    }

    /// <summary>d B for one row: columns 2j − 1 … 2j + 2 of tile j are two vectors of every other pixel and the next two.</summary>
    [MethodImpl(Jit.Inline)]
    private static void Columns(float* row, out V t0, out V t1, out V t2, out V t3)
    {
        S.Deinterleave(row, out V d0, out V d1);
        S.Deinterleave(row + 2, out V d2, out V d3);
        t0 = S.Subtract(d0, d2);
        t1 = S.Add(d1, d2);
        t2 = S.Subtract(d2, d1);
        t3 = S.Subtract(d1, d3);
    }

    /// <summary>v = G g Gᵀ; flipped, that of g[2 − i, 2 − j].</summary>
    [MethodImpl(Jit.Inline)]
    private static void Transform(float* g, bool flipped, double* v)
    {
        double* rows = stackalloc double[12];
        float* first = flipped ? g + 8 : g;
        int step = flipped ? -1 : 1;
        for (int j = 0; j < 3; j++)
        {
            double a = first[step * j], b = first[step * (3 + j)], c = first[step * (6 + j)];
            rows[j] = a;
            rows[3 + j] = 0.5 * (a + b + c);
            rows[6 + j] = 0.5 * (a - b + c);
            rows[9 + j] = c;
        }

        for (int i = 0; i < 4; i++, rows += 3, v += 4)
        {
            v[0] = rows[0];
            v[1] = 0.5 * (rows[0] + rows[1] + rows[2]);
            v[2] = 0.5 * (rows[0] - rows[1] + rows[2]);
            v[3] = rows[2];
        }
    }
}

/// <summary>Where the outputs of <see cref="Winograd{S, V}"/> go.</summary>
internal abstract unsafe class WinogradStore<S, V> : Step where S : struct, ISimd<V> where V : struct
{
    /// <summary>Takes channels of some rows of tiles.</summary>
    /// <param name="channel">The first channel.</param>
    /// <param name="channels">How many.</param>
    /// <param name="first">The first row of tiles.</param>
    /// <param name="rows">How many.</param>
    /// <param name="m">Their products: [channel][product][tile].</param>
    /// <param name="worker">Which scratch memory to use.</param>
    public abstract void Store(int channel, int channels, int first, int rows, float* m, int worker);
}

/// <summary>A 3×3 convolution and clamp in Winograd's form, written to y or added to it.</summary>
internal sealed unsafe class WinogradConvStep<S, V>(Winograd<S, V> winograd, SimdTensor y, Activation activation, bool add = false) : WinogradStore<S, V>
    where S : struct, ISimd<V> where V : struct
{
    public override int Tasks => winograd.Tasks;

    public override void Execute(int task, int worker) => winograd.Execute(task, worker, this);

    public override void Store(int channel, int channels, int first, int rows, float* m, int worker)
    {
        for (int c = 0; c < channels; c++)
        {
            for (int row = 0; row < rows; row++)
            {
                float* to = y.Channel(channel + c) + (2L * (first + row) * y.Stride);
                float* from = m + ((long)c * winograd.Channel);
                Winograd<S, V>.Output(from + (row * winograd.TileColumns), winograd.Line, from + (16 * winograd.Line), winograd.TileColumns, to, y.Stride, activation, add);
            }
        }
    }
}

/// <summary>A 3×3 convolution in Winograd's form, pixel shuffle and PReLU.</summary>
internal sealed unsafe class WinogradShuffleStep<S, V> : WinogradStore<S, V> where S : struct, ISimd<V> where V : struct
{
    private readonly Winograd<S, V> _winograd;
    private readonly float[] _slope;
    private readonly SimdTensor _y;
    private readonly int _width;

    public WinogradShuffleStep(Winograd<S, V> winograd, float[] slope, SimdTensor y)
    {
        (_winograd, _slope, _y) = (winograd, slope, y);
        _width = 2 * winograd.TileColumns;
        winograd.Reserve((8L * _width) + (2 * S.Width));
    }

    public override int Tasks => _winograd.Tasks;

    public override void Execute(int task, int worker) => _winograd.Execute(task, worker, this);

    public override void Store(int channel, int channels, int first, int rows, float* m, int worker)
    {
        // Rows of pixels before the shuffle: [channel 0 … 3][upper, lower].
        float* t = _winograd.Rest(worker);
        for (int c = 0; c < channels; c += 4)
        {
            int shuffled = (channel + c) / 4;
            for (int row = 0; row < rows; row++)
            {
                for (int i = 0; i < 4; i++)
                {
                    float* from = m + ((long)(c + i) * _winograd.Channel), spare = from + (16 * _winograd.Line);
                    from += row * _winograd.TileColumns;
                    Winograd<S, V>.Output(from, _winograd.Line, spare, _winograd.TileColumns, t + (2 * i * _width), _width, Activation.None);
                }

                for (int i = 0; i < 4; i++)
                {
                    float* even = t + (((4 * (i % 2)) + (i / 2)) * _width);
                    float* to = _y.Channel(shuffled) + (((4L * (first + row)) + i) * _y.Stride);
                    PixelShuffleConvStep<S, V>.Shuffle(even, even + (2 * _width), _slope[shuffled], to, _width);
                }
            }
        }
    }
}
