using ILGPU;

namespace EMDC.Kernels;

/// <summary>A launch of <see cref="Guidance"/>.</summary>
/// <param name="Dilations">n.</param>
/// <param name="FuseChannels">Fuse logits of the stage before.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Across">Units in a row.</param>
/// <param name="Layout">Layout of all tensors.</param>
internal readonly record struct GuidanceShape(int Dilations, int FuseChannels, int Height, int Width, int Across, Layout Layout);

/// <summary>
/// The reweighting convolutions of a funnel stage, all in one launch:
/// <code>
/// g'_k = guid_k(concat(g_k, y))     3×3, 10 → 9, k = 1 … n
/// f'   = fuse(concat(f, y))         3×3, n₋₁ + 1 → n, none where n = 1
/// </code>
/// g, g': 9n×H×W, f, f': n×H×W, y: 1×H×W. w: for each of the n (+ 1) convolutions 3 units of biases, then (I×3×3) × 3 units of
/// nine output channels and zeros; 273 units each.
/// <para>
/// A thread computes all 9 output channels of one convolution × 4 pixels; a group of 128 threads 512 pixels; grid:
/// ⌈pixels / 512⌉ × (n or n + 1). Weights lie in shared memory (273 units, 4.3 KiB).
/// </para>
/// <para>
/// Inner loop, per channel and row of the stencil: 108 FMAs for 3 global loads of 16 bytes (36 FMAs a load) and 9 shared ones
/// (12, broadcasts). Bytes moved: 4·H·W·(20n + 2·n₋₁ + n), each row three times out of the caches. Roofline: n = 3 at 192×256
/// has 245 MFLOP and 13 MB: 12 µs at 20 TFLOP/s, 13 µs at 1 TB/s.
/// On an H100: 16.0 µs with n = 3, 14.3 with 2, 12.2 with 1.
/// </para>
/// </summary>
internal static class Guidance
{
    public static readonly Kernel<GuidanceShape> Kernel = new(nameof(GuidanceKernel));

    /// <summary>A row of groups for each convolution; key.Out is the input channels of the fusion, 1 where there is none.</summary>
    public static readonly KernelTiles Tiles = KernelTiles.Strip(nameof(Guidance), device => device.ConvThreads, key => key.In + (key.Out > 1 ? 1 : 0), fmas: _ => 30 * 108);

    /// <summary>Units of one convolution: 3 of biases, and 3 for each of 10 channels × 9 taps.</summary>
    public const int ConvUnits = 3 + (10 * 27);

    public static void GuidanceKernel(
        ArrayView<Float4> g, ArrayView<Float4> f, ArrayView<Float4> y, ArrayView<Float4> w,
        ArrayView<Float4> gTo, ArrayView<Float4> fTo, GuidanceShape s)
    {
        ArrayView<Float4> weights = SharedMemory.Allocate<Float4>(ConvUnits);
        int conv = Grid.IdxY;
        for (int e = Group.IdxX; e < ConvUnits; e += Group.DimX)
        {
            weights[e] = w[conv * ConvUnits + e];
        }

        Group.Barrier();
        int unit = Grid.IdxX * Group.DimX + Group.IdxX, i = unit / s.Across, j = unit - i * s.Across;
        if (i < s.Height)
        {
            int fuse = conv == s.Dilations ? 1 : 0, channels = fuse != 0 ? s.FuseChannels : 9, plane = fuse != 0 ? 0 : 9 * conv;
            Sums sums = Sums.Of(weights[0], weights[1]);
            Float4 last = Float4.All(weights[2].X);
            int k = 3;
            for (int c = 0; c <= channels; c++)
            {
                // The last channel is y; what is read before it stands in g or f.
                int from = c == channels ? 2 : fuse;
                int at = s.Layout.At(c == channels ? 0 : plane + c, i, j) - s.Layout.Row - 1;
                for (int u = 0; u < 3; u++, at += s.Layout.Row, k += 9)
                {
                    Float4 a = Load(g, f, y, from, at), m = Load(g, f, y, from, at + 1), b = Load(g, f, y, from, at + 2);
                    Float4 t = new Float4(a.W, m.X, m.Y, m.Z);
                    sums = sums.Add(weights[k], weights[k + 1], t);
                    last = last.Add(weights[k + 2].X, t);
                    sums = sums.Add(weights[k + 3], weights[k + 4], m);
                    last = last.Add(weights[k + 5].X, m);
                    t = new Float4(m.Y, m.Z, m.W, b.X);
                    sums = sums.Add(weights[k + 6], weights[k + 7], t);
                    last = last.Add(weights[k + 8].X, t);
                }
            }

            int valid = s.Width - 4 * j;
            if (fuse != 0)
            {
                fTo[s.Layout.At(0, i, j)] = Epilogue.Mask(sums.Y0, valid);
                fTo[s.Layout.At(1, i, j)] = Epilogue.Mask(sums.Y1, valid);
                if (s.Dilations > 2)
                {
                    fTo[s.Layout.At(2, i, j)] = Epilogue.Mask(sums.Y2, valid);
                }
            }
            else
            {
                int at = s.Layout.At(plane, i, j);
                gTo[at] = Epilogue.Mask(sums.Y0, valid);
                gTo[at + s.Layout.Plane] = Epilogue.Mask(sums.Y1, valid);
                gTo[at + 2 * s.Layout.Plane] = Epilogue.Mask(sums.Y2, valid);
                gTo[at + 3 * s.Layout.Plane] = Epilogue.Mask(sums.Y3, valid);
                gTo[at + 4 * s.Layout.Plane] = Epilogue.Mask(sums.Y4, valid);
                gTo[at + 5 * s.Layout.Plane] = Epilogue.Mask(sums.Y5, valid);
                gTo[at + 6 * s.Layout.Plane] = Epilogue.Mask(sums.Y6, valid);
                gTo[at + 7 * s.Layout.Plane] = Epilogue.Mask(sums.Y7, valid);
                gTo[at + 8 * s.Layout.Plane] = Epilogue.Mask(last, valid);
            }
        }
    }

    private static Float4 Load(ArrayView<Float4> g, ArrayView<Float4> f, ArrayView<Float4> y, int from, int at)
    {
        Float4 v;
        if (from == 0)
        {
            v = g[at];
        }
        else if (from == 1)
        {
            v = f[at];
        }
        else
        {
            v = y[at];
        }

        return v;
    }
}
