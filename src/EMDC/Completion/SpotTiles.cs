using System.Numerics;
using System.Runtime.Intrinsics;
using EMDC.Simd;

namespace EMDC.Completion;

/// <summary>
/// A frame's spots in the order of square cells of about two of them, and how far each tile of 4×8 pixels is from its eighth nearest spot:
/// what <see cref="Anchoring"/> and <see cref="Planes"/> look spots up in.
/// </summary>
internal sealed unsafe class SpotTiles : IDisposable
{
    public const int TileHeight = 4, TileWidth = 8, Neighbours = 8;

    private readonly NativeArrays _memory = new();
    private readonly ReachStep _reach;
    private int _height, _width, _cell, _rows, _columns, _neighbours;
    private int* _begin;

    public SpotTiles() => _reach = new ReachStep(this);

    /// <summary>Rows of tiles.</summary>
    public int TileRows { get; private set; }

    /// <summary>Columns of tiles.</summary>
    public int TileColumns { get; private set; }

    /// <summary>D of each tile: the distance in pixels from its middle to the eighth nearest spot, or to the last if there are fewer.</summary>
    public float* Reach { get; private set; }

    /// <summary>The spots' rows.</summary>
    public float* Row { get; private set; }

    /// <summary>The spots' columns.</summary>
    public float* Column { get; private set; }

    /// <summary>Their metres.</summary>
    public float* Depth { get; private set; }

    /// <summary>The middle of a tile along one axis, in pixels.</summary>
    public static float Middle(int tile, int side) => tile * side + (side - 1) / 2f;

    /// <summary>Sorts a frame's spots and measures D.</summary>
    /// <param name="workers">The threads.</param>
    /// <param name="count">How many spots there are, one at least.</param>
    /// <param name="sparse">Height×width metres.</param>
    /// <param name="maxDepth">What is above was not measured.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    public void Sort(Workers workers, int count, ReadOnlySpan<float> sparse, float maxDepth, int height, int width)
    {
        Resize(height, width);
        _neighbours = Math.Min(Neighbours, count);
        _cell = Math.Max(2, (int)Math.Round(Math.Sqrt(2.0 * height * width / count)));
        (_rows, _columns) = ((height + _cell - 1) / _cell, (width + _cell - 1) / _cell);
        var begin = new Span<int>(_begin, _rows * _columns + 2);
        begin.Clear();
        for (int pass = 0; pass < 2; pass++)
        {
            for (int y = 0; y < height; y++)
            {
                int row = y / _cell * _columns;
                ReadOnlySpan<float> line = sparse.Slice(y * width, width);
                for (int first = 0; first < width; first += Vector256<float>.Count)
                {
                    for (uint spots = SpotsOf(line[first..], maxDepth); spots != 0; spots &= spots - 1)
                    {
                        // The second pass moves each cell's begin to where it ends, which is one further on in the array.
                        int x = first + BitOperations.TrailingZeroCount(spots);
                        ref int at = ref begin[row + x / _cell + 2 - pass];
                        if (pass == 1)
                        {
                            (Row[at], Column[at], Depth[at]) = (y, x, line[x]);
                        }

                        at++;
                    }
                }
            }

            for (int i = 2; pass == 0 && i < begin.Length; i++)
            {
                begin[i] += begin[i - 1];
            }
        }

        workers.Run(_reach);
    }

    /// <summary>The cells that a circle touches.</summary>
    public CellBox Around(float y, float x, float radius) => new(
        Math.Max(0, (int)(y - radius) / _cell), Math.Min(_rows - 1, (int)(y + radius) / _cell),
        Math.Max(0, (int)(x - radius) / _cell), Math.Min(_columns - 1, (int)(x + radius) / _cell));

    /// <summary>The spots of a row of such cells: numbers from the first up to but not including the second.</summary>
    public (int First, int End) Spots(in CellBox box, int row) => (_begin[row * _columns + box.Left], _begin[row * _columns + box.Right + 1]);

    public void Dispose() => _memory.Dispose();

    /// <summary>Which of the next pixels of a row are spots, a bit each.</summary>
    private static uint SpotsOf(ReadOnlySpan<float> pixels, float maxDepth)
    {
        uint spots = 0;
        if (pixels.Length >= Vector256<float>.Count)
        {
            Vector256<float> depth = Vector256.Create(pixels);
            return (Vector256.GreaterThan(depth, Vector256<float>.Zero) & Vector256.LessThanOrEqual(depth, Vector256.Create(maxDepth))).ExtractMostSignificantBits();
        }

        for (int i = 0; i < pixels.Length; i++)
        {
            spots |= pixels[i] > 0 && pixels[i] <= maxDepth ? 1u << i : 0;
        }

        return spots;
    }

    private void Resize(int height, int width)
    {
        if ((_height, _width) == (height, width))
        {
            return;
        }

        _memory.Dispose();
        (_height, _width) = (0, 0);
        (TileRows, TileColumns) = ((height + TileHeight - 1) / TileHeight, (width + TileWidth - 1) / TileWidth);
        Reach = _memory.Allocate<float>((long)TileRows * TileColumns);
        Row = _memory.Allocate<float>((long)height * width);
        Column = _memory.Allocate<float>((long)height * width);
        Depth = _memory.Allocate<float>((long)height * width);
        _begin = _memory.Allocate<int>((long)((height + 1) / 2) * ((width + 1) / 2) + 2);
        (_height, _width) = (height, width);
    }

    /// <summary>D in the middle of each tile. A task is a row of tiles.</summary>
    private sealed class ReachStep(SpotTiles a) : Step
    {
        public override int Tasks => a.TileRows;

        public override void Execute(int task, int worker)
        {
            float* nearest = stackalloc float[Neighbours];
            for (int column = 0; column < a.TileColumns; column++)
            {
                float y = Middle(task, TileHeight), x = Middle(column, TileWidth);
                var visitor = new Distances(a.Row, a.Column, y, x, nearest, a._neighbours);
                new SpotCells(a._begin, a._cell, a._rows, a._columns).Walk(y, x, ref visitor);
                a.Reach[(long)task * a.TileColumns + column] = MathF.Sqrt(nearest[visitor.Count - 1]);
            }
        }
    }

    /// <summary>Keeps the least distances.</summary>
    private struct Distances(float* rows, float* columns, float y, float x, float* nearest, int most) : ISpotVisitor
    {
        public int Count { get; private set; }

        public readonly bool IsDone(float squaredDistance) => Count == most && nearest[Count - 1] <= squaredDistance;

        public void Visit(int spot)
        {
            float dy = rows[spot] - y, dx = columns[spot] - x, distance = dy * dy + dx * dx;
            if (Count == most && distance >= nearest[Count - 1])
            {
                return;
            }

            int at = Count < most ? Count++ : Count - 1;
            for (; at > 0 && nearest[at - 1] > distance; at--)
            {
                nearest[at] = nearest[at - 1];
            }

            nearest[at] = distance;
        }
    }
}

/// <summary>A rectangle of cells, all borders included.</summary>
internal readonly record struct CellBox(int Top, int Bottom, int Left, int Right);
