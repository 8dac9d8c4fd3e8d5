namespace EMDC.Training.Optimiser;

/// <summary>
/// The factor U of M = U·P (P symmetric, not negative): M with all its singular values near 1, by five steps of the iteration of Muon
/// (Jordan 2024), with his coefficients:
/// <code>
/// X ← M/‖M‖     five times  X ← (a + b·XXᵀ + c·(XXᵀ)²)·X     a, b, c = 3.4445, −4.7750, 2.0315
/// </code>
/// Singular values of X from 0.002 on come to lie between 0.68 and 1.21. All factors are polynomials of G = XXᵀ and commute, so
/// the iteration runs on matrices [shorter side]², and the long one is read twice:
/// <code>
/// S = G²   P = a + b·G + c·S   Q ← P·Q   G ← P·P·G     U = Q·X
/// </code>
/// </summary>
internal sealed class Orthogonal
{
    private const float A = 3.4445f, B = -4.7750f, C = 2.0315f;
    private const int Iterations = 5;

    private readonly MatrixProduct _product = new();
    private float[] _g = [], _s = [], _p = [], _q = [];

    /// <summary>Multiply-adds for a matrix of these sides.</summary>
    public static double Macs(int rows, int columns)
    {
        double shorter = Math.Min(rows, columns), longer = Math.Max(rows, columns);
        return (1.5 * shorter * shorter * longer) + (8.5 * shorter * shorter * shorter);
    }

    /// <param name="m">M.</param>
    /// <param name="result">U, row after row.</param>
    public void Run(MatrixView m, Span<float> result)
    {
        bool isTall = m.Rows > m.Columns;
        int n = Math.Min(m.Rows, m.Columns);
        Resize(n * n);
        _product.Run(isTall ? m.Transposed : m, isTall ? m : m.Transposed, _g, isSymmetric: true);
        double trace = 0;
        for (int i = 0; i < n; i++)
        {
            trace += _g[i * (n + 1)];
        }

        // ‖M‖² is G's trace; a gradient of all zeros stays one.
        float scale = (float)(1 / Math.Max(trace, 1e-30));
        Scale(_g.AsSpan(0, n * n), scale);
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            Multiply(_g, _g, _s, n);
            for (int i = 0; i < n * n; i++)
            {
                _p[i] = (B * _g[i]) + (C * _s[i]);
            }

            for (int i = 0; i < n; i++)
            {
                _p[i * (n + 1)] += A;
            }

            if (iteration < Iterations - 1)
            {
                Multiply(_p, _g, _s, n);
                Multiply(_p, _s, _g, n);
            }

            if (iteration == 0)
            {
                _p.AsSpan(0, n * n).CopyTo(_q);
            }
            else
            {
                Multiply(_p, _q, _s, n);
                (_q, _s) = (_s, _q);
            }
        }

        Scale(_q.AsSpan(0, n * n), MathF.Sqrt(scale));
        var q = new MatrixView(_q, n, n);
        _product.Run(isTall ? m : q, isTall ? q : m, result);
    }

    private static void Scale(Span<float> values, float factor)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] *= factor;
        }
    }

    private void Multiply(float[] left, float[] right, float[] result, int n) =>
        _product.Run(new MatrixView(left, n, n), new MatrixView(right, n, n), result, isSymmetric: true);

    private void Resize(int length)
    {
        if (_g.Length < length)
        {
            (_g, _s, _p, _q) = (new float[length], new float[length], new float[length], new float[length]);
        }
    }
}
