using System.Runtime.Intrinsics;
using EMDC.Simd;

namespace EMDC.Completion;

/// <summary>
/// Takes the sensor's noise and the network's bends out of what is plane. Every few pixels a plane is fitted to the spots around, and where
/// they lie on one, as closely as the sensor measures, the result moves onto it:
/// <code>
/// y(p) = x(p)·(1 + Σ_k ω_k(p)·q_k·δ_k / (1 + (δ_k / 0.06)⁴)),  δ_k = 1 / (P_k(p)·x(p)) − 1, none where |δ_k| ≥ 0.3
/// P_k(p) = (1 + a + b·(p_y − k_y)/R + c·(p_x − k_x)/R) / m
/// </code>
/// x is the depth so far; k are the middles of the four tiles around p, ω their bilinear weights; P is an inverse depth, which is linear in
/// pixels on a plane; m is the median of x in the tile. The plane is the weighted least squares' over the spots s_i at q_i within R of k:
/// <code>
/// minimise Σ_i w_i·r_i²,  r_i = u_i − a − b·(q_iy − k_y)/R − c·(q_ix − k_x)/R,  u_i = m/s_i − 1
/// w_i = 1 / (1 + (u_i / 0.1)⁴) · 1 / (1 + (r_i / 2.5ε)⁴), the second factor from the fit before, of four, 1 in the first
/// q = min(max((D − 2)/2, 0), 1) / (1 + (ρ/ε)⁸),  ρ² = Σ w_i·r_i² / (Σ w_i − 3);  0 where Σ w_i ≤ 8 or k is further than 3 of the spots'
/// standard deviations from their middle
/// </code>
/// So spots of another surface than the tile's do not count, and a curved surface, whose spots lie on no plane, stays as it is. ε is how
/// closely this frame's sensor measures: 1.75 times the ρ that a tenth of the first fits stay below, of every fourth tile, within 0.003 … 0.02.
/// R = D·min(max(1.13·D/D̄, 1.7), 4), D the distance to the eighth nearest spot and D̄ what it is where all spots are evenly spread: beside
/// and in holes the planes reach over them. Where D is 2 pixels or less, nearly all are measured, and what is measured is kept. Of more than
/// 32 spots every second, third, … is taken.
/// <para>
/// Measured (bench/RESULTS.md): photographs 0.0115 → 0.0109, 200 test scenes 0.0441 → 0.0423, their median 0.0208 → 0.0190, a hole in a flat
/// wall from 2.5 % too near to 0.8 %. On those photographs and 30 to 60 test scenes and collages R/D = 1.3, 1.7, 2 and 2.5 make
/// photographs 5.2, 5.7, 5.4 and 4.6 % better and scenes 5 to 8 %; the eighth power of ρ/ε is 0.3 % better than the fourth; 1.5, 1.75 and 2
/// for the noise's factor are within 0.4 %, 3 is 2 % worse; 24, 32 and 48 spots are equal.
/// </para>
/// </summary>
internal sealed unsafe class Planes : IDisposable
{
    /// <summary>The most spots that a plane is fitted to, a multiple of the vectors' lanes.</summary>
    public const int MostSpots = 40;

    private const int Usual = 32, Rounds = 3, Lanes = 8, LeastTiles = 20;
    private const float OtherSurface = 0.1f, Outlier = 2.5f, LeastWeight = 8, Outside = 9, Ridge = 1e-4f, Near = 0.06f, Far = 0.3f, Dense = 2, Open = 4;
    private const float NoiseShare = 0.1f, NoiseFactor = 1.75f, LeastNoise = 0.003f, MostNoise = 0.02f, UsualNoise = 0.01f;
    private const float Radius = 1.7f, RadiusAtHoles = 1.13f, LargestRadius = 4, WidestSpacing = 16;

    private readonly NativeArrays _memory = new();
    private readonly FitStep _rough, _fit;
    private readonly BlendStep _blend;

    private SpotTiles _tiles = null!;
    private int _height, _width, _room, _tileHeight, _tileWidth, _rows, _columns;
    private float* _inverse, _down, _across, _quality, _noises;
    private float* _dense;
    private float _evenReach, _noise, _least;

    public Planes()
    {
        _rough = new FitStep(this, isRough: true);
        _fit = new FitStep(this, isRough: false);
        _blend = new BlendStep(this);
    }

    /// <summary>Works in place.</summary>
    /// <param name="workers">The threads.</param>
    /// <param name="working">The spots' number and the smallest depth.</param>
    /// <param name="tiles">The frame's spots, sorted.</param>
    /// <param name="dense">x, all above 0, and then y.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    public void Run(Workers workers, WorkingFrame working, SpotTiles tiles, Span<float> dense, int height, int width)
    {
        _tiles = tiles;
        _least = working.Least;
        _evenReach = MathF.Sqrt(SpotTiles.Neighbours * (float)height * width / (MathF.PI * working.Spots));
        Resize(height, width);
        fixed (float* result = dense)
        {
            _dense = result;
            workers.Run(_rough);
            _noise = Noise();
            workers.Run(_fit);
            workers.Run(_blend);
        }
    }

