using EMDC.Operators;

namespace EMDC.Simd;

internal sealed unsafe partial class SimdOperators<S, V>
{
    /// <inheritdoc/>
    public void Conv2dPixelShuffle(ConvWeights w, float[] slope, Tensor x, Tensor y)
    {
        Operators.Conv2dPixelShuffle.Check(w, slope, x, y);
        var from = (SimdTensor)x;
        if (Winograd<S, V>.Serves(w, x))
        {
            Record("Conv2dPixelShuffle", w, $"{x.Shape} → {y.Shape}", Operators.Conv2dPixelShuffle.Macs(w, x), Floats(x, y),
                new WinogradShuffleStep<S, V>(Winograd(w, from), slope, (SimdTensor)y));
            return;
        }

        nint[] taps = DenseConv<S, V>.Square(w.Kernel, from.Stride);
        var conv = new DenseConv<S, V>(_memory, Packed(w, nines: false), DenseConv<S, V>.Planes(from), taps);
        Record("Conv2dPixelShuffle", w, $"{x.Shape} → {y.Shape}", Operators.Conv2dPixelShuffle.Macs(w, x), Floats(x, y),
            new PixelShuffleConvStep<S, V>(conv, slope, from, (SimdTensor)y, _memory, _scratch));
    }
}

/// <summary>
/// Convolves whole rows of one block (4 or 8 channels before the shuffle, 1 or 2 after it) into scratch memory and shuffles
/// from there. A task is a strip of rows for some of the blocks.
/// </summary>
internal sealed unsafe class PixelShuffleConvStep<S, V> : Step where S : struct, ISimd<V> where V : struct
{
    // The strip's scratch memory, 8 channels of it, stays in the first-level cache from convolution to shuffle.
    private const int ScratchPixels = 512;
    private const int EnoughTasks = 24;

    private readonly DenseConv<S, V> _conv;
    private readonly float[] _slope;
    private readonly SimdTensor _x;
    private readonly SimdTensor _y;
    private readonly int _rows;
    private readonly int _strips;
    private readonly int _groups;
    private readonly int _plane;
    private readonly WorkerScratch _scratch;
    private readonly float* _ones;

    public PixelShuffleConvStep(DenseConv<S, V> conv, float[] slope, SimdTensor x, SimdTensor y, NativeArrays memory, WorkerScratch scratch)
    {
        (_conv, _slope, _x, _y, _scratch) = (conv, slope, x, y, scratch);
        _rows = Math.Clamp(ScratchPixels / x.Stride, 1, x.Height);
        _strips = (x.Height + _rows - 1) / _rows;
        _groups = Math.Min(conv.Weights.Blocks.Length, (EnoughTasks + _strips - 1) / _strips);

        // An odd number of cache lines, for the reason that PlanePool gives.
        int pixels = (_rows * x.Stride) + S.Width;
        _plane = (((pixels + 15) / 16) | 1) * 16;
        scratch.Reserve(8L * _plane);
        _ones = memory.Allocate<float>(_plane);
        new Span<uint>(_ones, _plane).Fill(uint.MaxValue);
    }

    public override int Tasks => _strips * _groups;

    public override void Execute(int task, int worker)
    {
        int row = task / _groups * _rows;
        int rows = Math.Min(_rows, _x.Height - row);
        int vectors = ((rows * _x.Stride) + S.Width - 1) / S.Width;
        int group = task % _groups;
        PackedWeights.Block[] blocks = _conv.Weights.Blocks;
        float* scratch = _scratch.Of(worker);
        var y = new TileOutput
        {
            Y = scratch,
            Plane = _plane,
            Mask = _ones,
            Low = float.NegativeInfinity,
            High = float.PositiveInfinity,
        };
        for (int block = group * blocks.Length / _groups; block < (group + 1) * blocks.Length / _groups; block++)
        {
            _conv.Run(block, row * _x.Stride, vectors, y);
            for (int c = 0; c < blocks[block].Rows / 4; c++)
            {
                int channel = (blocks[block].First / 4) + c;
                for (int i = 0; i < 2 * rows; i++)
                {
                    float* t = scratch + (((4 * c) + (2 * (i % 2))) * _plane) + (i / 2 * _x.Stride);
                    Shuffle(t, t + _plane, _slope[channel], _y.Channel(channel) + ((long)((2 * row) + i) * _y.Stride), _x.Width);
                }
            }
        }
    }

    /// <summary>One output row: y[2j] = prelu(even[j]), y[2j + 1] = prelu(odd[j]).</summary>
    public static void Shuffle(float* even, float* odd, float slope, float* y, int width)
    {
        V a = S.Broadcast(slope);
        int j = 0;
        for (; j + S.Width <= width; j += S.Width)
        {
            S.Interleave(y + (2 * j), PReLU(S.Load(even + j), a), PReLU(S.Load(odd + j), a));
        }

        for (; j < width; j++)
        {
            y[2 * j] = even[j] > 0 ? even[j] : slope * even[j];
            y[(2 * j) + 1] = odd[j] > 0 ? odd[j] : slope * odd[j];
        }
    }

    /// <summary>max(t, 0) + a·min(t, 0), which is exact: one of the two is 0.</summary>
    private static V PReLU(V t, V a) => S.Fma(a, S.Min(t, S.Zero), S.Max(t, S.Zero));
}
