using System.Reflection;

namespace ILGPU.Runtime;

/// <summary>A device ready to hold memory and to run kernels.</summary>
public abstract class Accelerator : IDisposable
{
    private AcceleratorStream? defaultStream;

    internal Accelerator(Context context, Device device)
    {
        Context = context;
        Device = device;
    }

    public Context Context { get; }

    public Device Device { get; }

    public AcceleratorStream DefaultStream => defaultStream ??= CreateStream();

    public AcceleratorType AcceleratorType => Device.AcceleratorType;

    public string Name => Device.Name;

    public long MemorySize => Device.MemorySize;

    public Index3D MaxGridSize => Device.MaxGridSize;

    public Index3D MaxGroupSize => Device.MaxGroupSize;

    public int MaxNumThreadsPerGroup => Device.MaxNumThreadsPerGroup;

    public int MaxSharedMemoryPerGroup => Device.MaxSharedMemoryPerGroup;

    public int WarpSize => Device.WarpSize;

    public int NumMultiprocessors => Device.NumMultiprocessors;

    public bool IsDisposed { get; private set; }

    /// <summary>A buffer of <paramref name="length"/> elements, zeroed here and undefined on GPUs.</summary>
    public unsafe MemoryBuffer1D<T, Stride1D.Dense> Allocate1D<T>(long length) where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return new MemoryBuffer1D<T, Stride1D.Dense>(this, AllocateMemory(checked(length * sizeof(T))), length, default);
    }

    public AcceleratorStream CreateStream() => NewStream();

    public void PrintInformation(TextWriter writer) => Device.PrintInformation(writer);

    /// <summary>Waits for every stream.</summary>
    public abstract void Synchronize();

    public override string ToString() => Device.ToString();

    public void Dispose()
    {
        if (IsDisposed) return;
        IsDisposed = true;
        Release();
    }

    internal abstract DeviceMemory AllocateMemory(long bytes);

    internal abstract PageLockedMemory AllocatePageLocked(long bytes);

    internal abstract AcceleratorStream NewStream();

    /// <summary>Makes a static method launchable, refusing what the kernel dialect does not have.</summary>
    internal abstract LoadedKernel Load(MethodInfo method, bool autoGrouped);

    internal virtual void Release()
    {
    }
}