    public void Dispose() => _memory.Dispose();

    /// <summary>Tiles of 4×8 pixels, or 2, 4, … times that where spots are so far apart that planes cannot change faster.</summary>
    private void Resize(int height, int width)
    {
        int times = 1;
        while (_evenReach >= 2 * times * WidestSpacing)
        {
            times *= 2;
        }

        (_height, _width) = (height, width);
        (_tileHeight, _tileWidth) = (times * SpotTiles.TileHeight, times * SpotTiles.TileWidth);
        (_rows, _columns) = ((height + _tileHeight - 1) / _tileHeight, (width + _tileWidth - 1) / _tileWidth);
        int room = _tiles.TileRows * _tiles.TileColumns;
        if (_room < room)
        {
            _memory.Dispose();
            _room = 0;
            _inverse = _memory.Allocate<float>(room);
            _down = _memory.Allocate<float>(room);
            _across = _memory.Allocate<float>(room);
            _quality = _memory.Allocate<float>(room);
            _noises = _memory.Allocate<float>(room);
            _room = room;
        }
    }

    /// <summary>ε, from the first fits' ρ.</summary>
    private float Noise()
    {
        var noises = new Span<float>(_noises, _rows * _columns);
        // Without a comparison of its own, sorting allocates in native builds.
        noises.Sort(static (a, b) => a.CompareTo(b));
        int count = noises.IndexOfAnyExceptInRange(0, float.MaxValue) is >= 0 and var end ? end : noises.Length;
        return count < LeastTiles ? UsualNoise : Math.Clamp(NoiseFactor * noises[(int)(NoiseShare * count)], LeastNoise, MostNoise);
    }

    /// <summary>Some vectors of spots around a tile's middle: places in units of R, u, and weights, 0 for what fills the last vector.</summary>
    private ref struct Around
    {
        public float* Y, X, U, W, R;
        public int Count;
    }

    /// <summary>A plane: u = A + B·y + C·x; Σ w; how far the middle is from the spots, in squared deviations of theirs.</summary>
    private readonly record struct Fit(float A, float B, float C, float Weight, float Distance);

    /// <summary>Takes the spots within <paramref name="radius"/> of a place, evenly thinned.</summary>
    private void Collect(float y, float x, float radius, float median, ref Around around)
    {
        CellBox box = _tiles.Around(y, x, radius);
        int all = 0;
        for (int row = box.Top; row <= box.Bottom; row++)
        {
            var (first, end) = _tiles.Spots(box, row);
            all += end - first;
        }

        // Of a square's spots π/4 lie in the circle.
        int step = Math.Max(1, (int)MathF.Ceiling(all * (MathF.PI / 4) / Usual)), next = 0, before = 0, count = 0;
        float square = radius * radius, unit = 1 / radius;
        for (int row = box.Top; row <= box.Bottom && count < MostSpots; row++)
        {
            var (first, end) = _tiles.Spots(box, row);
            for (; next < before + end - first && count < MostSpots; next += step)
            {
                int spot = first + next - before;
                float dy = _tiles.Row[spot] - y, dx = _tiles.Column[spot] - x;
                if (dy * dy + dx * dx <= square)
                {
                    (around.Y[count], around.X[count], around.U[count], around.W[count]) = (dy * unit, dx * unit, median / _tiles.Depth[spot] - 1, 1);
                    count++;
                }
            }

            before += end - first;
        }

        around.Count = count;
        for (; count % Lanes != 0; count++)
        {
            (around.Y[count], around.X[count], around.U[count], around.W[count]) = (0, 0, 0, 0);
        }

        Vector256<float> one = Vector256<float>.One, other = Vector256.Create(1 / OtherSurface);
        for (int i = 0; i < around.Count; i += Lanes)
        {
            Vector256<float> far = Vector256.Load(around.U + i) * other;
            far *= far;
            (Vector256.Load(around.W + i) / (one + far * far)).Store(around.W + i);
        }
    }

