namespace EMDC.Tests.Reference;

/// <summary>
/// What bounds the rounding of a 3×3 convolution computed as F(2×2, 3×3): every output is a sum of products of a transformed
/// weight and an input, each of which passes through at most <see cref="Roundings"/> operations, so that its error is within
/// γ_n · Σ|products|. The transforms cancel what they add, so this sum is larger than Σ|w·x|.
/// <code>
/// |y| ≤ |Aᵀ| (Σ_c |G g Gᵀ| ⊙ (|Bᵀ| |d| |B|)) |A| + |bias|
/// </code>
/// </summary>
public static class Winograd
{
    private static readonly double[][] G = [[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]];
    private static readonly int[][] B = [[1, 0, 1, 0], [0, 1, 1, 0], [0, 1, 1, 0], [0, 1, 0, 1]];
    private static readonly int[][] A = [[1, 1, 1, 0], [0, 1, 1, 1]];

    /// <summary>The rounded weight, two additions for U, the bias and the sum over c, four additions for y.</summary>
    public static int Roundings(int inputs) => inputs + 8;

    /// <summary>The sum above for every output of an image of even height and width.</summary>
    public static Tensor Magnitude(Tensor input, Filter w, double[] bias)
    {
        var output = new Tensor(w.Outputs, input.Height, input.Width);
        double At(int c, int y, int x) =>
            y >= 0 && y < input.Height && x >= 0 && x < input.Width ? Math.Abs(input[c, y, x]) : 0;
        Parallel.For(0, input.Height / 2, row =>
        {
            for (int column = 0; column < input.Width / 2; column++)
            {
                var m = new double[w.Outputs, 4, 4];
                for (int c = 0; c < w.Inputs; c++)
                {
                    for (int t = 0; t < 16; t++)
                    {
                        double u = 0;
                        for (int s = 0; s < 16; s++)
                        {
                            u += B[t / 4][s / 4] * B[t % 4][s % 4] * At(c, (2 * row) - 1 + (s / 4), (2 * column) - 1 + (s % 4));
                        }

                        for (int o = 0; o < w.Outputs; o++)
                        {
                            m[o, t / 4, t % 4] += u * Transformed(w, o, c, t / 4, t % 4);
                        }
                    }
                }

                for (int o = 0; o < w.Outputs; o++)
                {
                    for (int p = 0; p < 4; p++)
                    {
                        double sum = Math.Abs(bias[o]);
                        for (int t = 0; t < 16; t++)
                        {
                            sum += A[p / 2][t / 4] * A[p % 2][t % 4] * m[o, t / 4, t % 4];
                        }

                        output[o, (2 * row) + (p / 2), (2 * column) + (p % 2)] = sum;
                    }
                }
            }
        });
        return output;
    }

    private static double Transformed(Filter w, int o, int c, int i, int j)
    {
        double sum = 0;
        for (int t = 0; t < 9; t++)
        {
            sum += G[i][t / 3] * w[o, c, t / 3, t % 3] * G[j][t % 3];
        }

        return Math.Abs(sum);
    }
}
