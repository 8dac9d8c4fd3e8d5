using EMDC.Training.Data;

namespace EMDC.Training.Losses;

/// <summary>The weights of the objective's terms. Defaults with their reasons.</summary>
internal sealed record ObjectiveOptions
{
    /// <summary>r: how much of the error counts relative to a pixel's own depth instead of the image's mean. RMAE, by which networks
    /// are compared, is all relative; a part of plain L1 keeps far pixels from being given up.</summary>
    public float Relative { get; init; } = 0.7f;

    /// <summary>E: the extra weight of pixels near depth edges. They are 17 % of the pixels of photographs and half of the error.</summary>
    public float Edges { get; init; } = 1;

    /// <summary>How near, in pixels along rows and columns.</summary>
    public int EdgeReach { get; init; } = 3;

    /// <summary>c: an image's L1 counts logarithmically from here on. 1 is as wrong as depth 0 everywhere.</summary>
    public float Limit { get; init; } = 1;

    /// <summary>Weight of depths that are negative or nearer than half of the nearest known one: the L1 sees them only where there is ground
    /// truth, but a user gets them everywhere. 1: such a pixel is pushed as if it had ground truth.</summary>
    public float Negative { get; init; } = 1;

    /// <summary>Weight of an extra L1 at measured pixels. 0: they count like all others, because what comes out there is an estimate,
    /// too; raise it for networks that are judged by RDS.</summary>
    public float Measured { get; init; }

    /// <summary>Weight of (log Σ exp)² of the funnel's logits, which keeps softmaxes from becoming one-hot, where they no longer learn.
    /// 1e-4 is what large language models use, and far below the L1 for logits below 10.</summary>
    public float Logits { get; init; } = 1e-4f;
}

/// <summary>
/// The paper's objective (section 3.3) for one image, with what was found to matter. p: predictions, g: ground truth in metres, known
/// where g > 0.001; s: the mean known g, at least 0.1.
/// <code>
/// L    = L1(dense) + λ1·L1(global) + λ2·L1(local) + λ3·Lcgd(dense) + n·N(dense) + n·N(global) + m·M(dense) + z·Z
/// L1   = limited(Σ w·e·|p − g|/s / Σ e)   w = (1 − r) + r·min(s/g, 20), e = 1 + E near a depth edge, 1 elsewhere; over known pixels
/// Lcgd = mean of |Sobel_x(p − g)|/s + |Sobel_y(p − g)|/s over pixels whose 3×3 window is known
/// N    = mean of max(0, h − p)/s over all pixels, h: half of the smallest known or measured depth
/// M    = mean of |p − g|/s over measured and known pixels
/// Z    = the network's own <see cref="TrainingNetwork.LogitLoss"/>
/// limited(x) = x up to c, c·(1 + ln(x/c)) beyond
/// </code>
/// Errors in units of s: a picture of a desk and one of a hall count the same. The limit bounds what one hopeless image weighs among the
/// others and never takes its gradient away. λ are constants (<see cref="Balance"/>).
/// <para>Gradients: ∂|x| = sign(x), 0 at 0; the limit multiplies that of its L1 by min(1, c/L1).</para>
/// One object serves one thread.
/// </summary>
internal sealed class Objective(ObjectiveOptions options)
{
    private const float Smallest = 1e-3f, SmallestScale = 0.1f, LargestRatio = 20;

    // Neighbours whose depths differ by more than this share are two surfaces.
    private const float EdgeShare = 0.05f;

    private float[] _weights = [];
    private float[] _error = [];
    private bool[] _known = [];
    private bool[] _near = [];
    private bool[] _spread = [];

