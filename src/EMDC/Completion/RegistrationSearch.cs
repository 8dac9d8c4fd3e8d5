using System.Runtime.Intrinsics;
using EMDC.Simd;

namespace EMDC.Completion;

/// <summary>
/// Finds by how many pixels the colours lie beside the depth, from the spots and the colours alone. Every spot is predicted from its
/// twelve nearest neighbours, those of its own colour first; with the colours where they belong the predictions are best:
/// <code>
/// e(s) = Σ_i min(|v_i(s)|, 0.3)
/// v_i(s) = value at q_i of the plane through (q_j, d_j / d_i − 1), least squares with weights
/// w_ij(s) = exp(−2·|q_j − q_i|² / D_i² − |I(q_j + s) − I(q_i + s)|² / 2ρ²),  the largest made 1; ρ = 25
/// </code>
/// s: the shift, −5 to 5 pixels each way; q, d: the spots' places and depths; D_i: the distance to the eighth neighbour; I: the colours,
/// smoothed by 1-2-1 each way. The plane's slope is held back by adding 0.5 to both squares, in units of D_i. A plane and not a mean,
/// because on a slope means are off by the slope, which hides what colours tell.
/// <para>
/// Spots that lie on one smooth surface with all their neighbours, a tenth to a third of them, say the same whatever s is and are left out. The best shift counts
/// if it is not at the margin of the search, and if Σ_i (e_i(0) − e_i(s)) is at least <see cref="LeastEvidence"/> times its standard error and
/// <see cref="LeastGain"/> of Σ_i e_i(0).
/// </para>
/// <para>
/// Measured on 80 scenes of EMDC.Scenes' test family with 1,000 spots before losses, every other one shifted by up to 3 pixels each way, with a first
/// form of this search in Python: from 3.4 pixels (|down| + |right|) to 1.6 where there was a shift; half of what is left are scenes whose
/// spots say nothing about it, and which lose little by it. With a mean in place of the plane the evidence on photographs was a
/// tenth to a fifth less; smoothing by 3×3 means left 1.9 in place of 1.6; ρ = 15 and 40, 8 and 16 neighbours were no better. What it is worth in
/// depth is in bench/RESULTS.md (bench/registration.sh).
/// </para>
/// </summary>
internal sealed unsafe class RegistrationSearch : IDisposable
{
    /// <summary>The largest shift that is tried, in pixels; the largest that is found is one less.</summary>
    public const int Reach = 5;

    /// <summary>How many standard errors the gain must have.</summary>
    public const double LeastEvidence = 2.25;

    /// <summary>Which part of all errors the gain must be.</summary>
    public const double LeastGain = 0.06;

    // A row of shifts is two vectors of which eleven lanes count; a lane behind them has the errors without a shift.
    private const int Side = 2 * Reach + 1, Lanes = 16, Half = 8, Neighbours = 12, Eighth = 7, Block = 16, Without = Lanes - 1, FewestSpots = 250, Moments = 2;
    private const float ColourSigma = 25, Ridge = 0.5f, MostError = 0.3f, Smooth = 0.02f;

    private readonly NativeArrays _memory = new();
    private readonly ColourStep _colours;
    private readonly SpotStep _compare;
    private int _height, _width, _stride, _count, _cell, _rows, _columns;
    private float* _r, _g, _b, _depths;
    private int* _ys, _xs, _begin, _sorted;
    private double* _sums;
    private ushort* _columnSums;
    private byte* _rgb;

    public RegistrationSearch()
    {
        _colours = new ColourStep(this);
        _compare = new SpotStep(this);
    }

    /// <summary>Tells the shift, or none where the spots don't tell it.</summary>
    /// <param name="workers">The threads.</param>
    /// <param name="rgb">Height×width×3 bytes.</param>
    /// <param name="sparse">Height×width metres, 0 where nothing was measured; at most <see cref="WorkingFrame.MostSpots"/>.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    public PixelShift Find(Workers workers, ReadOnlySpan<byte> rgb, ReadOnlySpan<float> sparse, int height, int width)
    {
        Resize(height, width);
        List(sparse);
        if (_count < FewestSpots)
        {
            return PixelShift.None;
        }

        Sort();
        fixed (byte* colours = rgb)
        {
            _rgb = colours;
            workers.Run(_colours);
            workers.Run(_compare);
        }

        return Best();
    }