    /// <summary>Least squares with weights w.</summary>
    private static Fit Solve(in Around around, float* w)
    {
        Vector256<float> sum = default, y = default, x = default, u = default, yy = default, yx = default, xx = default, yu = default, xu = default;
        for (int i = 0; i < around.Count; i += Lanes)
        {
            Vector256<float> weight = Vector256.Load(w + i), row = Vector256.Load(around.Y + i), column = Vector256.Load(around.X + i), value = Vector256.Load(around.U + i);
            Vector256<float> wy = weight * row, wx = weight * column;
            (sum, y, x) = (sum + weight, y + wy, x + wx);
            u = Vector256.MultiplyAddEstimate(weight, value, u);
            (yy, yx, xx) = (Vector256.MultiplyAddEstimate(wy, row, yy), Vector256.MultiplyAddEstimate(wy, column, yx), Vector256.MultiplyAddEstimate(wx, column, xx));
            (yu, xu) = (Vector256.MultiplyAddEstimate(wy, value, yu), Vector256.MultiplyAddEstimate(wx, value, xu));
        }

        float s = Vector256.Sum(sum), one = 1 / MathF.Max(s, 1e-6f);
        float my = Vector256.Sum(y) * one, mx = Vector256.Sum(x) * one, mu = Vector256.Sum(u) * one;
        float syy = Vector256.Sum(yy) * one - my * my + Ridge, syx = Vector256.Sum(yx) * one - my * mx, sxx = Vector256.Sum(xx) * one - mx * mx + Ridge;
        float syu = Vector256.Sum(yu) * one - my * mu, sxu = Vector256.Sum(xu) * one - mx * mu, determinant = 1 / (syy * sxx - syx * syx);
        float b = (sxx * syu - syx * sxu) * determinant, c = (syy * sxu - syx * syu) * determinant;
        return new Fit(mu - b * my - c * mx, b, c, s, (sxx * my * my - 2 * syx * my * mx + syy * mx * mx) * determinant);
    }

    /// <summary>r of all spots; returns Σ w·r².</summary>
    private static float Residuals(in Around around, in Fit fit, float* w)
    {
        Vector256<float> sum = default;
        for (int i = 0; i < around.Count; i += Lanes)
        {
            Vector256<float> r = Vector256.Load(around.U + i) - Vector256.Create(fit.A) - fit.B * Vector256.Load(around.Y + i) - fit.C * Vector256.Load(around.X + i);
            r.Store(around.R + i);
            sum = Vector256.MultiplyAddEstimate(Vector256.Load(w + i) * r, r, sum);
        }

        return Vector256.Sum(sum);
    }

    /// <summary>Fits a plane for each tile: once, for how closely the spots lie on it, or to the end. A task is a row of tiles.</summary>
    private sealed class FitStep(Planes a, bool isRough) : Step
    {
        public override int Tasks => a._rows;

        public override void Execute(int task, int worker)
        {
            float* memory = stackalloc float[6 * MostSpots];
            var around = new Around { Y = memory, X = memory + MostSpots, U = memory + 2 * MostSpots, W = memory + 3 * MostSpots, R = memory + 4 * MostSpots };
            float* w = memory + 5 * MostSpots;
            for (int column = 0; column < a._columns; column++)
            {
                int tile = task * a._columns + column;
                if (isRough && (task % 2 != 0 || column % 2 != 0))
                {
                    a._noises[tile] = float.PositiveInfinity;
                    continue;
                }

                float y = SpotTiles.Middle(task, a._tileHeight), x = SpotTiles.Middle(column, a._tileWidth);
                int tileRow = Math.Min((int)y / SpotTiles.TileHeight, a._tiles.TileRows - 1), tileColumn = Math.Min((int)x / SpotTiles.TileWidth, a._tiles.TileColumns - 1);
                float reach = a._tiles.Reach[(long)tileRow * a._tiles.TileColumns + tileColumn];
                float radius = MathF.Max(1, reach * Math.Clamp(RadiusAtHoles * reach / a._evenReach, Radius, LargestRadius)), median = Median(task, column);
                a.Collect(y, x, radius, median, ref around);
                Fit fit = Solve(around, around.W);
                float squares = Residuals(around, fit, around.W);
                if (isRough)
                {
                    a._noises[tile] = fit.Weight > LeastWeight ? MathF.Sqrt(squares / (fit.Weight - 3)) : float.PositiveInfinity;
                    continue;
                }

                for (int round = 0; round < Rounds; round++)
                {
                    Weigh(around, 1 / (Outlier * a._noise), w);
                    fit = Solve(around, w);
                    squares = Residuals(around, fit, w);
                }

                float misfit = squares / (MathF.Max(fit.Weight - 3, 1) * a._noise * a._noise), fourth = misfit * misfit * misfit * misfit;
                float open = Math.Clamp((reach - Dense) / (Open - Dense), 0, 1);
                a._quality[tile] = fit.Weight > LeastWeight && fit.Distance < Outside ? open / (1 + fourth) : 0;
                (a._inverse[tile], a._down[tile], a._across[tile]) = ((1 + fit.A) / median, fit.B / (radius * median), fit.C / (radius * median));
            }
        }

