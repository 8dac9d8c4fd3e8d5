using System.Numerics;
using System.Runtime.Intrinsics;
using EMDC.Simd;

namespace EMDC.Completion;

/// <summary>
/// Lays the measurements over the network's result, so that what was measured is kept and its surroundings follow, and one half of a frame
/// may be full while the other has a spot here and there:
/// <code>
/// y(p) = Σ_i w_i·(s_i + λ_i·(x(p) − x(q_i))) / Σ_i w_i,  w_i = exp(−|p − q_i|² / 2σ² − |I(p) − I(q_i)|² / 2ρ² − min(t_i, 9))
/// λ_i = 1 − (1 − λ) / (1 + t_i),  t_i = ((x(p) − x(q_i)) / 0.8·x(p))²
/// </code>
/// x is the network's result, s_i the spots, q_i their pixels, i over those around p; I is the colour frame averaged over 3×3 pixels. With
/// λ = 0 this is joint bilateral upsampling of the spots, with λ = 1 the network's result corrected by what it misses at the spots: the
/// network's share is the detail between spots. Both numbers follow the spots' local density:
/// <code>
/// σ = (D − 0.5) / 4,  λ = 1 − 0.5·ρ₈ / (ρ₈ + 0.02),  ρ₈ = 8 / πD²
/// </code>
/// D is the distance to the eighth nearest spot in pixels (for λ in pixels of the size that the network worked at). So in a full map each
/// pixel keeps its own measurement, in a hole the network's shape stands on the rim, and far from every spot it is shifted, not bent.
/// <para>
/// t_i tells surfaces apart: where the network sees a step between pixel and spot, the spot counts less, and the step is kept whole. Without
/// it a thin thing at 0.3 m before a wall at 3 m lost a quarter of its distance to the wall, and the mean error of 50 scenes of EMDC.Scenes' test
/// family, 1,000 spots, was 0.0415 in place of 0.0378 (of the bare network 0.0382). 0.1 instead of 0.8 does as well there, but costs 3 % on
/// photographs, where a step of the network's is as often wrong; with 0.8 they stay as they were.
/// </para>
/// <para>
/// Measured on six photographs (bench/densities.sh): λ = 0.5, 0.65, 0.8 and 1 are within 3 % of each other at 0.5 to 2 % of the pixels; with
/// fewer spots and in the holes of full maps 1 is best, by 10 to 30 %, and at 8 and 25 % 0.5 to 0.65, by as much. ρ = 25 is better than 8 and
/// 15 by 1 to 3 %, σ = D/4 than D/3 by 2 to 15 %; 12 or 16 spots instead of 8 are worse.
/// </para>
/// <para>No result is below <see cref="LeastShare"/> of the smallest measured depth.</para>
/// </summary>
internal sealed unsafe class Anchoring : IDisposable
{
    /// <summary>The least depth as a part of the smallest measured one.</summary>
    public const float LeastShare = 0.25f;

    // A tile is one vector wide; its pixels share the spots that they look at.
    private const int TileHeight = SpotTiles.TileHeight, TileWidth = SpotTiles.TileWidth, MostSpots = 128;
    private const float ColourSigma = 25, DetailLoss = 0.5f, HalfDensity = 0.02f, Step = 0.8f, MostUnlike = 9;

    // 128 weights below e⁻²⁰ of the largest change their sum by less than 3e-7 of it, about what its rounding does.
    private const float Negligible = -20;

    private readonly NativeArrays _memory = new();
    private readonly GuideStep _guide;
    private readonly BlendStep _blend;

    private SpotTiles _tiles = null!;
    private int _height, _width, _stride;
    private float* _r, _g, _b, _x;
    private ushort* _sums;

    private byte* _rgb;
    private float* _dense;
    private float _least, _scale;
    private int _bounded, _neighbours;

    public Anchoring()
    {
        _guide = new GuideStep(this);
        _blend = new BlendStep(this);
    }