    /// <summary>Σ_i (e_i(0) − e_i(s)) of the last search for all s, rows of shifts down; for tests.</summary>
    /// <param name="gains">Receives (2·<see cref="Reach"/> + 1)² values.</param>
    public void Gains(Span<double> gains)
    {
        double* total = stackalloc double[Moments * Side * Lanes];
        Sum(total);
        for (int i = 0; i < Side * Side; i++)
        {
            gains[i] = -total[i / Side * Lanes + i % Side];
        }
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
        _stride = width + Lanes;
        long plane = (long)(height + 2 * Reach) * _stride, most = WorkingFrame.MostSpots(height, width);
        _r = _memory.Allocate<float>(plane);
        _g = _memory.Allocate<float>(plane);
        _b = _memory.Allocate<float>(plane);
        _ys = _memory.Allocate<int>(most);
        _xs = _memory.Allocate<int>(most);
        _depths = _memory.Allocate<float>(most);
        _sorted = _memory.Allocate<int>(most);
        _begin = _memory.Allocate<int>((long)((height + 1) / 2) * ((width + 1) / 2) + 2);
        _columnSums = _memory.Allocate<ushort>((long)_colours.Parts(height) * 3 * (width + 2));
        _sums = _memory.Allocate<double>((most + Block - 1) / Block * Moments * Side * Lanes);
        (_height, _width) = (height, width);
    }

    private void List(ReadOnlySpan<float> sparse)
    {
        _count = 0;
        for (int i = 0; i < sparse.Length; i++)
        {
            if (sparse[i] > 0)
            {
                (_ys[_count], _xs[_count], _depths[_count]) = (i / _width, i % _width, sparse[i]);
                _count++;
            }
        }
    }

    /// <summary>Sorts the spots into square cells of about two.</summary>
    private void Sort()
    {
        _cell = Math.Max(2, (int)Math.Sqrt(2.0 * _height * _width / _count));
        (_rows, _columns) = ((_height + _cell - 1) / _cell, (_width + _cell - 1) / _cell);
        var begin = new Span<int>(_begin, _rows * _columns + 2);
        begin.Clear();
        for (int i = 0; i < _count; i++)
        {
            begin[Cell(i) + 2]++;
        }

        for (int i = 2; i < begin.Length; i++)
        {
            begin[i] += begin[i - 1];
        }

        // Each cell's begin moves to where it ends, which is one further on in the array.
        for (int i = 0; i < _count; i++)
        {
            _sorted[begin[Cell(i) + 1]++] = i;
        }

        int Cell(int i) => _ys[i] / _cell * _columns + _xs[i] / _cell;
    }

    /// <summary>The nearest neighbours of a spot, nearest first, at equal distances those of the upper rows.</summary>
    /// <param name="spot">The spot.</param>
    /// <param name="nearest">Receives <see cref="Neighbours"/> spots.</param>
    /// <param name="distances">Receives their squared distances.</param>
    private void Nearest(int spot, int* nearest, float* distances)
    {
        var visitor = new NearestSpots(this, spot, nearest, distances);
        new SpotCells(_begin, _cell, _rows, _columns).Walk(_ys[spot], _xs[spot], ref visitor);
    }

    /// <summary>Keeps the nearest spots and their distances.</summary>
    private struct NearestSpots(RegistrationSearch a, int spot, int* nearest, float* distances) : ISpotVisitor
    {
        private readonly int _y = a._ys[spot], _x = a._xs[spot];
        private int _count;

        public readonly bool IsDone(float squaredDistance) => _count == Neighbours && distances[_count - 1] < squaredDistance;

        public void Visit(int number)
        {
            int other = a._sorted[number], dy = a._ys[other] - _y, dx = a._xs[other] - _x;
            float distance = dy * dy + dx * dx;
            if (other == spot || (_count == Neighbours && !IsBefore(_count - 1, distance, other)))
            {
                return;
            }

            int at = _count < Neighbours ? _count++ : _count - 1;
            for (; at > 0 && IsBefore(at - 1, distance, other); at--)
            {
                (distances[at], nearest[at]) = (distances[at - 1], nearest[at - 1]);
            }

            (distances[at], nearest[at]) = (distance, other);
        }

        private readonly bool IsBefore(int i, float distance, int other) =>
            distance < distances[i] || (distance == distances[i] && other < nearest[i]);
    }

    /// <summary>The tasks' sums together, in the tasks' order.</summary>
    private void Sum(double* total)
    {
        new Span<double>(total, Moments * Side * Lanes).Clear();
        for (int task = 0; task < _compare.Tasks; task++)
        {
            for (int i = 0; i < Moments * Side * Lanes; i++)
            {
                total[i] += _sums[(long)task * Moments * Side * Lanes + i];
            }
        }
    }

