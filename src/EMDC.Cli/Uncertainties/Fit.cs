using EMDC.Completion;

namespace EMDC.Cli.Uncertainties;

/// <summary>
/// Coefficients b of a relative scale s = exp(b·f) for relative errors e: the most likely ones if errors follow Laplace's distribution,
/// <code>
/// minimise Σ (log s + e / s)
/// </code>
/// which is convex in b and minds a gross error less than squares do; Newton's method. Then all of s is multiplied so that 68.27 % of the
/// errors lie within it, as within one standard deviation of a normal distribution.
/// </summary>
internal static class Fit
{
    private const int Features = Uncertainty.Features, Steps = 30;
    private const double Share = 0.6827, Ridge = 1e-6;

    public static float[] Run(Samples samples)
    {
        var b = new double[Features];
        b[0] = Math.Log(samples.Errors.Average());
        for (int step = 0; step < Steps; step++)
        {
            var gradient = new double[Features];
            var hessian = new double[Features, Features];
            for (int i = 0; i < samples.Errors.Count; i++)
            {
                double ratio = samples.Errors[i] * Math.Exp(-Dot(b, samples, i));
                for (int j = 0; j < Features; j++)
                {
                    double f = samples.Features[i * Features + j];
                    gradient[j] += f * (1 - ratio);
                    for (int k = 0; k <= j; k++)
                    {
                        hessian[j, k] += f * samples.Features[i * Features + k] * ratio;
                    }
                }
            }

            // Far from the minimum a full step overshoots; none changes the scale by more than e.
            double[] move = Solve(hessian, gradient, samples.Errors.Count * Ridge);
            double length = Math.Max(1, move.Max(Math.Abs));
            for (int j = 0; j < Features; j++)
            {
                b[j] -= move[j] / length;
            }
        }

        double[] ratios = [.. Enumerable.Range(0, samples.Errors.Count).Select(i => samples.Errors[i] * Math.Exp(-Dot(b, samples, i))).Order()];
        b[0] += Math.Log(ratios[(int)(Share * ratios.Length)]);
        return [.. b.Select(value => (float)value)];
    }

    /// <summary>b·f at a pixel.</summary>
    public static double Dot(double[] b, Samples samples, int i)
    {
        double sum = 0;
        for (int k = 0; k < Features; k++)
        {
            sum += b[k] * samples.Features[i * Features + k];
        }

        return sum;
    }

    /// <summary>Cholesky; of the symmetric matrix the lower half is given.</summary>
    private static double[] Solve(double[,] a, double[] right, double ridge)
    {
        var x = (double[])right.Clone();
        for (int j = 0; j < Features; j++)
        {
            for (int k = 0; k <= j; k++)
            {
                double sum = a[j, k] + (j == k ? ridge : 0);
                for (int m = 0; m < k; m++)
                {
                    sum -= a[j, m] * a[k, m];
                }

                a[j, k] = j == k ? Math.Sqrt(sum) : sum / a[k, k];
            }

            for (int k = 0; k < j; k++)
            {
                x[j] -= a[j, k] * x[k];
            }

            x[j] /= a[j, j];
        }

        for (int j = Features - 1; j >= 0; j--)
        {
            for (int k = j + 1; k < Features; k++)
            {
                x[j] -= a[k, j] * x[k];
            }

            x[j] /= a[j, j];
        }

        return x;
    }
}
