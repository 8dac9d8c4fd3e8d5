using ILGPU;

namespace EMDC.Kernels;

/// <summary>A depthwise convolution.</summary>
/// <param name="Stride">1 or 2.</param>
/// <param name="Height">Rows of the result.</param>
/// <param name="Width">Columns of the result.</param>
/// <param name="Across">Units in a row of the result.</param>
/// <param name="Low">Lower end of the clamp.</param>
/// <param name="High">Upper end of the clamp.</param>
/// <param name="X">Layout of the input.</param>
/// <param name="Y">Layout of the result.</param>
internal readonly record struct DepthwiseShape(
    int Stride, int Height, int Width, int Across, float Low, float High, Layout X, Layout Y);

/// <summary>
/// Depthwise 3×3 convolution, bias and clamp:
/// <code>
/// y[c, i, j] = clamp(b[c] + Σ_u Σ_v w[c, u, v] · x[c, s·i + u − 1, s·j + v − 1], low, high)
/// </code>
/// x: C×H×W, w: C×12 (nine taps, the bias, two zeros: three units), stride s 1 or 2.
/// <para>
/// A thread computes four pixels of one channel; a group of 128 threads a run of pixels; grid: ⌈pixels / 512⌉ × C. Inner loop,
/// which is the whole thread: 36 FMAs for 9 + 3 global loads of 16 bytes (3 FMAs a load: the operator has 9 FMAs for each value
/// that it reads, so it is bound by memory however it is written). No shared memory. Bytes moved: 4·(C·H·W + C·H·W/s²).
/// Inside the network <see cref="DepthwisePointwise"/> or <see cref="ExpandDepthwise"/> runs instead.
/// </para>
/// </summary>
internal static class Depthwise
{
    public static readonly Kernel<DepthwiseShape> Kernel = new(nameof(DepthwiseKernel));

    public static readonly KernelTiles Tiles = KernelTiles.Strip(nameof(Depthwise), device => device.ConvThreads, key => key.Out);

    public static void DepthwiseKernel(ArrayView<Float4> x, ArrayView<Float4> w, ArrayView<Float4> y, DepthwiseShape s)
    {
        int unit = Grid.IdxX * Group.DimX + Group.IdxX, i = unit / s.Across, j = unit - i * s.Across, c = Grid.IdxY;
        if (i < s.Height)
        {
            y[s.Y.At(c, i, j)] = Epilogue.Mask(At(x, s.X.At(c, s.Stride * i, s.Stride * j), w, 3 * c, s), s.Width - 4 * j);
        }
    }

    /// <summary>Four pixels of the result; those behind the last column are not 0.</summary>
    /// <param name="x">The input, which has the rows of the shape.</param>
    /// <param name="at">The unit of x in the middle, where the stencil of the first pixel is centred.</param>
    /// <param name="w">The weights.</param>
    /// <param name="k">The first of the channel's three units of weights.</param>
    /// <param name="s">The convolution.</param>
    public static Float4 At(ArrayView<Float4> x, int at, ArrayView<Float4> w, int k, DepthwiseShape s)
    {
        // The column to the left is the last of the unit before.
        at -= s.X.Row;
        Float4 a = w[k], b = w[k + 1], e = w[k + 2];
        Float4 sum = Float4.All(e.Y);
        sum = Line(sum, x[at - 1], x[at], x[at + 1], s.Stride, a.X, a.Y, a.Z);
        at += s.X.Row;
        sum = Line(sum, x[at - 1], x[at], x[at + 1], s.Stride, a.W, b.X, b.Y);
        at += s.X.Row;
        sum = Line(sum, x[at - 1], x[at], x[at + 1], s.Stride, b.Z, b.W, e.X);
        return Epilogue.Clamp(sum, s.Low, s.High);
    }

    private static Float4 Line(Float4 sum, Float4 a, Float4 m, Float4 b, int stride, float w0, float w1, float w2) => stride == 1
        ? sum.Add(w0, new Float4(a.W, m.X, m.Y, m.Z)).Add(w1, m).Add(w2, new Float4(m.Y, m.Z, m.W, b.X))
        : sum.Add(w0, new Float4(a.W, m.Y, m.W, b.Y)).Add(w1, new Float4(m.X, m.Z, b.X, b.Z)).Add(w2, new Float4(m.Y, m.W, b.Y, b.W));
}
