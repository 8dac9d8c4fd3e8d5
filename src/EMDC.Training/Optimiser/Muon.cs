using System.Collections.Concurrent;
using System.Numerics;

namespace EMDC.Training.Optimiser;

/// <summary>
/// Muon (Jordan 2024; Liu et al. 2025) for the kernels of dense convolutions, each a matrix [output channels, taps]:
/// <code>
/// m ← β·m + (1 − β)·g     M = β·m + (1 − β)·g
/// p ← p − η·λ·p − η·0.2·√(longer side)·U     U = orthogonal(M), see <see cref="Orthogonal"/>
/// </code>
/// AdamW's steps are large along the few directions in which gradients agree and next to nothing along all others; here all are as
/// large as each other. With 0.2·√(longer side) a step's root mean square is 0.2·η, which is what AdamW's come to, so both share η.
/// The shorter side of large matrices is divided into blocks of their own: the time is cubic in it.
/// </summary>
internal sealed class Muon
{
    private const float Beta = 0.95f, StepSize = 0.2f;

    // 640×2880, the largest, as one would take longer than all others together.
    private const int LongestShortSide = 192;

    private readonly ParameterPart[] _parts;
    private readonly Block[] _blocks;
    private readonly ConcurrentBag<Scratch> _idle = [];

    public Muon(Parameters parameters)
    {
        Matrices = [.. parameters.All.Where(IsMatrix)];
        _parts = ParameterPart.Of(Matrices);

        // The longest first, so that no thread begins one when the others end.
        _blocks = [.. Matrices.SelectMany(BlocksOf).OrderByDescending(block => Orthogonal.Macs(block.Matrix.Rows, block.Matrix.Columns))];
    }

    /// <summary>What it is for: kernels that decay and have more than one input and output channel. The funnel's are logits, whose size
    /// is what the penalty on them is about, and depthwise kernels are nine values each.</summary>
    public IReadOnlyList<Parameter> Matrices { get; }

    /// <param name="rate">η.</param>
    /// <param name="decay">λ.</param>
    /// <param name="scale">For the gradients, from the bound on their norm.</param>
    /// <param name="keep">d of the average.</param>
    /// <param name="threads">How many threads; the result does not depend on it.</param>
    public void Step(float rate, float decay, float scale, float keep, ParallelOptions threads)
    {
        Parallel.For(0, _parts.Length, threads, i => Blend(_parts[i], scale));
        var oneByOne = Partitioner.Create(_blocks, EnumerablePartitionerOptions.NoBuffering);
        Parallel.ForEach(oneByOne, threads, block =>
        {
            Scratch scratch = _idle.TryTake(out Scratch? found) ? found : new Scratch();
            Update(block, scratch, rate * block.Parameter.Rate, decay, keep);
            _idle.Add(scratch);
        });
    }

    private static bool IsMatrix(Parameter p) => p.Decays && p.Shape.Length == 4 && p.Shape[0] > 1 && p.Shape[1] > 1;

    private static IEnumerable<Block> BlocksOf(Parameter p)
    {
        // M is kept where AdamW has v, which there is none of here.
        var whole = new MatrixView(p.Square, p.Shape[0], p.Values.Length / p.Shape[0]);
        bool isTall = whole.Rows > whole.Columns;
        int shorter = Math.Min(whole.Rows, whole.Columns), count = (shorter + LongestShortSide - 1) / LongestShortSide;
        for (int i = 0; i < count; i++)
        {
            int first = shorter * i / count, sides = (shorter * (i + 1) / count) - first;
            yield return new Block(p, isTall
                ? whole with { Start = first, Columns = sides }
                : whole with { Start = first * whole.RowStride, Rows = sides });
        }
    }

    private static void Blend(ParameterPart part, float scale)
    {
        (Parameter p, int start, int length) = part;
        Span<float> momentum = p.Momentum.AsSpan(start, length), blend = p.Square.AsSpan(start, length);
        ReadOnlySpan<float> gradient = p.Gradient.AsSpan(start, length);
        int i = 0;
        for (; i <= length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> g = new Vector<float>(gradient[i..]) * (scale * (1 - Beta)), m = (new Vector<float>(momentum[i..]) * Beta) + g;
            m.CopyTo(momentum[i..]);
            ((m * Beta) + g).CopyTo(blend[i..]);
        }

        for (; i < length; i++)
        {
            float g = gradient[i] * (scale * (1 - Beta)), m = (momentum[i] * Beta) + g;
            (momentum[i], blend[i]) = (m, (m * Beta) + g);
        }
    }

    private static void Update(Block block, Scratch scratch, float rate, float decay, float keep)
    {
        (Parameter p, MatrixView matrix) = block;
        Span<float> direction = scratch.Direction(matrix.Rows * matrix.Columns);
        scratch.Orthogonal.Run(matrix, direction);
        float shrink = 1 - (rate * decay), step = rate * StepSize * MathF.Sqrt(Math.Max(matrix.Rows, matrix.Columns));
        for (int r = 0; r < matrix.Rows; r++)
        {
            ReadOnlySpan<float> from = direction.Slice(r * matrix.Columns, matrix.Columns);
            Span<float> values = p.Values.AsSpan(matrix.Start + (r * matrix.RowStride), from.Length);
            Span<float> average = p.Average.AsSpan(matrix.Start + (r * matrix.RowStride), from.Length);
            for (int c = 0; c < from.Length; c++)
            {
                float value = (values[c] * shrink) - (step * from[c]);
                values[c] = value;
                average[c] += (value - average[c]) * (1 - keep);
            }
        }
    }

    /// <summary>A matrix, or a part of one, and where its M is.</summary>
    private readonly record struct Block(Parameter Parameter, MatrixView Matrix);

    /// <summary>What a thread needs.</summary>
    private sealed class Scratch
    {
        private float[] _direction = [];

        public Orthogonal Orthogonal { get; } = new();

        public Span<float> Direction(int length)
        {
            Array.Resize(ref _direction, Math.Max(_direction.Length, length));
            return _direction.AsSpan(0, length);
        }
    }
}
