using ILGPU;

namespace EMDC.Kernels;

/// <summary>A launch of <see cref="Conv3x3Direct"/>.</summary>
/// <param name="InChannels">I.</param>
/// <param name="X">Layout of the input.</param>
/// <param name="Across">Units in a row of the input.</param>
/// <param name="To">The end of the operator.</param>
internal readonly record struct Conv3x3DirectShape(int InChannels, Layout X, int Across, ConvEnd To);

/// <summary>
/// Dense 3×3 convolution, stride 1, for devices whose shared memory is ordinary memory behind the same caches (Mali, OpenCL on a
/// CPU): what <see cref="Conv3x3"/> computes, straight from memory and without barriers.
/// <code>
/// sum[o, i, j] = Σ_c Σ_u Σ_v w[o, c, u, v] · x[c, i + u − 1, j + v − 1]
/// </code>
/// x: I×H×W, w: ⌈O/8⌉×I×3×3×8, bias: O. A thread computes 8 output channels × 4 pixels, a group a run of units; grid:
/// ⌈units / threads⌉ × ⌈O/8⌉.
/// <para>
/// Inner loop, per input channel and row of the stencil: 96 FMAs for 3 + 6 loads of 16 bytes. Neighbouring threads find two of
/// the three units, and all of the weights, in the first-level cache: 288 bytes a channel. Copying tiles there, as Conv3x3 does,
/// costs such a device more than the product.
/// </para>
/// </summary>
internal static class Conv3x3Direct
{
    public static readonly Kernel<Conv3x3DirectShape> Kernel = new(nameof(Conv3x3DirectKernel));

    public static readonly KernelTiles Tiles = KernelTiles.Strip(nameof(Conv3x3Direct), device => device.ConvThreads, key => Tiling.Ceiling(key.Out, 8), fmas: key => 288 * key.In);

    public static void Conv3x3DirectKernel(
        ArrayView<Float4> x, ArrayView<Float4> w, ArrayView<float> bias, ArrayView<float> slope,
        ArrayView<Float4> r, ArrayView<Float4> y, Conv3x3DirectShape s)
    {
        int unit = Grid.IdxX * Group.DimX + Group.IdxX, i = unit / s.Across, j = unit - i * s.Across, o = 8 * Grid.IdxY;
        if (i < s.To.Height)
        {
            int plane = s.X.At(0, i, j) - s.X.Row - 1, k = Grid.IdxY * s.InChannels * 18;
            Sums sums = Sums.Zero;
            for (int c = 0; c < s.InChannels; c++, plane += s.X.Plane)
            {
                int at = plane;
                for (int u = 0; u < 3; u++, at += s.X.Row, k += 6)
                {
                    Float4 a = x[at], m = x[at + 1], b = x[at + 2];
                    Float4 t = new Float4(a.W, m.X, m.Y, m.Z);
                    sums = sums.Add(w[k], w[k + 1], t);
                    sums = sums.Add(w[k + 2], w[k + 3], m);
                    t = new Float4(m.Y, m.Z, m.W, b.X);
                    sums = sums.Add(w[k + 4], w[k + 5], t);
                }
            }

            Epilogue.Store(bias, slope, r, y, s.To, o, i, j, sums);
        }
    }
}