    private PixelShift Best()
    {
        const int Entries = Side * Lanes;
        double* total = stackalloc double[Moments * Entries];
        Sum(total);
        int best = 0;
        for (int i = 0; i < Entries; i++)
        {
            best = i % Lanes < Side && total[i] < total[best] ? i : best;
        }

        (int down, int right) = (best / Lanes - Reach, best % Lanes - Reach);
        double gain = -total[best], variance = total[Entries + best] - gain * gain / _count;
        bool isInside = Math.Abs(down) < Reach && Math.Abs(right) < Reach;
        bool isEvident = gain > 0 && gain >= LeastEvidence * Math.Sqrt(variance) && gain >= LeastGain * total[Without];
        return isInside && isEvident ? new PixelShift(down, right) : PixelShift.None;
    }

    /// <summary>Smooths the colours and repeats their border all around. A task is some rows of the padded planes.</summary>
    private sealed class ColourStep(RegistrationSearch a) : Step
    {
        private const int Rows = 16;

        public override int Tasks => Parts(a._height);

        /// <summary>Tasks of a picture of so many rows.</summary>
        public int Parts(int height) => (height + 2 * Reach + Rows - 1) / Rows;

        public override void Execute(int task, int worker)
        {
            int width = a._width;
            ushort* columns = a._columnSums + (long)task * 3 * (width + 2);
            for (int row = task * Rows; row < Math.Min((task + 1) * Rows, a._height + 2 * Reach); row++)
            {
                int y = Math.Clamp(row - Reach, 0, a._height - 1);
                byte* above = a._rgb + 3L * Math.Max(y - 1, 0) * width, at = a._rgb + 3L * y * width, below = a._rgb + 3L * Math.Min(y + 1, a._height - 1) * width;
                long line = (long)row * a._stride;
                // Sums down each column first, of which every pixel takes three.
                for (int i = 0; i < 3 * width; i++)
                {
                    columns[i + 3] = (ushort)(above[i] + 2 * at[i] + below[i]);
                }

                new Span<ushort>(columns + 3, 3).CopyTo(new Span<ushort>(columns, 3));
                new Span<ushort>(columns + 3 * width, 3).CopyTo(new Span<ushort>(columns + 3 * width + 3, 3));
                for (int x = 0; x < width; x++)
                {
                    ushort* c = columns + 3 * x;
                    long to = line + x + Reach;
                    a._r[to] = (c[0] + 2 * c[3] + c[6]) * (1f / 16);
                    a._g[to] = (c[1] + 2 * c[4] + c[7]) * (1f / 16);
                    a._b[to] = (c[2] + 2 * c[5] + c[8]) * (1f / 16);
                }

                Extend(a._r + line);
                Extend(a._g + line);
                Extend(a._b + line);

                void Extend(float* plane)
                {
                    new Span<float>(plane, Reach).Fill(plane[Reach]);
                    new Span<float>(plane + Reach + width, a._stride - Reach - width).Fill(plane[Reach + width - 1]);
                }
            }
        }
    }

    /// <summary>Σ (e_i(s) − e_i(0)) and Σ (e_i(s) − e_i(0))² over some spots, for all s.</summary>
    private sealed class SpotStep(RegistrationSearch a) : Step
    {
        public override int Tasks => (a._count + Block - 1) / Block;

        public override void Execute(int task, int worker)
        {
            double* sums = a._sums + (long)task * Moments * Side * Lanes, squares = sums + Side * Lanes;
            new Span<double>(sums, Moments * Side * Lanes).Clear();
            int* nearest = stackalloc int[Neighbours];
            float* distances = stackalloc float[Neighbours], geometry = stackalloc float[4 * Neighbours], errors = stackalloc float[Side * Lanes];
            for (int spot = task * Block; spot < Math.Min((task + 1) * Block, a._count); spot++)
            {
                a.Nearest(spot, nearest, distances);
                if (Geometry(spot, nearest, distances, geometry))
                {
                    Errors(spot, nearest, geometry, errors);
                    float none = errors[Reach * Lanes + Reach];
                    sums[Without] += none;
                    for (int i = 0; i < Side * Lanes; i++)
                    {
                        if (i % Lanes < Side)
                        {
                            double difference = errors[i] - none;
                            sums[i] += difference;
                            squares[i] += difference * difference;
                        }
                    }
                }
            }
        }

