using EMDC.Operators;
using EMDC.Weights;

namespace EMDC.Completion;

/// <summary>
/// How far each pixel of a completed frame may be off, from what there is without the truth:
/// <code>
/// σ = y · exp(Σ_k b_k·f_k)        y the dense depth, in metres
/// f = 1, log(ε + |local − global| / y), log(ε + |y − s| / y), log(ε + r / w), log(ε + contrast / y)
/// </code>
/// s is the nearest measurement and r its distance in pixels, w the frame's width; the contrast is the range of y over the pixels at ±2 rows
/// and columns; ε = 0.001. So maps that disagree, a measurement that is far away or far off, and a depth edge make σ larger. The
/// coefficients b belong to the weights (<see cref="UncertaintyCoefficients"/>): <c>bench/uncertainty.sh</c> fits them, and prints how good σ is. The network's confidence is not
/// among the features: it is nearly the same everywhere, and the fit did not converge with it in its 30 steps. The spread of the measurements
/// around got a coefficient near 0 and was left out.
/// </summary>
internal sealed class Uncertainty
{
    /// <summary>How many numbers describe a pixel.</summary>
    public const int Features = UncertaintyCoefficients.Count;

    // Of a bare network's result some may be at 0 and below.
    private const float Epsilon = 0.001f, LeastDepth = 0.01f;
    private const int Reach = 2;

    private int[] _nearest = [];
    private float[] _maps = [];

    /// <summary>The frame with memory for the maps that σ needs and the caller does not want.</summary>
    public Frame WithMaps(Frame frame)
    {
        int pixels = frame.Height * frame.Width;
        if (_maps.Length < 3 * pixels)
        {
            _maps = new float[3 * pixels];
        }

        return new Frame
        {
            Height = frame.Height,
            Width = frame.Width,
            Rgb = frame.Rgb,
            Sparse = frame.Sparse,
            MaxDepth = frame.MaxDepth,
            Dense = frame.Dense.IsEmpty ? _maps.AsSpan(0, pixels) : frame.Dense,
            Global = frame.Global.IsEmpty ? _maps.AsSpan(pixels, pixels) : frame.Global,
            Local = frame.Local.IsEmpty ? _maps.AsSpan(2 * pixels, pixels) : frame.Local,
            Confidence = frame.Confidence,
        };
    }

    /// <summary>Fills <paramref name="sigma"/> from the three maps of a frame.</summary>
    /// <param name="frame">Dense, global and local depth, and the spots.</param>
    /// <param name="b">The coefficients.</param>
    /// <param name="sigma">Receives H×W metres.</param>
    public void Run(in Frame frame, ReadOnlySpan<float> b, Span<float> sigma)
    {
        FindNearest(frame);
        Span<float> f = stackalloc float[Features];
        for (int i = 0; i < sigma.Length; i++)
        {
            Describe(frame, i, f);
            float sum = 0;
            for (int k = 0; k < Features; k++)
            {
                sum += b[k] * f[k];
            }

            sigma[i] = Math.Max(frame.Dense[i], LeastDepth) * MathF.Exp(sum);
        }
    }

    /// <summary>The features of a pixel; <see cref="FindNearest"/> goes before.</summary>
    public void Describe(in Frame frame, int pixel, Span<float> f)
    {
        (int row, int column) = (pixel / frame.Width, pixel % frame.Width);
        float y = Math.Max(frame.Dense[pixel], LeastDepth), least = y, most = y;
        for (int dy = -Reach; dy <= Reach; dy += Reach)
        {
            for (int dx = -Reach; dx <= Reach; dx += Reach)
            {
                int at = Math.Clamp(row + dy, 0, frame.Height - 1) * frame.Width + Math.Clamp(column + dx, 0, frame.Width - 1);
                (least, most) = (Math.Min(least, frame.Dense[at]), Math.Max(most, frame.Dense[at]));
            }
        }

        int nearest = _nearest[pixel];
        float down = nearest / frame.Width - row, across = nearest % frame.Width - column;
        f[0] = 1;
        f[1] = MathF.Log(Epsilon + MathF.Abs(frame.Local[pixel] - frame.Global[pixel]) / y);
        f[2] = MathF.Log(Epsilon + MathF.Abs(y - frame.Sparse[nearest]) / y);
        f[3] = MathF.Log(Epsilon + MathF.Sqrt(down * down + across * across) / frame.Width);
        f[4] = MathF.Log(Epsilon + (most - least) / y);
    }

    /// <summary>
    /// The nearest measured pixel of each, handed on from neighbour to neighbour, down and up (Danielsson 1980): exact but for a
    /// pixel here and there. There is one at least.
    /// </summary>
    public void FindNearest(in Frame frame)
    {
        (int height, int width) = (frame.Height, frame.Width);
        if (_nearest.Length < height * width)
        {
            _nearest = new int[height * width];
        }

        for (int i = 0; i < height * width; i++)
        {
            _nearest[i] = frame.Sparse[i] > 0 && frame.Sparse[i] <= frame.MaxDepth ? i : -1;
        }

        for (int y = 0; y < height; y++)
        {
            Row(y, -1);
        }

        for (int y = height - 1; y >= 0; y--)
        {
            Row(y, 1);
        }

        void Row(int y, int before)
        {
            for (int x = 0; x < width; x++)
            {
                for (int dx = -1; dx <= 1; dx++)
                {
                    Take(x, y, x + dx, y + before);
                }

                Take(x, y, x - 1, y);
            }

            for (int x = width - 1; x >= 0; x--)
            {
                Take(x, y, x + 1, y);
            }
        }

        void Take(int x, int y, int fromX, int fromY)
        {
            if (fromX < 0 || fromX >= width || fromY < 0 || fromY >= height || _nearest[fromY * width + fromX] is < 0)
            {
                return;
            }

            int offered = _nearest[fromY * width + fromX], own = _nearest[y * width + x];
            if (own < 0 || Squared(offered) < Squared(own))
            {
                _nearest[y * width + x] = offered;
            }

            long Squared(int pixel)
            {
                long down = pixel / width - y, across = pixel % width - x;
                return down * down + across * across;
            }
        }
    }
}