    /// <summary>Works in place.</summary>
    /// <param name="workers">The threads.</param>
    /// <param name="working">The spots' number, the smallest depth and the size that the network worked at.</param>
    /// <param name="tiles">The frame's spots, sorted.</param>
    /// <param name="rgb">The frame's colours.</param>
    /// <param name="dense">x, and then y.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <returns>How many pixels were bounded.</returns>
    public int Run(Workers workers, WorkingFrame working, SpotTiles tiles, ReadOnlySpan<byte> rgb, Span<float> dense, int height, int width)
    {
        Resize(height, width);
        _tiles = tiles;
        (_least, _scale) = (working.Least, (float)working.Width / width);
        _neighbours = Math.Min(SpotTiles.Neighbours, working.Spots);
        _bounded = 0;
        fixed (byte* colours = rgb)
        fixed (float* result = dense)
        {
            _rgb = colours;
            _dense = result;
            workers.Run(_guide);
            workers.Run(_blend);
        }

        return _bounded;
    }

    public void Dispose() => _memory.Dispose();

    private void Resize(int height, int width)
    {
        if ((_height, _width) == (height, width))
        {
            return;
        }

        _memory.Dispose();
        (_height, _width) = (0, 0);
        _stride = (width + TileWidth - 1) / TileWidth * TileWidth;
        long pixels = (long)height * _stride;
        _r = _memory.Allocate<float>(pixels);
        _g = _memory.Allocate<float>(pixels);
        _b = _memory.Allocate<float>(pixels);
        _x = _memory.Allocate<float>(pixels);
        _sums = _memory.Allocate<ushort>((long)height * (3 * width + GuideStep.Edge));
        (_height, _width) = (height, width);
    }

    /// <summary>The spots that a tile's pixels look at, as numbers in their order: those as near as the eighth one to any of them.</summary>
    private int Collect(int tileRow, int tileColumn, int* spots)
    {
        float y = SpotTiles.Middle(tileRow, TileHeight), x = SpotTiles.Middle(tileColumn, TileWidth);
        float reach = _tiles.Reach[(long)tileRow * _tiles.TileColumns + tileColumn];

        // From the middle to a corner pixel; less where a crowd far away would not fit.
        for (float more = 4; ; more /= 2)
        {
            float radius = reach + more, square = radius * radius;
            int count = 0;
            CellBox cells = _tiles.Around(y, x, radius);
            for (int v = cells.Top; v <= cells.Bottom; v++)
            {
                var (first, end) = _tiles.Spots(cells, v);
                for (int i = first; i < end; i++)
                {
                    float dy = _tiles.Row[i] - y, dx = _tiles.Column[i] - x;
                    if (dy * dy + dx * dx <= square)
                    {
                        if (count == MostSpots)
                        {
                            goto Crowded;
                        }

                        spots[count++] = i;
                    }
                }
            }

            return count;

        Crowded:
            if (more < 0.1f)
            {
                return count;
            }
        }
    }

    /// <summary>Copies x, and averages the colours over 3×3 pixels, because the colour of one is mostly noise. A task is some rows.</summary>
    private sealed class GuideStep(Anchoring a) : Step
    {
        /// <summary>What the sums of a row have beyond its width: nothing of a pixel to the left and to the right of it.</summary>
        public const int Edge = 6;

        private const int Rows = 16;

        public override int Tasks => (a._height + Rows - 1) / Rows;