        /// <summary>y, x in units of D, relative depth, and the exponent of the distance, of all neighbours; false where they are one smooth surface.</summary>
        private bool Geometry(int spot, int* nearest, float* distances, float* geometry)
        {
            float unit = 1 / MathF.Sqrt(distances[Eighth]);
            float* ys = geometry, xs = ys + Neighbours, depths = xs + Neighbours, exponents = depths + Neighbours;
            for (int j = 0; j < Neighbours; j++)
            {
                ys[j] = (a._ys[nearest[j]] - a._ys[spot]) * unit;
                xs[j] = (a._xs[nearest[j]] - a._xs[spot]) * unit;
                depths[j] = a._depths[nearest[j]] / a._depths[spot] - 1;
                exponents[j] = -2 * distances[j] / distances[Eighth];
            }

            float sum = 0, y = 0, x = 0, v = 0, yy = 0, yx = 0, xx = 0, yv = 0, xv = 0;
            for (int j = 0; j < Neighbours; j++)
            {
                float weight = MathF.Exp(exponents[j]), wy = weight * ys[j], wx = weight * xs[j];
                (sum, y, x, v) = (sum + weight, y + wy, x + wx, v + weight * depths[j]);
                (yy, yx, xx, yv, xv) = (yy + wy * ys[j], yx + wy * xs[j], xx + wx * xs[j], yv + wy * depths[j], xv + wx * depths[j]);
            }

            (y, x, v) = (y / sum, x / sum, v / sum);
            (yy, yx, xx, yv, xv) = (yy - sum * y * y + Ridge, yx - sum * y * x, xx - sum * x * x + Ridge, yv - sum * y * v, xv - sum * x * v);
            float determinant = 1 / (yy * xx - yx * yx), down = (xx * yv - yx * xv) * determinant, right = (yy * xv - yx * yv) * determinant;
            float worst = MathF.Abs(v - down * y - right * x);
            for (int j = 0; j < Neighbours; j++)
            {
                worst = MathF.Max(worst, MathF.Abs(depths[j] - v - down * (ys[j] - y) - right * (xs[j] - x)));
            }

            return worst > Smooth;
        }

        /// <summary>min(|v(s)|, 0.3) for all s, a row of <see cref="Lanes"/> for each shift down.</summary>
        private void Errors(int spot, int* nearest, float* geometry, float* errors)
        {
            float* ys = geometry, xs = ys + Neighbours, depths = xs + Neighbours, exponents = depths + Neighbours;
            var weights = stackalloc Vector256<float>[Neighbours];
            var colour = Vector256.Create(-0.5f / (ColourSigma * ColourSigma));
            for (int i = 0; i < Side * Lanes; i += Half)
            {
                // Rows of the planes begin Reach rows and columns before the picture, so lane 0 of row 0 is the shift (−Reach, −Reach).
                long shift = (long)(i / Lanes) * a._stride + i % Lanes, own = (long)a._ys[spot] * a._stride + a._xs[spot] + shift;
                Vector256<float> r = Vector256.Load(a._r + own), g = Vector256.Load(a._g + own), b = Vector256.Load(a._b + own);
                Vector256<float> largest = Vector256.Create(float.NegativeInfinity);
                for (int j = 0; j < Neighbours; j++)
                {
                    long at = (long)a._ys[nearest[j]] * a._stride + a._xs[nearest[j]] + shift;
                    Vector256<float> dr = Vector256.Load(a._r + at) - r, dg = Vector256.Load(a._g + at) - g, db = Vector256.Load(a._b + at) - b;
                    Vector256<float> square = Vector256.MultiplyAddEstimate(dr, dr, Vector256.MultiplyAddEstimate(dg, dg, db * db));
                    weights[j] = Vector256.MultiplyAddEstimate(square, colour, Vector256.Create(exponents[j]));
                    largest = Vector256.Max(largest, weights[j]);
                }

                Vector256<float> sum = default, y = default, x = default, v = default, yy = default, yx = default, xx = default, yv = default, xv = default;
                for (int j = 0; j < Neighbours; j++)
                {
                    Vector256<float> weight = Exponential.Of(weights[j] - largest), wy = weight * ys[j], wx = weight * xs[j];
                    Vector256<float> height = Vector256.Create(ys[j]), width = Vector256.Create(xs[j]), depth = Vector256.Create(depths[j]);
                    (sum, y, x, v) = (sum + weight, y + wy, x + wx, Vector256.MultiplyAddEstimate(weight, depth, v));
                    (yy, yx) = (Vector256.MultiplyAddEstimate(wy, height, yy), Vector256.MultiplyAddEstimate(wy, width, yx));
                    (xx, yv) = (Vector256.MultiplyAddEstimate(wx, width, xx), Vector256.MultiplyAddEstimate(wy, depth, yv));
                    xv = Vector256.MultiplyAddEstimate(wx, depth, xv);
                }

                (y, x, v) = (y / sum, x / sum, v / sum);
                Vector256<float> ridge = Vector256.Create(Ridge);
                (yy, yx, xx) = (yy - sum * y * y + ridge, yx - sum * y * x, xx - sum * x * x + ridge);
                (yv, xv) = (yv - sum * y * v, xv - sum * x * v);
                Vector256<float> determinant = yy * xx - yx * yx, down = (xx * yv - yx * xv) / determinant, right = (yy * xv - yx * yv) / determinant;
                Vector256.Min(Vector256.Abs(v - down * y - right * x), Vector256.Create(MostError)).Store(errors + i);
            }
        }
    }
}
