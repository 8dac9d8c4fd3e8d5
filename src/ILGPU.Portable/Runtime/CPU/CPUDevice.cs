using System.Collections.Immutable;

namespace ILGPU.Runtime.CPU;

/// <summary>The checked device: ILGPU's programming model on the CPU, every access checked; not ILGPU, not fast.</summary>
public sealed class CPUDevice : Device
{
    public static readonly CPUDevice Default = new();

    private CPUDevice() { }

    public override AcceleratorType AcceleratorType => AcceleratorType.CPU;

    public override string Name => "checked";

    public override long MemorySize => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    // The limits of the GPUs the kernels are written for, so that a launch that runs here runs there.
    public override Index3D MaxGridSize => new(int.MaxValue, 65535, 65535);

    public override Index3D MaxGroupSize => new(1024, 1024, 64);

    public override int MaxNumThreadsPerGroup => 1024;

    public override int MaxSharedMemoryPerGroup => 48 * 1024;

    public override int WarpSize => 32;

    public override int NumMultiprocessors => Environment.ProcessorCount;

    public override Accelerator CreateAccelerator(Context context) => CreateCPUAccelerator(context);

    public CPUAccelerator CreateCPUAccelerator(Context context) => new(context, this);

    public static ImmutableArray<Device> GetDevices(Predicate<CPUDevice> predicate) => predicate(Default) ? [Default] : [];

    public override string ToString() =>
        "checked (ILGPU's programming model on the CPU, every access checked; not ILGPU, not fast)";
}
