using System.Globalization;
using System.Runtime.InteropServices;
using EMDC.Network;
using EMDC.Weights;

namespace EMDC.Kernels;

/// <summary>
/// A frame's time on a GPU that is not here, launch by launch, from how the plan cuts it:
/// <code>
/// waves    = ⌈groups / multiprocessors⌉                      groups that the busiest multiprocessor runs
/// FMA time = waves · threads · FMAs of a thread / (128 · clock)
/// estimate = 2 µs + max(1.5 · FMA time, bytes / bandwidth)
/// </code>
/// 128 FMAs a clock and multiprocessor are NVIDIA's since compute capability 8.6, and 9.0's. The 2 µs are a launch in a graph, its first
/// loads and its end; 1.5 is what loads and addresses cost beside FMAs. Both are guesses: the model compares plans, it does not predict a card.
/// </summary>
public static class TimeModel
{
    private const double Clock = 1.755e9, BytesPerSecond = 3.35e12, Start = 2, Beside = 1.5;

    /// <summary>Explains the plan of a frame.</summary>
    /// <param name="weights">The network's weights.</param>
    /// <param name="height">Rows of a frame; rounded up as the engine does.</param>
    /// <param name="width">Columns of a frame.</param>
    /// <param name="multiprocessors">Those of the device; an H100 has 132.</param>
    /// <param name="line">Hears one line a launch, then their sum.</param>
    public static void Explain(StateDict weights, int height, int width, int multiprocessors, Action<string> line)
    {
        var device = new AbsentDevice(multiprocessors);
        Tiling tiling = Tiling.For(device.Traits) with { Tuned = TileTable.Shipped(device.Traits.Kind) };
        using var op = new DeviceBackend(device, new DeviceInfo(device.Traits.Name, "is not here"), tiling, keepTensors: false);
        int multiple = EmdcNetwork.Multiple;
        EmdcNetwork.Record(op, new EmdcWeights(weights), Tiling.Ceiling(height, multiple) * multiple, Tiling.Ceiling(width, multiple) * multiple);
        line($"{"kernel",-18} {"shape",-22} {"tile",-12} {"groups",6} {"threads",7} {"waves",5} {"FMA µs",7} {"MB",6} {"µs",6}  layer");
        double sum = 0, fmaSum = 0;
        int launches = 0;
        foreach (Step step in op.Steps)
        {
            for (int i = 0; i < step.Parts.Count; i++)
            {
                // What an operator reads and writes is shared out among its launches.
                Part part = step.Parts[i];
                Groups groups = part.Tiles.Grid(part.Key, part.Tile);
                long count = (long)groups.X * groups.Y, waves = (count + multiprocessors - 1) / multiprocessors;
                double fma = 1e6 * waves * groups.Threads * part.Tiles.Fmas(part.Key, part.Tile) / (128 * Clock);
                double bytes = (double)step.Planned.Bytes / step.Parts.Count, time = Start + Math.Max(Beside * fma, 1e6 * bytes / BytesPerSecond);
                (sum, fmaSum, launches) = (sum + time, fmaSum + fma, launches + 1);
                TileKey key = part.Key;
                line(string.Create(CultureInfo.InvariantCulture,
                    $"{key.Kernel,-18} {$"{key.In}→{key.Out} {key.Height}×{key.Across}",-22} {Tuner.Text(part.Tile),-12} {count,6} {groups.Threads,7} {waves,5} {fma,7:F2} {bytes / 1e6,6:F2} {time,6:F1}  {step.Name}"));
            }
        }

        line(string.Create(CultureInfo.InvariantCulture,
            $"{launches} cuts, {op.Plan.Sum(planned => planned.Macs) / 1e9:F2} G multiply-adds: FMAs {fmaSum:F0} µs, in all about {sum:F0} µs of kernels on {multiprocessors} multiprocessors"));
    }

    /// <summary>A GPU of which only the plan is wanted: it has no memory, and runs nothing.</summary>
    private sealed unsafe class AbsentDevice(int multiprocessors) : Device
    {
        public override DeviceTraits Traits { get; } = new("cuda:0", "an absent GPU", "none", Propagation.MaxThreads, multiprocessors) { Kind = "sm_90" };

        public override Memory Allocate(long bytes) => new NoMemory(bytes);

        public override HostMemory AllocatePinned(long bytes) => new Host(NativeMemory.AllocZeroed((nuint)bytes), bytes);

        public override Queue CreateQueue() => new NoQueue();

        public override int MaxThreads<S>(Kernel<S> kernel) => kernel.Name == PropagationWide.Kernel.Name ? PropagationWide.MaxThreads : Traits.MaxThreads;

        public override Launch<S> Bind<S>(Kernel<S> kernel, Groups groups, S shape, params ReadOnlySpan<View> views) => new NoLaunch<S>(shape);

        public override void Dispose()
        {
        }

        private sealed class NoMemory(long bytes) : Memory(bytes)
        {
            public override void Dispose()
            {
            }
        }

        private sealed class Host(void* address, long bytes) : HostMemory(address, bytes)
        {
            public override void Dispose() => NativeMemory.Free(Address);
        }

        private sealed class NoLaunch<S>(S shape) : Launch<S>(shape) where S : unmanaged;

        private sealed class NoQueue : Queue
        {
            public override void Write(View to, ReadOnlySpan<byte> from)
            {
            }

            public override void Read(View from, Span<byte> to) => to.Clear();

            public override void Write(View to, HostMemory from)
            {
            }

            public override void Read(View from, HostMemory to)
            {
            }

            public override void Clear(View view)
            {
            }

            public override void Run(Launch launch)
            {
            }

            public override void Wait()
            {
            }

            public override void Dispose()
            {
            }
        }
    }
}
