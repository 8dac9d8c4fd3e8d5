using System.Reflection;
using ILGPU.Checked;

namespace ILGPU.Runtime.CPU;

/// <summary>Runs kernels on the CPU, checking every access. Launches and copies are done when the call returns.</summary>
public sealed class CPUAccelerator : Accelerator
{
    private readonly List<GroupContext> groups = [];

    internal CPUAccelerator(Context context, CPUDevice device) : base(context, device) { }

    /// <summary>How many groups run side by side at most.</summary>
    internal int Workers { get; set; } = Environment.ProcessorCount;

    public override void Synchronize()
    {
    }

    internal GroupContext Group(int worker)
    {
        while (groups.Count <= worker) groups.Add(new GroupContext(groups.Count, MaxSharedMemoryPerGroup));
        return groups[worker];
    }

    internal override DeviceMemory AllocateMemory(long bytes) => new CheckedMemory(bytes);

    internal override PageLockedMemory AllocatePageLocked(long bytes) => new PinnedMemory(bytes);

    internal override AcceleratorStream NewStream() => new CheckedStream(this);

    internal override LoadedKernel Load(MethodInfo method, bool autoGrouped) => new CheckedKernel(this, method, autoGrouped);
}
