using ILGPU;
using ILGPU.Algorithms;

namespace EMDC.Kernels;

/// <summary>How a launch of <see cref="ConvOne"/> is cut, and how it ends.</summary>
/// <param name="InChannels">I.</param>
/// <param name="Kernel">K: 3, 5 or 7.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Columns">Threads side by side, four columns each.</param>
/// <param name="Rows">Threads below each other, four rows each.</param>
/// <param name="Splits">Threads that share one thread's input channels. Columns · Rows · Splits is the group's size.</param>
/// <param name="TilesAcross">Tiles side by side.</param>
/// <param name="Fusion">1: end with the confidence; 0: end with clamp and residual.</param>
/// <param name="Residual">1: add the residual.</param>
/// <param name="Bias">b.</param>
/// <param name="Low">Lower end of the clamp.</param>
/// <param name="High">Upper end of the clamp.</param>
/// <param name="Rezero">Scale of the confidence.</param>
/// <param name="X">Layout of the input; planes of results have the same rows.</param>
internal readonly record struct ConvOneShape(
    int InChannels, int Kernel, int Height, int Width, int Columns, int Rows, int Splits, int TilesAcross,
    int Fusion, int Residual, float Bias, float Low, float High, float Rezero, Layout X);

/// <summary>
/// Convolution to one output channel, stride 1, and what the relative confidence makes of it:
/// <code>
/// sum[i, j] = b + Σ_c Σ_u Σ_v w[c, u, v] · x[c, i + u − K/2, j + v − K/2]
/// y = clamp(sum) + local                                  (a plain convolution; local is its residual)
/// c = rezero / (1 + e^−sum),  y = local·c + global·(1 − c)   (confidence fusion)
/// </code>
/// x: I×H×W, w: I×K×8 (a row of the stencil, centred in seven columns and a zero: two units; so a value that is not finite
/// spreads three columns to each side at any K).
/// <para>
/// With a single output channel nothing is gained by tiling channels, so a thread computes 4×4 pixels: each row that it
/// reads serves up to four rows of results. A group computes 4·Rows × 4·Columns pixels; Splits threads share the channels
/// of one and add up in a fixed order; grid: tiles.
/// </para>
/// <para>
/// Inner loop, per input channel at K = 7: 784 FMAs for 30 global loads of 16 bytes (26 FMAs a load) and 56 shared ones of
/// weights (14, broadcasts). Shared memory: 512 units of weights (a chunk of 512/(2K) channels) and 1024 of sums, 24 KiB.
/// Bytes moved: 4·I·H·W·2.5, most of them out of the caches. Roofline: 56→1 at 192×256 has 270 MFLOP and 11 MB read once:
/// 13 µs at 20 TFLOP/s, 11 µs at 1 TB/s.
/// On an H100, tuned: 17 to 21 µs; 32→1 with 3×3 taps 7.2 µs.
/// </para>
/// </summary>
internal static class ConvOne
{
    public static readonly Kernel<ConvOneShape> Kernel = new(nameof(ConvOneKernel));

    /// <summary>Columns × rows × splits; key.Out is the side of the stencil.</summary>
    public static readonly KernelTiles Tiles = new(nameof(ConvOne), MaxThreads)
    {
        Default = (device, key) =>
        {
            int columns = Math.Min(Math.Min(8, device.PointwiseThreads), Tiling.PowerOf2(key.Across));
            int rows = Math.Min(Math.Min(4, device.PointwiseThreads / columns), Tiling.PowerOf2(Tiling.Ceiling(key.Height, 4)));
            return new Tile(columns, rows, Math.Clamp(key.In, 1, device.PointwiseThreads / (columns * rows)));
        },
        Grid = (key, tile) => new Groups(Tiling.Ceiling(key.Height, 4 * tile.Down) * Tiling.Ceiling(key.Across, tile.Across), 1, (int)tile.Threads),
        Allows = (key, tile) => tile.Splits <= key.In,
        Fmas = (key, tile) => 16L * key.Out * key.Out * Tiling.Ceiling(key.In, tile.Splits),
    };

    /// <summary>A shape that lacks only the tile, with it.</summary>
    public static ConvOneShape Cut(TileKey key, Tile tile, ConvOneShape shape) => shape with
    {
        Columns = tile.Across, Rows = tile.Down, Splits = tile.Splits, TilesAcross = Tiling.Ceiling(key.Across, tile.Across),
    };

    /// <summary>Units of weights in shared memory.</summary>
    public const int WeightUnits = 512;

    /// <summary>Most threads of a group.</summary>
    public const int MaxThreads = SplitSum.MaxThreads;

    private const int SumUnits = 4 * MaxThreads;

