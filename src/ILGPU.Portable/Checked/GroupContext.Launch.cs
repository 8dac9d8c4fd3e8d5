using System.Runtime.CompilerServices;

namespace ILGPU.Checked;

/// <summary>Going from group to group.</summary>
internal sealed partial class GroupContext
{
    private bool indexes;
    private Index3D extent;
    private long firstIndex;

    /// <summary>Prepares for a launch; an auto-grouped kernel has an extent instead of a grid.</summary>
    public void Begin(string kernelName, KernelConfig config, Index3D? indexExtent)
    {
        kernel = kernelName;
        GridDim = config.GridDim;
        GroupDim = config.GroupDim;
        indexes = indexExtent is not null;
        extent = indexExtent ?? default;
        shared.Clear();
        sharedEnd = 0;
        current = this;
    }

    public void End() => current = null;

    /// <summary>Runs a group thread by thread, or in turns between barriers where there are frames for that.</summary>
    public void RunGroup(long group, Action call, Func<LaneFrame, int>? step, LaneFrame[] frames)
    {
        GroupIndex = new Index3D(
            (int)(group % GridDim.X), (int)(group / GridDim.X % GridDim.Y), (int)(group / GridDim.X / GridDim.Y));
        epoch++;
        firstEpoch = epoch;
        firstIndex = group * GroupDim.X;
        try
        {
            if (step is not null) RunThreads(step, frames);
            else RunThreads(call, indexes ? (int)Math.Min(GroupDim.X, extent.LongSize - firstIndex) : GroupDim.Size);
        }
        catch (Exception exception) when (exception is not KernelFault)
        {
            throw Fault($"throws {exception.GetType().Name} ({exception.Message.TrimEnd('.')})");
        }
    }

    /// <summary>The index of the running thread of an auto-grouped kernel.</summary>
    public TIndex Index<TIndex>() where TIndex : struct, IIndex
    {
        var index = IndexOf(Thread);
        if (typeof(TIndex) == typeof(Index3D)) return Unsafe.BitCast<Index3D, TIndex>(index);
        if (typeof(TIndex) == typeof(Index2D)) return Unsafe.BitCast<Index2D, TIndex>(index.XY);
        return Unsafe.BitCast<Index1D, TIndex>(new Index1D(index.X));
    }

    private Index3D IndexOf(int thread)
    {
        long linear = firstIndex + thread;
        return new Index3D((int)(linear % extent.X), (int)(linear / extent.X % extent.Y), (int)(linear / extent.X / extent.Y));
    }
}
