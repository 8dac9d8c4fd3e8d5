using ILGPU;

namespace EMDC.Kernels;

/// <summary>The caller's frame.</summary>
/// <param name="Height">Rows of the frame.</param>
/// <param name="Width">Columns of the frame.</param>
/// <param name="MaxDepth">Depth above this is dropped.</param>
/// <param name="PaddedHeight">Rows of the network's input.</param>
/// <param name="PaddedWidth">Columns of the network's input.</param>
/// <param name="X">Layout of the network's input.</param>
internal readonly record struct InputShape(int Height, int Width, float MaxDepth, int PaddedHeight, int PaddedWidth, Layout X);

/// <summary>
/// Input preparation in two launches:
/// <code>
/// d[i, j] = sparse[i, j] if 0 &lt; sparse[i, j] ≤ maxDepth, else 0
/// m = max d, measured = number of d &gt; 0                       MeasureKernel: one partial result a group
/// x[c, i, j] = (rgb[i, j, c] / 255 − mean[c]) / std[c]           PrepareKernel: reduces the partial results, then maps
/// x[3, i, j] = d[i, j] / (m + 1e-4)
/// </code>
/// sparse: h×w, rgb: h×w×3 bytes, four to an int, x: 4×H×W. To the right and below the frame RGB repeats the last column and
/// row, and depth stays empty.
/// <para>
/// Both reductions run in a fixed order (and a maximum has no order), so m is the same from run to run. Measure: 32 groups of
/// 256 threads, each adding up every 8192nd value, then a tree in shared memory (2 KiB). Prepare: a thread makes four pixels of
/// four channels, four 16-byte stores. Bytes moved: 4·h·w + 3·h·w + 4·h·w + 16·H·W, at 192×256 1.3 MB: 1.3 µs at 1 TB/s.
/// </para>
/// </summary>
internal static class FrameInput
{
    public static readonly Kernel<InputShape> Measure = new(nameof(MeasureKernel));

    public static readonly Kernel<InputShape> Prepare = new(nameof(PrepareKernel));

    /// <summary>The sums of a group are halved in a tree.</summary>
    public static readonly KernelTiles Tiles =
        KernelTiles.Strip(nameof(FrameInput), device => Math.Min(MaxThreads, device.PointwiseThreads), _ => 1, arePowersOf2: true);

    /// <summary>Groups of the first launch, and partial results.</summary>
    public const int Groups = 32;

    /// <summary>Most threads of a group; a power of 2.</summary>
    public const int MaxThreads = 256;

    public static void MeasureKernel(ArrayView<float> sparse, ArrayView<float> maxima, ArrayView<int> counts, InputShape s)
    {
        ArrayView<float> highest = SharedMemory.Allocate<float>(MaxThreads);
        ArrayView<int> measured = SharedMemory.Allocate<int>(MaxThreads);
        int thread = Group.IdxX, n = s.Height * s.Width, count = 0;
        float m = 0f;
        for (int e = Grid.IdxX * Group.DimX + thread; e < n; e += Grid.DimX * Group.DimX)
        {
            float d = Valid(sparse[e], s.MaxDepth);
            m = d > m ? d : m;
            count += d > 0f ? 1 : 0;
        }

        highest[thread] = m;
        measured[thread] = count;
        for (int half = Group.DimX / 2; half > 0; half /= 2)
        {
            Group.Barrier();
            if (thread < half)
            {
                float a = highest[thread], b = highest[thread + half];
                highest[thread] = a > b ? a : b;
                measured[thread] = measured[thread] + measured[thread + half];
            }
        }

        if (thread == 0)
        {
            maxima[Grid.IdxX] = highest[0];
            counts[Grid.IdxX] = measured[0];
        }
    }

    public static void PrepareKernel(
        ArrayView<int> rgb, ArrayView<float> sparse, ArrayView<float> maxima, ArrayView<float> maximum, ArrayView<Float4> x, InputShape s)
    {
        float m = 0f;
        for (int e = 0; e < Groups; e++)
        {
            float d = maxima[e];
            m = d > m ? d : m;
        }

        int unit = Grid.IdxX * Group.DimX + Group.IdxX, across = (s.PaddedWidth + 3) / 4, i = unit / across, j = unit - i * across;
        if (unit == 0)
        {
            maximum[0] = m;
        }

        if (i < s.PaddedHeight)
        {
            int valid = s.PaddedWidth - 4 * j, at = s.X.At(0, i, j);
            x[at] = Epilogue.Mask(Colour(rgb, s, i, j, 0, 0.485f, 0.229f), valid);
            x[at + s.X.Plane] = Epilogue.Mask(Colour(rgb, s, i, j, 1, 0.456f, 0.224f), valid);
            x[at + 2 * s.X.Plane] = Epilogue.Mask(Colour(rgb, s, i, j, 2, 0.406f, 0.225f), valid);
            float scale = m + 1e-4f;
            x[at + 3 * s.X.Plane] = new Float4(
                Depth(sparse, s, i, 4 * j) / scale, Depth(sparse, s, i, 4 * j + 1) / scale,
                Depth(sparse, s, i, 4 * j + 2) / scale, Depth(sparse, s, i, 4 * j + 3) / scale);
        }
    }

    // NaN is not above 0, and so is dropped as well.
    private static float Valid(float d, float maxDepth) => d > 0f && d <= maxDepth ? d : 0f;

    private static float Depth(ArrayView<float> sparse, InputShape s, int i, int j)
    {
        float d = 0f;
        if (i < s.Height && j < s.Width)
        {
            d = Valid(sparse[i * s.Width + j], s.MaxDepth);
        }

        return d;
    }

    private static Float4 Colour(ArrayView<int> rgb, InputShape s, int i, int j, int c, float mean, float deviation) => new(
        (Byte(rgb, s, i, 4 * j, c) / 255f - mean) / deviation,
        (Byte(rgb, s, i, 4 * j + 1, c) / 255f - mean) / deviation,
        (Byte(rgb, s, i, 4 * j + 2, c) / 255f - mean) / deviation,
        (Byte(rgb, s, i, 4 * j + 3, c) / 255f - mean) / deviation);

    private static float Byte(ArrayView<int> rgb, InputShape s, int i, int j, int c)
    {
        int row = i < s.Height ? i : s.Height - 1, column = j < s.Width ? j : s.Width - 1, at = 3 * (row * s.Width + column) + c;
        return (rgb[at / 4] >> (8 * (at % 4))) & 255;
    }
}
