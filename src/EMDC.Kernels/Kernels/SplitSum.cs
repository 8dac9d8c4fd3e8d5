using ILGPU;

namespace EMDC.Kernels;

/// <summary>
/// Adds up what the threads that share one tile of results have each found for their part of the input channels. The order
/// is that of the threads, so results are the same from run to run.
/// <code>
/// shared[k·Pitch(threads) + thread]     k = 0 … 7 output channels, thread = split·pixels + pixel
/// </code>
/// One unit between the channels keeps neighbouring channels out of the same bank. The largest groups go without, for the sums of
/// 256 threads are exactly the 32 KiB of shared memory that most embedded GPUs have.
/// </summary>
internal static class SplitSum
{
    /// <summary>Most threads that leave eight sums.</summary>
    public const int MaxThreads = 256;

    /// <summary>Units from channel to channel.</summary>
    public static int Pitch(int threads) => threads < MaxThreads ? threads + 1 : threads;

    /// <summary>Units for the sums of a tile's group.</summary>
    public static int Units(Tile tile) => 8 * Pitch((int)tile.Threads);

    /// <summary>Leaves this thread's eight sums.</summary>
    public static void Put(ArrayView<Float4> shared, int thread, int threads, Sums sums)
    {
        int pitch = Pitch(threads);
        shared[thread] = sums.Y0;
        shared[pitch + thread] = sums.Y1;
        shared[2 * pitch + thread] = sums.Y2;
        shared[3 * pitch + thread] = sums.Y3;
        shared[4 * pitch + thread] = sums.Y4;
        shared[5 * pitch + thread] = sums.Y5;
        shared[6 * pitch + thread] = sums.Y6;
        shared[7 * pitch + thread] = sums.Y7;
    }

    /// <summary>The sum over all splits of output channel <paramref name="k"/> at <paramref name="pixel"/>.</summary>
    public static Float4 Get(ArrayView<Float4> shared, int k, int pixel, int pixels, int threads, int splits)
    {
        int at = k * Pitch(threads) + pixel;
        Float4 sum = shared[at];
        for (int split = 1; split < splits; split++)
        {
            at += pixels;
            sum = sum.Add(shared[at]);
        }

        return sum;
    }
}