    public static void ConvOneKernel(
        ArrayView<Float4> x, ArrayView<Float4> w, ArrayView<Float4> local, ArrayView<Float4> global,
        ArrayView<Float4> confidence, ArrayView<Float4> y, ConvOneShape s)
    {
        ArrayView<Float4> weights = SharedMemory.Allocate<Float4>(WeightUnits);
        ArrayView<Float4> sums = SharedMemory.Allocate<Float4>(SumUnits);
        int thread = Group.IdxX, threads = Group.DimX, pixels = s.Columns * s.Rows;
        int split = thread / pixels, p = thread - split * pixels, ty = p / s.Columns, tx = p - ty * s.Columns;
        int top = (Grid.IdxX / s.TilesAcross * s.Rows + ty) * 4, j = Grid.IdxX % s.TilesAcross * s.Columns + tx;
        int half = s.Kernel / 2, perChannel = 2 * s.Kernel, chunk = WeightUnits / perChannel;
        Float4 y0 = Float4.All(0f), y1 = y0, y2 = y0, y3 = y0;
        for (int first = 0; first < s.InChannels; first += chunk)
        {
            int count = s.InChannels - first < chunk ? s.InChannels - first : chunk;
            Group.Barrier();
            for (int e = thread; e < count * perChannel; e += threads)
            {
                weights[e] = w[first * perChannel + e];
            }

            Group.Barrier();
            if (4 * j < s.Width)
            {
                for (int c = split; c < count; c += s.Splits)
                {
                    int at = s.X.At(first + c, top, j) - half * s.X.Row, k = c * perChannel;
                    Float4 z0 = Float4.All(0f), z1 = z0, z2 = z0, z3 = z0;

                    // Row n of the input is row n − m of the stencil for row m of the results.
                    for (int n = 0; n < s.Kernel + 3 && top + n < s.Height + half; n++, at += s.X.Row, k += 2)
                    {
                        Float4 a = x[at - 1], m = x[at], b = x[at + 1];
                        if (n < s.Kernel)
                        {
                            z0 = Line(z0, weights[k], weights[k + 1], a, m, b);
                        }

                        if (n >= 1 && n < s.Kernel + 1)
                        {
                            z1 = Line(z1, weights[k - 2], weights[k - 1], a, m, b);
                        }

                        if (n >= 2 && n < s.Kernel + 2)
                        {
                            z2 = Line(z2, weights[k - 4], weights[k - 3], a, m, b);
                        }

                        if (n >= 3)
                        {
                            z3 = Line(z3, weights[k - 6], weights[k - 5], a, m, b);
                        }
                    }

                    // A sum of sums of K² loses less than one long sum of I·K².
                    y0 = y0.Add(z0);
                    y1 = y1.Add(z1);
                    y2 = y2.Add(z2);
                    y3 = y3.Add(z3);
                }
            }
        }

        int pitch = threads < MaxThreads ? threads + 1 : threads;
        sums[thread] = y0;
        sums[pitch + thread] = y1;
        sums[2 * pitch + thread] = y2;
        sums[3 * pitch + thread] = y3;
        Group.Barrier();
        for (int e = thread; e < 4 * pixels; e += threads)
        {
            int row = e / pixels, q = e - row * pixels, qy = q / s.Columns;
            int i = (Grid.IdxX / s.TilesAcross * s.Rows + qy) * 4 + row, unit = Grid.IdxX % s.TilesAcross * s.Columns + q - qy * s.Columns;
            Float4 sum = Float4.All(s.Bias);
            for (int at = row * pitch + q, n = 0; n < s.Splits; n++, at += pixels)
            {
                sum = sum.Add(sums[at]);
            }

            if (i < s.Height && 4 * unit < s.Width)
            {
                Store(local, global, confidence, y, s, s.X.At(0, i, unit), s.Width - 4 * unit, sum);
            }
        }
    }

    private static void Store(
        ArrayView<Float4> local, ArrayView<Float4> global, ArrayView<Float4> confidence, ArrayView<Float4> y, ConvOneShape s,
        int at, int valid, Float4 sum)
    {
        if (s.Fusion != 0)
        {
            Float4 l = local[at], g = global[at];
            Float4 c = new Float4(
                Sigmoid(sum.X, s.Rezero), Sigmoid(sum.Y, s.Rezero), Sigmoid(sum.Z, s.Rezero), Sigmoid(sum.W, s.Rezero));
            confidence[at] = Epilogue.Mask(c, valid);
            Float4 mixed = new Float4(
                l.X * c.X + g.X * (1f - c.X), l.Y * c.Y + g.Y * (1f - c.Y), l.Z * c.Z + g.Z * (1f - c.Z), l.W * c.W + g.W * (1f - c.W));
            y[at] = Epilogue.Mask(mixed, valid);
        }
        else
        {
            Float4 v = Epilogue.Clamp(sum, s.Low, s.High);
            if (s.Residual != 0)
            {
                v = v.Add(local[at]);
            }

            y[at] = Epilogue.Mask(v, valid);
        }
    }

    // e^−z stays finite.
    private static float Sigmoid(float z, float rezero) => rezero / (1f + XMath.Exp(z < -87f ? 87f : -z));

    private static Float4 Line(Float4 sum, Float4 v, Float4 q, Float4 a, Float4 m, Float4 b) => sum
        .Add(v.X, new Float4(a.Y, a.Z, a.W, m.X))
        .Add(v.Y, new Float4(a.Z, a.W, m.X, m.Y))
        .Add(v.Z, new Float4(a.W, m.X, m.Y, m.Z))
        .Add(v.W, m)
        .Add(q.X, new Float4(m.Y, m.Z, m.W, b.X))
        .Add(q.Y, new Float4(m.Z, m.W, b.X, b.Y))
        .Add(q.Z, new Float4(m.W, b.X, b.Y, b.Z));
}
