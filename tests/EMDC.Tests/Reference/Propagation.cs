namespace EMDC.Tests.Reference;

/// <summary>
/// y'(p) = Σ_k Σ_j a[9k + j](p) · y(p + (k + 1)·offset_j), offsets row-major over the 3×3 window, y = 0 outside the image.
/// Where a depth was measured y keeps the value that it came with.
/// </summary>
public static class Propagation
{
    public static Tensor Apply(Tensor y, Tensor affinity, Tensor measured, int iterations, bool replicateBorder = false)
    {
        Tensor kept = y;
        for (int i = 0; i < iterations; i++)
        {
            y = Step(y, affinity, replicateBorder);
            for (int p = 0; p < y.Values.Length; p++)
            {
                if (measured.Values[p] > 0)
                {
                    y.Values[p] = kept.Values[p];
                }
            }
        }

        return y;
    }

    /// <summary>One iteration at every pixel, measured or not.</summary>
    /// <param name="y">1×H×W.</param>
    /// <param name="affinity">9n×H×W.</param>
    /// <param name="replicateBorder">A mistake to be seen by the goldens: the nearest pixel instead of 0 outside the image.</param>
    public static Tensor Step(Tensor y, Tensor affinity, bool replicateBorder = false)
    {
        var output = new Tensor(1, y.Height, y.Width);
        for (int row = 0; row < y.Height; row++)
        {
            for (int column = 0; column < y.Width; column++)
            {
                double sum = 0;
                for (int a = 0; a < affinity.Channels; a++)
                {
                    int dilation = a / 9 + 1;
                    int from = row + dilation * (a % 9 / 3 - 1);
                    int at = column + dilation * (a % 3 - 1);
                    if (replicateBorder)
                    {
                        (from, at) = (Math.Clamp(from, 0, y.Height - 1), Math.Clamp(at, 0, y.Width - 1));
                    }

                    if (from >= 0 && from < y.Height && at >= 0 && at < y.Width)
                    {
                        sum += affinity[a, row, column] * y[0, from, at];
                    }
                }

                output[0, row, column] = sum;
            }
        }

        return output;
    }

    /// <summary>Σ|a·y| of one iteration.</summary>
    public static Tensor Magnitude(Tensor y, Tensor affinity) => Step(y.Abs(), affinity.Abs());
}
