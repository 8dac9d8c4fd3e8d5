using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EMDC.Operators;

namespace EMDC.Simd;

/// <summary>
/// A convolution's weights as <see cref="ConvTile{S, V}"/> reads them: blocks of 4, 8 or 9 output channels, in each of them
/// [k][channel], so that a tile runs through its weights once from front to back. Channels that fill up a block are 0.
/// </summary>
internal sealed unsafe class PackedWeights : IDisposable
{
    private readonly float* _memory;

    /// <param name="weight">O×K, K the taps of all input channels.</param>
    /// <param name="bias">O.</param>
    /// <param name="k">Number of taps K.</param>
    /// <param name="nines">Whether blocks of 9 are allowed; a pixel shuffle needs blocks of whole groups of 4.</param>
    public PackedWeights(ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, int k, bool nines)
        : this(bias.Length, k, nines) => Fill(weight, bias);

    /// <summary>Weights and biases of 0, to be filled.</summary>
    public PackedWeights(int outputs, int k, bool nines)
    {
        Taps = k;
        Blocks = Split(outputs, nines);
        long floats = Blocks.Sum(block => (long)block.Size * (k + 1));
        _memory = (float*)NativeMemory.AlignedAlloc(checked((nuint)floats * sizeof(float)), 64);
        NativeMemory.Clear(_memory, (nuint)floats * sizeof(float));
        long at = 0;
        for (int i = 0; i < Blocks.Length; i++)
        {
            Block block = Blocks[i] with { Weight = at, Bias = at + ((long)Blocks[i].Size * k) };
            Blocks[i] = block;
            at += (long)block.Size * (k + 1);
        }
    }

    /// <summary>Takes over other values of the same shape.</summary>
    [MethodImpl(Jit.Kernel)]
    public void Fill(ReadOnlySpan<float> weight, ReadOnlySpan<float> bias)
    {
        foreach (Block block in Blocks)
        {
            // Written from front to back; the rows it is gathered from are few.
            float* to = _memory + block.Weight;
            ReadOnlySpan<float> from = weight.Slice(block.First * Taps, block.Rows * Taps);
            for (int t = 0; t < Taps; t++, to += block.Size)
            {
                for (int o = 0, at = t; o < block.Rows; o++, at += Taps)
                {
                    to[o] = from[at];
                }
            }

            bias.Slice(block.First, block.Rows).CopyTo(new Span<float>(_memory + block.Bias, block.Rows));
        }
    }

    /// <summary>
    /// Takes over the weights of the gradient of a convolution's input, w'[c, o, t] = w[o, c, T − 1 − t] with T the stencil's taps,
    /// for as many input channels c as there are outputs here; the biases stay 0.
    /// </summary>
    [MethodImpl(Jit.Kernel)]
    public void FillFlipped(ConvWeights w)
    {
        int taps = w.Kernel * w.Kernel;
        foreach (Block block in Blocks)
        {
            float* to = _memory + block.Weight;
            for (int o = 0; o < w.OutChannels; o++)
            {
                ReadOnlySpan<float> from = w.Weight.AsSpan(((o * w.InChannels) + block.First) * taps, block.Rows * taps);
                for (int t = taps - 1; t >= 0; t--, to += block.Size)
                {
                    for (int c = 0, at = t; c < block.Rows; c++, at += taps)
                    {
                        to[c] = from[at];
                    }
                }
            }
        }
    }

    public int Taps { get; }

    public Block[] Blocks { get; }

    public float* Weight(int block) => _memory + Blocks[block].Weight;

    public float* Bias(int block) => _memory + Blocks[block].Bias;

    /// <summary>
    /// The fewest padded channels: 31 = 9 + 9 + 9 + 4, 9 = 9, 24 = 8 + 8 + 8, 1 = 4 of which 3 are thrown away.
    /// </summary>
    public static Block[] Split(int channels, bool nines)
    {
        int best = 0, bestPadded = int.MaxValue;
        for (int n = 0; nines && n <= Math.Min(8, channels / 9); n++)
        {
            int padded = (9 * n) + Padded(channels - (9 * n));
            if (padded < bestPadded)
            {
                (best, bestPadded) = (n, padded);
            }
        }

        var blocks = new List<Block>();
        for (int first = 0; first < channels;)
        {
            int left = channels - first;
            int size = blocks.Count < best ? 9 : left <= 4 ? 4 : 8;
            blocks.Add(new Block(first, Math.Min(size, left), size, 0, 0));
            first += size;
        }

        return [.. blocks];

        static int Padded(int n) => (n / 8 * 8) + ((n % 8) switch { 0 => 0, <= 4 => 4, _ => 8 });
    }

    public void Dispose() => NativeMemory.AlignedFree(_memory);

    /// <summary>Output channels First … First + Rows − 1, padded to Size.</summary>
    public readonly record struct Block(int First, int Rows, int Size, long Weight, long Bias);
}
