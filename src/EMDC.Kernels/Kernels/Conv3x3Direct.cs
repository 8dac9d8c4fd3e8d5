using ILGPU;

namespace EMDC.Kernels;

/// <summary>A launch of <see cref="Conv3x3Direct"/>.</summary>
/// <param name="InChannels">I.</param>
/// <param name="X">Layout of the input.</param>
/// <param name="Across">Units in a row of the input.</param>
/// <param name="To">The end of the operator.</param>
internal readonly record struct Conv3x3DirectShape(int InChannels, Layout X, int Across, Output To);

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
    public static void Conv3x3DirectKernel(
        ArrayView<Float4> x, ArrayView<Float4> w, ArrayView<float> bias, ArrayView<float> slope,
        ArrayView<Float4> r, ArrayView<Float4> y, Conv3x3DirectShape s)
    {
        int unit = Grid.IdxX * Group.DimX + Group.IdxX, i = unit / s.Across, j = unit - i * s.Across, o = 8 * Grid.IdxY;
        if (i < s.To.Height)
        {
            int plane = s.X.At(0, i, j) - s.X.Row - 1, k = Grid.IdxY * s.InChannels * 18;
            Float4 y0 = Float4.All(0f), y1 = y0, y2 = y0, y3 = y0, y4 = y0, y5 = y0, y6 = y0, y7 = y0;
            for (int c = 0; c < s.InChannels; c++, plane += s.X.Plane)
            {
                int at = plane;
                for (int u = 0; u < 3; u++, at += s.X.Row, k += 6)
                {
                    Float4 a = x[at], m = x[at + 1], b = x[at + 2];
                    Float4 t = new Float4(a.W, m.X, m.Y, m.Z);
                    Float4 v = w[k], q = w[k + 1];
                    y0 = y0.Add(v.X, t);
                    y1 = y1.Add(v.Y, t);
                    y2 = y2.Add(v.Z, t);
                    y3 = y3.Add(v.W, t);
                    y4 = y4.Add(q.X, t);
                    y5 = y5.Add(q.Y, t);
                    y6 = y6.Add(q.Z, t);
                    y7 = y7.Add(q.W, t);
                    v = w[k + 2];
                    q = w[k + 3];
                    y0 = y0.Add(v.X, m);
                    y1 = y1.Add(v.Y, m);
                    y2 = y2.Add(v.Z, m);
                    y3 = y3.Add(v.W, m);
                    y4 = y4.Add(q.X, m);
                    y5 = y5.Add(q.Y, m);
                    y6 = y6.Add(q.Z, m);
                    y7 = y7.Add(q.W, m);
                    t = new Float4(m.Y, m.Z, m.W, b.X);
                    v = w[k + 4];
                    q = w[k + 5];
                    y0 = y0.Add(v.X, t);
                    y1 = y1.Add(v.Y, t);
                    y2 = y2.Add(v.Z, t);
                    y3 = y3.Add(v.W, t);
                    y4 = y4.Add(q.X, t);
                    y5 = y5.Add(q.Y, t);
                    y6 = y6.Add(q.Z, t);
                    y7 = y7.Add(q.W, t);
                }
            }

            Epilogue.Store(bias, slope, r, y, s.To, o, i, j, y0, y1);
            Epilogue.Store(bias, slope, r, y, s.To, o + 2, i, j, y2, y3);
            Epilogue.Store(bias, slope, r, y, s.To, o + 4, i, j, y4, y5);
            Epilogue.Store(bias, slope, r, y, s.To, o + 6, i, j, y6, y7);
        }
    }
}
