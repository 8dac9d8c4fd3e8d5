using ILGPU;

namespace EMDC.Kernels;

/// <summary>A launch of <see cref="ConvAny"/>.</summary>
/// <param name="InChannels">I.</param>
/// <param name="Kernel">K, odd, up to 9.</param>
/// <param name="Stride">s.</param>
/// <param name="Width">Columns of the input.</param>
/// <param name="X">Layout of the input.</param>
/// <param name="Across">Units in a row of the result.</param>
/// <param name="To">The end of the operator.</param>
internal readonly record struct ConvAnyShape(int InChannels, int Kernel, int Stride, int Width, Layout X, int Across, ConvEnd To);

/// <summary>
/// Dense convolution of any odd K up to 9 and any stride:
/// <code>
/// sum[o, i, j] = Σ_c Σ_u Σ_v w[o, c, u, v] · x[c, s·i + u − K/2, s·j + v − K/2]
/// </code>
/// x: I×H×W, w: ⌈O/8⌉×I×K×K×8, bias: O. The network has no such layer: this kernel is here so that the operator is whole, and
/// is written short. A thread computes 8 output channels × 4 pixels; 32 FMAs for 4 + 2 global loads.
/// </summary>
internal static class ConvAny
{
    public static readonly Kernel<ConvAnyShape> Kernel = new(nameof(ConvAnyKernel));

    public static readonly KernelTiles Tiles = KernelTiles.Strip(nameof(ConvAny), device => device.ConvThreads, key => Tiling.Ceiling(key.Out, 8));

    public static void ConvAnyKernel(
        ArrayView<Float4> x, ArrayView<Float4> w, ArrayView<float> bias, ArrayView<float> slope,
        ArrayView<Float4> r, ArrayView<Float4> y, ConvAnyShape s)
    {
        int unit = Grid.IdxX * Group.DimX + Group.IdxX, i = unit / s.Across, j = unit - i * s.Across, half = s.Kernel / 2;
        if (i < s.To.Height)
        {
            Sums sums = Sums.Zero;
            int k = Grid.IdxY * s.InChannels * s.Kernel * s.Kernel * 2;
            for (int c = 0; c < s.InChannels; c++)
            {
                for (int u = 0; u < s.Kernel; u++)
                {
                    // The unit of column −4, so that columns left of the image count from 0.
                    int row = s.X.At(c, 0, 0) + (s.Stride * i + u) * s.X.Row - half * s.X.Row - 1;
                    int column = s.Stride * 4 * j + 4 - half;
                    for (int v = 0; v < s.Kernel; v++, column++, k += 2)
                    {
                        Float4 t = new Float4(
                            Pixel(x, row, column, s.Width),
                            Pixel(x, row, column + s.Stride, s.Width),
                            Pixel(x, row, column + 2 * s.Stride, s.Width),
                            Pixel(x, row, column + 3 * s.Stride, s.Width));
                        sums = sums.Add(w[k], w[k + 1], t);
                    }
                }
            }

            int o = 8 * Grid.IdxY;
            Epilogue.Store(bias, slope, r, y, s.To, o, i, j, sums);
        }
    }

    /// <summary>The pixel at <paramref name="column"/> − 4 of the row, 0 to the right of the image.</summary>
    private static float Pixel(ArrayView<Float4> x, int row, int column, int width)
    {
        float pixel = 0f;
        if (column < width + 4)
        {
            Float4 v = x[row + column / 4];
            int lane = column % 4;
            pixel = lane == 0 ? v.X : lane == 1 ? v.Y : lane == 2 ? v.Z : v.W;
        }

        return pixel;
    }
}