    /// <summary>The terms of an image but <see cref="Terms.Logits"/>, and ∂L/∂ of its three maps.</summary>
    /// <param name="sample">Ground truth and spots, H×W.</param>
    /// <param name="dense">H×W metres.</param>
    /// <param name="global">H×W metres.</param>
    /// <param name="local">H×W metres.</param>
    /// <param name="shares">λ.</param>
    /// <param name="dDense">Receives ∂L/∂dense.</param>
    /// <param name="dGlobal">Receives ∂L/∂global.</param>
    /// <param name="dLocal">Receives ∂L/∂local.</param>
    public Terms Evaluate(
        Sample sample, ReadOnlySpan<float> dense, ReadOnlySpan<float> global, ReadOnlySpan<float> local, in Shares shares,
        Span<float> dDense, Span<float> dGlobal, Span<float> dLocal)
    {
        (int height, int width) = (sample.Height, sample.Width);
        ReadOnlySpan<float> g = sample.Depth.AsSpan(0, height * width), spots = sample.Spots.AsSpan(0, height * width);
        if (_weights.Length != g.Length)
        {
            (_weights, _error, _known) = (new float[g.Length], new float[g.Length], new bool[g.Length]);
            (_near, _spread) = (new bool[g.Length], new bool[g.Length]);
        }

        float scale = Scale(g), nearest = Nearest(g, spots) / 2;
        double area = Weigh(g, height, width, scale);
        double ofDense = AbsoluteError(dense, g, scale, area, 1, dDense);
        double ofGlobal = AbsoluteError(global, g, scale, area, shares.Global, dGlobal);
        double ofLocal = AbsoluteError(local, g, scale, area, shares.Local, dLocal);
        double gradient = GradientError(dense, g, height, width, scale, shares.Gradient, dDense);
        double negative = Negative(dense, nearest, scale, dDense) + Negative(global, nearest, scale, dGlobal);
        double measured = Measured(dense, g, spots, scale, dDense);
        return new Terms(ofDense, ofGlobal, ofLocal, gradient, negative, measured, 0);
    }

    private float Scale(ReadOnlySpan<float> g)
    {
        double sum = 0;
        int count = 0;
        for (int i = 0; i < g.Length; i++)
        {
            _known[i] = g[i] > Smallest;
            if (_known[i])
            {
                sum += g[i];
                count++;
            }
        }

        return Math.Max(SmallestScale, (float)(sum / Math.Max(count, 1)));
    }

    private float Nearest(ReadOnlySpan<float> g, ReadOnlySpan<float> spots)
    {
        float nearest = float.PositiveInfinity;
        for (int i = 0; i < g.Length; i++)
        {
            nearest = _known[i] ? Math.Min(nearest, g[i]) : nearest;
            nearest = spots[i] > 0 ? Math.Min(nearest, spots[i]) : nearest;
        }

        return float.IsFinite(nearest) ? nearest : 0;
    }

    /// <summary>w·e of all pixels, 0 where nothing is known; returns Σ e.</summary>
    private double Weigh(ReadOnlySpan<float> g, int height, int width, float scale)
    {
        if (options.Edges > 0)
        {
            MarkEdges(g, height, width);
        }

        double area = 0;
        for (int i = 0; i < g.Length; i++)
        {
            float e = !_known[i] ? 0 : options.Edges > 0 && _near[i] ? 1 + options.Edges : 1;
            _weights[i] = e == 0 ? 0 : e * (1 - options.Relative + (options.Relative * Math.Min(scale / g[i], LargestRatio)));
            area += e;
        }

        return Math.Max(area, 1);
    }