        public override void Execute(int task, int worker)
        {
            int width = a._width, bytes = 3 * width;
            for (int y = task * Rows; y < Math.Min((task + 1) * Rows, a._height); y++)
            {
                long to = (long)y * a._stride;
                new ReadOnlySpan<float>(a._dense + (long)y * width, width).CopyTo(new Span<float>(a._x + to, width));
                int top = Math.Max(0, y - 1), bottom = Math.Min(a._height - 1, y + 1);
                ushort* sums = a._sums + (long)y * (bytes + Edge);
                AddRows(sums + 3, top, bottom, bytes);
                float share = 1f / (3 * (bottom - top + 1)), atEdge = 1f / (2 * (bottom - top + 1));
                for (int x = 0; x < width; x++)
                {
                    ushort* at = sums + 3 * x;
                    float part = x == 0 || x == width - 1 ? atEdge : share;
                    a._r[to + x] = (at[0] + at[3] + at[6]) * part;
                    a._g[to + x] = (at[1] + at[4] + at[7]) * part;
                    a._b[to + x] = (at[2] + at[5] + at[8]) * part;
                }
            }
        }

        /// <summary>The sums over up to three rows of colours, for each of their bytes.</summary>
        private void AddRows(ushort* sums, int top, int bottom, int bytes)
        {
            byte* first = a._rgb + (long)top * bytes;
            int i = 0;
            for (; i <= bytes - Vector128<byte>.Count; i += Vector128<byte>.Count)
            {
                Vector256<ushort> sum = default;
                for (int v = 0; v <= bottom - top; v++)
                {
                    var (low, high) = Vector128.Widen(Vector128.Load(first + (long)v * bytes + i));
                    sum += Vector256.Create(low, high);
                }

                sum.Store(sums + i);
            }

            for (; i < bytes; i++)
            {
                sums[i] = 0;
                for (int v = 0; v <= bottom - top; v++)
                {
                    sums[i] += first[(long)v * bytes + i];
                }
            }
        }
    }

    /// <summary>The formula. A task is a row of tiles.</summary>
    private sealed class BlendStep(Anchoring a) : Step
    {
        public override int Tasks => a._tiles.TileRows;

