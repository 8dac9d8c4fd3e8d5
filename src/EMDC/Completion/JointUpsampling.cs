using EMDC.Simd;

namespace EMDC.Completion;

/// <summary>
/// Brings a map that the network made of a smaller frame to the frame's size along the frame's edges: joint bilateral upsampling (Kopf,
/// Cohen, Lischinski, Uyttendaele 2007).
/// <code>
/// y(p) = Σ_q w(p, q)·x(q) / Σ_q w(p, q),  w = exp(−|p↓ − q|² / 2σ²) · (exp(−|I(p) − I↓(q)|² / 2ρ²) + ε)
/// </code>
/// with q over the 4×4 pixels of the small map around p↓, the place of p in it; |·| in its pixels and in 8-bit RGB; σ = 0.6, ρ = 15. ε
/// leaves a plain interpolation where no q has the pixel's colour. A task is some rows.
/// </summary>
internal sealed unsafe class JointUpsampling : Step
{
    private const int Taps = 4, Rows = 8, Shift = 4;
    private const double SpaceSigma = 0.6, ColourSigma = 15, Epsilon = 1e-4;

    /// <summary>The colour's factor by its squared difference ÷ 2⁴.</summary>
    private static readonly float[] Colour =
        [.. Enumerable.Range(0, (3 * 255 * 255 >> Shift) + 1).Select(i => (float)(Math.Exp(-(i + 0.5) * (1 << Shift) / (2 * ColourSigma * ColourSigma)) + Epsilon))];

    private readonly Axis _down = new(), _across = new();
    private byte* _rgb, _small;
    private float* _x, _y;

    public override int Tasks => (_down.Length + Rows - 1) / Rows;

    /// <summary>Enlarges a map.</summary>
    /// <param name="workers">The threads.</param>
    /// <param name="rgb">The frame's colours.</param>
    /// <param name="height">The frame's rows.</param>
    /// <param name="width">The frame's columns.</param>
    /// <param name="working">The small frame.</param>
    /// <param name="x">The map of the small frame.</param>
    /// <param name="y">Receives that of the frame.</param>
    public void Run(Workers workers, ReadOnlySpan<byte> rgb, int height, int width, WorkingFrame working, ReadOnlySpan<float> x, Span<float> y)
    {
        _down.Set(height, working.Height);
        _across.Set(width, working.Width);
        fixed (byte* colours = rgb, small = working.Rgb)
        fixed (float* from = x, to = y)
        {
            _rgb = colours;
            _small = small;
            _x = from;
            _y = to;
            workers.Run(this);
        }
    }

    public override void Execute(int task, int worker)
    {
        int width = _across.Length, smallWidth = _across.Small;
        for (int row = task * Rows; row < Math.Min((task + 1) * Rows, _down.Length); row++)
        {
            for (int column = 0; column < width; column++)
            {
                byte* p = _rgb + 3 * ((long)row * width + column);
                float sum = 0, weights = 0;
                for (int i = 0; i < Taps; i++)
                {
                    int line = _down.Pixels[Taps * row + i] * smallWidth;
                    float down = _down.Weights[Taps * row + i];
                    for (int j = 0; j < Taps; j++)
                    {
                        int at = line + _across.Pixels[Taps * column + j];
                        byte* q = _small + 3 * (long)at;
                        int r = p[0] - q[0], g = p[1] - q[1], b = p[2] - q[2];
                        float weight = down * _across.Weights[Taps * column + j] * Colour[(r * r + g * g + b * b) >> Shift];
                        sum += weight * _x[at];
                        weights += weight;
                    }
                }

                _y[(long)row * width + column] = sum / weights;
            }
        }
    }

    /// <summary>For each pixel along one side of the frame its four pixels of the small one, and exp(−distance² / 2σ²).</summary>
    private sealed class Axis
    {
        public int[] Pixels { get; private set; } = [];

        public float[] Weights { get; private set; } = [];

        public int Length { get; private set; }

        public int Small { get; private set; }

        public void Set(int length, int small)
        {
            if ((Length, Small) == (length, small))
            {
                return;
            }

            (Length, Small) = (length, small);
            (Pixels, Weights) = (new int[Taps * length], new float[Taps * length]);
            for (int i = 0; i < Weights.Length; i++)
            {
                double place = (i / Taps + 0.5) * small / length - 0.5;
                int pixel = (int)Math.Floor(place) - 1 + i % Taps;
                Pixels[i] = Math.Clamp(pixel, 0, small - 1);
                Weights[i] = (float)Math.Exp(-(place - pixel) * (place - pixel) / (2 * SpaceSigma * SpaceSigma));
            }
        }
    }
}
