using ILGPU.Runtime;

namespace EMDC.Kernels;

/// <summary>How large groups are on a device, and how many of them it wants.</summary>
/// <param name="ConvThreads">Threads of a group of the dense 3×3 convolution, a power of 2.</param>
/// <param name="PointwiseThreads">Threads of a group of the other convolutions, a power of 2.</param>
/// <param name="PropagationSide">Threads along each side of a tile of the propagation.</param>
/// <param name="Groups">Groups that a launch should have; below it, tiles shrink and more threads share the input channels.</param>
internal sealed record Tiling(int ConvThreads, int PointwiseThreads, int PropagationSide, int Groups)
{
    /// <summary>
    /// On GPUs groups of several warps, two for each multiprocessor. On the simulators of the CPU a thread costs time and hides
    /// no latency, so groups are as small as they can be.
    /// </summary>
    public static Tiling For(Accelerator accelerator) => accelerator.AcceleratorType == AcceleratorType.CPU
        ? Simulator
        : new Tiling(
            Math.Min(Kernels.Conv3x3.MaxThreads, accelerator.MaxNumThreadsPerGroup),
            Math.Min(Kernels.Pointwise.MaxThreads, accelerator.MaxNumThreadsPerGroup),
            accelerator.MaxNumThreadsPerGroup >= Propagation.MaxThreads ? Propagation.MaxSide : 16,
            2 * accelerator.NumMultiprocessors);

    /// <summary>For the simulators.</summary>
    public static Tiling Simulator { get; } = new(8, 8, Propagation.MaxSide, 1);

    /// <summary>What an NVIDIA GPU of about a hundred multiprocessors gets.</summary>
    public static Tiling Gpu { get; } = new(Kernels.Conv3x3.MaxThreads, Kernels.Pointwise.MaxThreads, Propagation.MaxSide, 200);

    /// <summary>The smallest power of 2 that is not below <paramref name="value"/>.</summary>
    public static int PowerOf2(int value) => (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)value);

    /// <summary>The dense 3×3 convolution over an image of height × across units.</summary>
    public (int Columns, int Rows, int Splits, int Chunk, int Pitch) Conv3x3(int inChannels, int outChannels, int height, int across)
    {
        int columns = Math.Min(Math.Min(16, ConvThreads), PowerOf2(across));
        int rows = Math.Min(ConvThreads / columns, PowerOf2(height));
        int blocks = Ceiling(outChannels, 8);
        while (rows > 1 && Ceiling(height, rows) * Ceiling(across, columns) * blocks < Groups && ConvThreads / (columns * rows) < inChannels / 8)
        {
            rows /= 2;
        }

        int splits = Math.Clamp(inChannels / 4, 1, ConvThreads / (columns * rows));

        // Units from row to row such that eight threads that load together find eight different banks.
        int pitch = columns switch { 1 => 3, 2 => 6, 4 => 12, _ => columns + 2 };
        int chunk = Math.Min(Kernels.Conv3x3.TileUnits / ((rows + 2) * pitch), Kernels.Conv3x3.WeightUnits / 18);
        return (columns, rows, splits, Even(inChannels, chunk, splits), pitch);
    }

    /// <summary>The pointwise convolution over a number of units.</summary>
    public (int Units, int Splits) Pointwise(int inChannels, int outChannels, int units)
    {
        int side = Math.Min(PointwiseThreads, PowerOf2(units)), blocks = Ceiling(outChannels, 8);
        while (side > 8 && Ceiling(units, side) * blocks < Groups)
        {
            side /= 2;
        }

        return (side, Math.Clamp(inChannels / 8, 1, PointwiseThreads / side));
    }

    /// <summary>The depthwise and pointwise convolution over a number of units of the result.</summary>
    public (int Units, int Blocks, int Splits, int Chunk) DepthwisePointwise(int channels, int outChannels, int units)
    {
        int blocks = Math.Min(Math.Min(4, PointwiseThreads), Ceiling(outChannels, 8));
        int side = Math.Min(Math.Min(32, PointwiseThreads / blocks), PowerOf2(units));
        while (side > 4 && Ceiling(units, side) * Ceiling(outChannels, 8 * blocks) < Groups)
        {
            side /= 2;
        }

        int splits = Math.Clamp(channels / 4, 1, PointwiseThreads / (side * blocks));
        return (side, blocks, splits, Even(channels, Kernels.DepthwisePointwise.SharedUnits / side, splits));
    }

    /// <summary>The convolution to one channel.</summary>
    public (int Columns, int Rows, int Splits) ConvOne(int inChannels, int height, int across)
    {
        int columns = Math.Min(Math.Min(8, PointwiseThreads), PowerOf2(across));
        int rows = Math.Min(Math.Min(4, PointwiseThreads / columns), PowerOf2(Ceiling(height, 4)));
        return (columns, rows, Math.Clamp(inChannels, 1, PointwiseThreads / (columns * rows)));
    }

    public static int Ceiling(int value, int by) => (value + by - 1) / by;

    /// <summary>Chunks of at most <paramref name="most"/> channels, about equally large, each a multiple of the splits if it can be.</summary>
    private static int Even(int channels, int most, int splits)
    {
        int even = Ceiling(channels, Ceiling(channels, most));
        int rounded = Ceiling(even, splits) * splits;
        return rounded <= most ? rounded : even;
    }
}