        public override void Execute(int task, int worker)
        {
            int* numbers = stackalloc int[MostSpots];
            float* spots = stackalloc float[7 * MostSpots];
            var exponents = stackalloc Vector256<float>[MostSpots];
            var steps = stackalloc Vector256<float>[MostSpots];
            var result = stackalloc float[TileWidth];
            float* lane = stackalloc float[] { 0, 1, 2, 3, 4, 5, 6, 7 };
            int bounded = 0;
            for (int tile = 0; tile < a._tiles.TileColumns; tile++)
            {
                int left = tile * TileWidth, count = a.Collect(task, tile, numbers);
                for (int i = 0; i < count; i++)
                {
                    int number = numbers[i];
                    float y = a._tiles.Row[number], x = a._tiles.Column[number];
                    long at = (long)y * a._stride + (long)x;
                    float* spot = spots + 7 * i;
                    (spot[0], spot[1], spot[2], spot[3]) = (y, x, a._tiles.Depth[number], a._x[at]);
                    (spot[4], spot[5], spot[6]) = (a._r[at], a._g[at], a._b[at]);
                }

                Vector256<float> columns = Vector256.Create((float)left) + Vector256.Load(lane);
                for (int y = task * TileHeight; y < Math.Min((task + 1) * TileHeight, a._height); y++)
                {
                    long at = (long)y * a._stride + left;
                    Vector256<float> reach = Reach(task, tile, y, Vector256.Load(lane));
                    Vector256<float> sigma = 0.25f * Vector256.Max(reach - Vector256.Create(0.5f), Vector256.Create(0.5f));
                    Vector256<float> space = Vector256.Create(-0.5f) / (sigma * sigma), colour = Vector256.Create(-0.5f / (ColourSigma * ColourSigma));
                    Vector256<float> r = Vector256.Load(a._r + at), g = Vector256.Load(a._g + at), b = Vector256.Load(a._b + at);
                    Vector256<float> x = Vector256.Load(a._x + at), unlike = Vector256.Create(1 / Step) / Vector256.Max(x, Vector256.Create(a._least));
                    Vector256<float> largest = Vector256.Create(float.NegativeInfinity);
                    for (int i = 0; i < count; i++)
                    {
                        float* spot = spots + 7 * i;
                        Vector256<float> dx = columns - Vector256.Create(spot[1]), dy = Vector256.Create(y - spot[0]);
                        Vector256<float> dr = r - Vector256.Create(spot[4]), dg = g - Vector256.Create(spot[5]), db = b - Vector256.Create(spot[6]);
                        Vector256<float> step = (x - Vector256.Create(spot[3])) * unlike;
                        steps[i] = step * step;
                        Vector256<float> distance = Vector256.MultiplyAddEstimate(dx, dx, dy * dy);
                        Vector256<float> hue = Vector256.MultiplyAddEstimate(db, db, Vector256.MultiplyAddEstimate(dg, dg, dr * dr));
                        exponents[i] = Vector256.MultiplyAddEstimate(
                            distance, space, Vector256.MultiplyAddEstimate(hue, colour, -Vector256.MinNative(steps[i], Vector256.Create(MostUnlike))));
                        largest = Vector256.MaxNative(largest, exponents[i]);
                    }

                    reach *= a._scale;
                    Vector256<float> density = Vector256.Create(a._neighbours / MathF.PI) / Vector256.Max(reach * reach, Vector256.Create(0.25f));
                    Vector256<float> loss = DetailLoss * density / (density + Vector256.Create(HalfDensity));

                    // The largest weight is made 1, which changes no mean and leaves no pixel without weights.
                    Vector256<float> weights = default, depth = default;
                    for (int i = 0; i < count; i++)
                    {
                        Vector256<float> exponent = exponents[i] - largest;
                        if (Vector256.LessThanAll(exponent, Vector256.Create(Negligible)))
                        {
                            continue;
                        }

                        Vector256<float> weight = Exponential.Of(exponent);
                        weights += weight;
                        Vector256<float> detail = Vector256<float>.One - loss / (Vector256<float>.One + steps[i]);
                        depth = Vector256.MultiplyAddEstimate(
                            weight, Vector256.MultiplyAddEstimate(detail, x - Vector256.Create(spots[7 * i + 3]), Vector256.Create(spots[7 * i + 2])), depth);
                    }

                    Vector256<float> dense = depth / weights;
                    Vector256<float> below = Vector256.LessThan(dense, Vector256.Create(a._least));
                    Vector256.ConditionalSelect(below, Vector256.Create(a._least), dense).Store(result);
                    int inside = Math.Min(TileWidth, a._width - left);
                    bounded += BitOperations.PopCount(below.ExtractMostSignificantBits() & ((1u << inside) - 1));
                    new ReadOnlySpan<float>(result, inside).CopyTo(new Span<float>(a._dense + (long)y * a._width + left, inside));
                }
            }

            Interlocked.Add(ref a._bounded, bounded);
        }

        /// <summary>D between the middles of tiles.</summary>
        private Vector256<float> Reach(int tileRow, int tile, int y, Vector256<float> lane)
        {
            float down = (y - SpotTiles.Middle(tileRow, TileHeight)) / TileHeight;
            int other = Math.Clamp(tileRow + (down < 0 ? -1 : 1), 0, a._tiles.TileRows - 1);
            float* here = a._tiles.Reach + (long)tileRow * a._tiles.TileColumns, there = a._tiles.Reach + (long)other * a._tiles.TileColumns;
            float part = Math.Abs(down);
            int before = Math.Max(0, tile - 1), after = Math.Min(a._tiles.TileColumns - 1, tile + 1);
            float middle = here[tile] + part * (there[tile] - here[tile]);
            float left = here[before] + part * (there[before] - here[before]), right = here[after] + part * (there[after] - here[after]);
            Vector256<float> across = (lane - Vector256.Create((TileWidth - 1) / 2f)) * (1f / TileWidth);
            return Vector256.Create(middle)
                + Vector256.Max(-across, Vector256<float>.Zero) * (left - middle) + Vector256.Max(across, Vector256<float>.Zero) * (right - middle);
        }
    }
}