        /// <summary>The weights of the next fit, from the residuals of the last.</summary>
        private static void Weigh(in Around around, float unit, float* w)
        {
            for (int i = 0; i < around.Count; i += Lanes)
            {
                Vector256<float> far = Vector256.Load(around.R + i) * unit;
                far *= far;
                (Vector256.Load(around.W + i) / (Vector256<float>.One + far * far)).Store(w + i);
            }
        }

        /// <summary>The median depth of at most 32 of a tile's pixels, the lower of two.</summary>
        private float Median(int row, int column)
        {
            const int Side = SpotTiles.TileHeight, Length = SpotTiles.TileWidth;
            Span<float> depths = stackalloc float[Side * Length];
            int count = 0, step = a._tileHeight / Side, top = row * a._tileHeight, left = column * a._tileWidth;
            for (int y = top; y < Math.Min(top + a._tileHeight, a._height); y += step)
            {
                for (int x = left; x < Math.Min(left + a._tileWidth, a._width); x += step)
                {
                    float depth = a._dense[(long)y * a._width + x];
                    int at = count++;
                    for (; at > 0 && depths[at - 1] > depth; at--)
                    {
                        depths[at] = depths[at - 1];
                    }

                    depths[at] = depth;
                }
            }

            return depths[(count - 1) / 2];
        }
    }

    /// <summary>Moves pixels onto the planes. A task is a row of tiles.</summary>
    private sealed class BlendStep(Planes a) : Step
    {
        public override int Tasks => a._rows;

        public override void Execute(int task, int worker)
        {
            float* pixels = stackalloc float[Lanes];
            float* lane = stackalloc float[] { 0, 1, 2, 3, 4, 5, 6, 7 };
            for (int y = task * a._tileHeight; y < Math.Min((task + 1) * a._tileHeight, a._height); y++)
            {
                float down = (y - SpotTiles.Middle(task, a._tileHeight)) / a._tileHeight;
                int other = Math.Clamp(task + (down < 0 ? -1 : 1), 0, a._rows - 1);
                for (int left = 0; left < a._width; left += Lanes)
                {
                    int inside = Math.Min(Lanes, a._width - left), column = left / a._tileWidth;
                    var row = new Span<float>(a._dense + (long)y * a._width + left, inside);
                    var eight = new Span<float>(pixels, Lanes);
                    eight[inside..].Fill(row[0]);
                    row.CopyTo(eight);
                    Vector256<float> depth = Vector256.Load(pixels), columns = Vector256.Create((float)left) + Vector256.Load(lane);
                    Vector256<float> across = (columns - Vector256.Create(SpotTiles.Middle(column, a._tileWidth))) * (1f / a._tileWidth);
                    Vector256<float> before = Vector256.Max(-across, Vector256<float>.Zero), after = Vector256.Max(across, Vector256<float>.Zero), here = Vector256<float>.One - before - after;
                    Vector256<float> move = default;
                    for (int line = 0; line < 2; line++)
                    {
                        int tileRow = line == 0 ? task : other;
                        float share = line == 0 ? 1 - MathF.Abs(down) : MathF.Abs(down);
                        move += share * (Move(y, columns, depth, tileRow, column, here) + Move(y, columns, depth, tileRow, Math.Max(column - 1, 0), before)
                            + Move(y, columns, depth, tileRow, Math.Min(column + 1, a._columns - 1), after));
                    }

                    Vector256.Max(depth + depth * move, Vector256.Create(a._least)).Store(pixels);
                    eight[..inside].CopyTo(row);
                }
            }
        }

        /// <summary>ω·q·δ / (1 + (δ / 0.06)⁴) of eight pixels and a tile.</summary>
        private Vector256<float> Move(int y, Vector256<float> columns, Vector256<float> depth, int tileRow, int tileColumn, Vector256<float> share)
        {
            int tile = tileRow * a._columns + tileColumn;
            float quality = a._quality[tile];
            if (quality == 0)
            {
                return default;
            }

            float inRow = a._inverse[tile] + a._down[tile] * (y - SpotTiles.Middle(tileRow, a._tileHeight)) - a._across[tile] * SpotTiles.Middle(tileColumn, a._tileWidth);
            Vector256<float> inverse = Vector256.MultiplyAddEstimate(columns, Vector256.Create(a._across[tile]), Vector256.Create(inRow));
            Vector256<float> away = Vector256<float>.One / (inverse * depth) - Vector256<float>.One, far = away * (1 / Near);
            far *= far;
            Vector256<float> move = share * quality * away / (Vector256<float>.One + far * far);
            return Vector256.ConditionalSelect(Vector256.LessThan(Vector256.Abs(away), Vector256.Create(Far)), move, default);
        }
    }
}
