using System.Reflection;
using ILGPU.OpenCL;

namespace ILGPU.Runtime.OpenCL;

/// <summary>An OpenCL device with a context of its own. Launches and copies return before they are done.</summary>
public sealed unsafe class CLAccelerator : Accelerator
{
    private readonly List<CLQueue> queues = [];
    private readonly Lazy<CLMemory> empty;

    internal CLAccelerator(Context context, CLDevice device) : base(context, device)
    {
        if (device.Flaw is { } flaw) throw new CLFault(flaw);
        nint* properties = stackalloc nint[] { CL.ContextPlatform, device.PlatformId, 0 };
        nint id = device.DeviceId;
        int error;
        Handle = CL.clCreateContext(properties, 1, &id, 0, 0, &error);
        CLFault.ThrowIf(error, device.Name, "a context");
        Device = device;
        Compiler = new CLCompiler(Handle, device, new ProgramCache(context.ProgramCacheFolder));
        empty = new Lazy<CLMemory>(() => new CLMemory(this, 0));
    }

    public new CLDevice Device { get; }

    public CLDeviceType DeviceType => Device.DeviceType;

    internal nint Handle { get; }

    internal CLCompiler Compiler { get; }

    /// <summary>Where kernels come from; tests set what they wrote by hand.</summary>
    internal Func<MethodInfo, bool, KernelSource> Source { get; set; } = KernelSource.Of;

    /// <summary>What stands for the buffer of a view that has none.</summary>
    internal CLMemory Empty => empty.Value;

    public override void Synchronize()
    {
        lock (queues)
            foreach (var queue in queues) queue.Synchronize();
    }

    internal override DeviceMemory AllocateMemory(long bytes) =>
        bytes <= Device.MaxAllocation
            ? new CLMemory(this, bytes)
            : throw new CLFault($"A buffer of {bytes} bytes was asked for, but {Name} gives at most {Device.MaxAllocation} at a time.");

    internal override PageLockedMemory AllocatePageLocked(long bytes) => new CLPageLockedMemory(this, bytes);

    internal override AcceleratorStream NewStream()
    {
        var queue = new CLQueue(this);
        lock (queues) queues.Add(queue);
        return queue;
    }

    internal void Forget(CLQueue queue)
    {
        lock (queues) queues.Remove(queue);
    }

    internal override LoadedKernel Load(MethodInfo method, bool autoGrouped) => new CLKernel(this, Source(method, autoGrouped));

    internal override void Release()
    {
        foreach (var queue in queues.ToArray()) queue.Dispose();
        if (empty.IsValueCreated) empty.Value.Free();

        // Buffers and kernels keep the context until they are gone.
        CL.clReleaseContext(Handle);
    }
}
