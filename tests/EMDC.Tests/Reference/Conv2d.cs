namespace EMDC.Tests.Reference;

/// <summary>
/// out[o, y, x] = bias[o] + Σ_i Σ_ky Σ_kx w[o, i, ky, kx] · in[i, y·stride + ky − padding, x·stride + kx − padding],
/// with in = 0 outside the image. Output height = ⌊(H + 2·padding − K)/stride⌋ + 1.
/// </summary>
public static class Conv2d
{
    public static Tensor Apply(Tensor input, Filter w, double[]? bias, int stride, int padding)
    {
        if (w.Inputs != input.Channels || (bias is not null && bias.Length != w.Outputs))
        {
            throw new ArgumentException($"Conv2d: {w.Outputs}×{w.Inputs} weights, {bias?.Length} biases, {input.Channels} channels.");
        }

        int height = (input.Height + 2 * padding - w.Kernel) / stride + 1;
        int width = (input.Width + 2 * padding - w.Kernel) / stride + 1;
        var output = new Tensor(w.Outputs, height, width);
        Parallel.For(0, w.Outputs, o =>
        {
            for (int y = 0; y < height; y++)
            {
                Span<double> sum = output.Row(o, y);
                sum.Fill(bias?[o] ?? 0);
                for (int i = 0; i < w.Inputs; i++)
                {
                    for (int ky = 0; ky < w.Kernel; ky++)
                    {
                        int row = y * stride + ky - padding;
                        if (row < 0 || row >= input.Height)
                        {
                            continue;
                        }

                        for (int kx = 0; kx < w.Kernel; kx++)
                        {
                            AddRow(sum, input.Row(i, row), w[o, i, ky, kx], stride, kx - padding);
                        }
                    }
                }
            }
        });
        return output;
    }

    /// <summary>|bias| + Σ|w·x|: what the rounding error of a sum of n terms is proportional to.</summary>
    public static Tensor Magnitude(Tensor input, Filter w, double[]? bias, int stride, int padding) =>
        Apply(input.Abs(), w.Abs(), bias is null ? null : [.. bias.Select(Math.Abs)], stride, padding);

    /// <summary>sum[x] += weight · row[x·stride + offset] wherever that lies inside the row.</summary>
    internal static void AddRow(Span<double> sum, ReadOnlySpan<double> row, double weight, int stride, int offset)
    {
        int first = Math.Max(0, (stride - 1 - offset) / stride);
        // Rounded up, and none where the offset lies behind the row.
        int count = Math.Min(sum.Length, (row.Length - offset + stride - 1) / stride) - first;
        if (count <= 0)
        {
            return;
        }

        sum = sum.Slice(first, count);
        row = row[(first * stride + offset)..];
        for (int x = 0; x < sum.Length; x++)
        {
            sum[x] += weight * row[x * stride];
        }
    }
}