    /// <summary>Marks the pixels on both sides of an edge, then, first along rows and then along columns, those within reach.</summary>
    private void MarkEdges(ReadOnlySpan<float> g, int height, int width)
    {
        Array.Clear(_near);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int i = (y * width) + x;
                if (x + 1 < width && IsEdge(g[i], g[i + 1]))
                {
                    _near[i] = _near[i + 1] = true;
                }

                if (y + 1 < height && IsEdge(g[i], g[i + width]))
                {
                    _near[i] = _near[i + width] = true;
                }
            }
        }

        // The marked pixels themselves are within one pixel of the edge.
        int reach = options.EdgeReach - 1;
        for (int y = 0; y < height; y++)
        {
            Spread(_near.AsSpan(y * width), _spread.AsSpan(y * width), width, 1, reach);
        }

        for (int x = 0; x < width; x++)
        {
            Spread(_spread.AsSpan(x), _near.AsSpan(x), height, width, reach);
        }
    }

    private static bool IsEdge(float a, float b) => a > Smallest && b > Smallest && Math.Abs(a - b) > EdgeShare * Math.Min(a, b);

    private static void Spread(ReadOnlySpan<bool> from, Span<bool> to, int count, int stride, int reach)
    {
        // The last mark seen at or before i + reach.
        int last = int.MinValue / 2;
        for (int i = -reach; i < count; i++)
        {
            last = i + reach < count && from[(i + reach) * stride] ? i + reach : last;
            if (i >= 0)
            {
                to[i * stride] = last >= i - reach;
            }
        }
    }

    /// <summary>L1 of a map; writes share · ∂L1/∂p.</summary>
    private double AbsoluteError(ReadOnlySpan<float> p, ReadOnlySpan<float> g, float scale, double area, double share, Span<float> d)
    {
        double sum = 0;
        for (int i = 0; i < g.Length; i++)
        {
            sum += _weights[i] * Math.Abs(p[i] - g[i]);
        }

        double mean = sum / (scale * area), limit = options.Limit;
        float step = (float)(share * Math.Min(1, limit / Math.Max(mean, 1e-12)) / (scale * area));
        for (int i = 0; i < g.Length; i++)
        {
            float e = p[i] - g[i];
            d[i] = e > 0 ? step * _weights[i] : e < 0 ? -step * _weights[i] : 0;
        }

        return mean <= limit ? mean : limit * (1 + Math.Log(mean / limit));
    }

    /// <summary>Lcgd; adds share · ∂Lcgd/∂p.</summary>
    private double GradientError(
        ReadOnlySpan<float> p, ReadOnlySpan<float> g, int height, int width, float scale, double share, Span<float> d)
    {
        for (int i = 0; i < g.Length; i++)
        {
            _error[i] = _known[i] ? p[i] - g[i] : float.NaN; // a window with an unknown pixel comes out as NaN
        }

        double sum = 0;
        int count = 0;
        for (int pass = 0; pass < 2; pass++)
        {
            float step = pass == 0 ? 0 : (float)(share / (scale * Math.Max(count, 1.0)));
            for (int y = 1; y < height - 1; y++)
            {
                for (int x = 1; x < width - 1; x++)
                {
                    int a = ((y - 1) * width) + x, b = a + width, c = b + width;
                    float nw = _error[a - 1], n = _error[a], ne = _error[a + 1], west = _error[b - 1], east = _error[b + 1];
                    float sw = _error[c - 1], south = _error[c], se = _error[c + 1];
                    float right = ne - nw + (2 * (east - west)) + se - sw, down = sw - nw + (2 * (south - n)) + se - ne;
                    if (float.IsNaN(right + down + _error[b]))
                    {
                        continue;
                    }

                    if (pass == 0)
                    {
                        sum += Math.Abs(right) + Math.Abs(down);
                        count++;
                        continue;
                    }

                    float r = step * Math.Sign(right), v = step * Math.Sign(down);
                    d[a - 1] -= r + v;
                    d[a] -= 2 * v;
                    d[a + 1] += r - v;
                    d[b - 1] -= 2 * r;
                    d[b + 1] += 2 * r;
                    d[c - 1] += v - r;
                    d[c] += 2 * v;
                    d[c + 1] += r + v;
                }
            }
        }

        return sum / (scale * Math.Max(count, 1.0));
    }

    /// <summary>N of a map; adds n · ∂N/∂p.</summary>
    private double Negative(ReadOnlySpan<float> p, float nearest, float scale, Span<float> d)
    {
        double sum = 0;
        float step = options.Negative / (scale * p.Length);
        for (int i = 0; i < p.Length; i++)
        {
            if (p[i] < nearest)
            {
                sum += nearest - p[i];
                d[i] -= step;
            }
        }

        return sum / ((double)scale * p.Length);
    }

    /// <summary>M; adds m · ∂M/∂p.</summary>
    private double Measured(ReadOnlySpan<float> p, ReadOnlySpan<float> g, ReadOnlySpan<float> spots, float scale, Span<float> d)
    {
        double sum = 0;
        int count = 0;
        for (int i = 0; i < g.Length; i++)
        {
            if (_known[i] && spots[i] > 0)
            {
                sum += Math.Abs(p[i] - g[i]);
                count++;
            }
        }

        float step = options.Measured / (scale * Math.Max(count, 1));
        for (int i = 0; i < g.Length && step > 0; i++)
        {
            if (_known[i] && spots[i] > 0)
            {
                d[i] += p[i] > g[i] ? step : p[i] < g[i] ? -step : 0;
            }
        }

        return sum / (scale * Math.Max(count, 1.0));
    }
}
