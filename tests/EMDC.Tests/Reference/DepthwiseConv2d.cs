namespace EMDC.Tests.Reference;

/// <summary>
/// out[c, y, x] = bias[c] + Σ_ky Σ_kx w[c, 0, ky, kx] · in[c, y·stride + ky − padding, x·stride + kx − padding],
/// with in = 0 outside the image: every channel has its own filter.
/// </summary>
public static class DepthwiseConv2d
{
    public static Tensor Apply(Tensor input, Filter w, double[]? bias, int stride, int padding)
    {
        if (w.Inputs != 1 || w.Outputs != input.Channels)
        {
            throw new ArgumentException($"DepthwiseConv2d: {w.Outputs}×{w.Inputs} weights, {input.Channels} channels.");
        }

        int height = (input.Height + 2 * padding - w.Kernel) / stride + 1;
        int width = (input.Width + 2 * padding - w.Kernel) / stride + 1;
        var output = new Tensor(w.Outputs, height, width);
        for (int c = 0; c < w.Outputs; c++)
        {
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    double sum = bias?[c] ?? 0;
                    for (int ky = 0; ky < w.Kernel; ky++)
                    {
                        for (int kx = 0; kx < w.Kernel; kx++)
                        {
                            int row = y * stride + ky - padding;
                            int column = x * stride + kx - padding;
                            if (row >= 0 && row < input.Height && column >= 0 && column < input.Width)
                            {
                                sum += w[c, 0, ky, kx] * input[c, row, column];
                            }
                        }
                    }

                    output[c, y, x] = sum;
                }
            }
        }

        return output;
    }

    /// <summary>|bias| + Σ|w·x|.</summary>
    public static Tensor Magnitude(Tensor input, Filter w, double[]? bias, int stride, int padding) =>
        Apply(input.Abs(), w.Abs(), bias is null ? null : [.. bias.Select(Math.Abs)], stride, padding);
}
