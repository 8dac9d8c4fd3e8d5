using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EMDC.Kernels;

/// <summary>
/// Where the plan meets a device: what it refuses leaves as one sentence that names the device and what it was asked to do.
/// <code>
/// cuda:0 (NVIDIA A100-SXM4-40GB): out of memory: 41 MiB wanted for 34 planes of 480×640.
/// </code>
/// </summary>
internal sealed class DeviceCalls(Device device)
{
    public Device Device => device;

    /// <summary>The device by its name here and, where it has another, its own: <c>cuda:0 (NVIDIA A100)</c>.</summary>
    public string Name => device.Traits is var t && t.Name == t.OwnName ? t.Name : $"{t.Name} ({t.OwnName})";

    /// <summary>Memory of the device, undefined as it comes.</summary>
    public Memory Allocate<T>(long length, string purpose) where T : unmanaged
    {
        try
        {
            return device.Allocate(length * Unsafe.SizeOf<T>());
        }
        catch (Exception cause) when (device.Reason(cause) is not null)
        {
            throw Refused(length * Unsafe.SizeOf<T>(), purpose, cause);
        }
    }

    /// <summary>Memory of the host that the device copies from and to without a detour; where it has none, the host's own.</summary>
    public HostMemory AllocatePinned<T>(long length) where T : unmanaged
    {
        try
        {
            return device.AllocatePinned(length * Unsafe.SizeOf<T>());
        }
        catch (Exception cause) when (device.Reason(cause) is not null)
        {
            return new OrdinaryMemory(length * Unsafe.SizeOf<T>());
        }
    }

    /// <summary>Most threads of a group of a kernel, which is compiled here.</summary>
    public int MaxThreads<S>(Kernel<S> kernel) where S : unmanaged => Compiled(() => device.MaxThreads(kernel));

    /// <summary>Units of shared memory of a group of a kernel, which is compiled here.</summary>
    public int SharedUnits<S>(Kernel<S> kernel) where S : unmanaged => Compiled(() => device.SharedUnits(kernel));

    private T Compiled<T>(Func<T> ask)
    {
        try
        {
            return ask();
        }
        catch (Exception cause) when (device.Reason(cause) is { } reason)
        {
            throw new EmdcException($"{Name}: {reason}.", cause);
        }
    }

    /// <summary>A kernel with its arguments.</summary>
    public Launch<S> Bind<S>(Kernel<S> kernel, Groups groups, S shape, params ReadOnlySpan<View> views) where S : unmanaged
    {
        try
        {
            return device.Bind(kernel, groups, shape, views);
        }
        catch (Exception cause) when (device.Reason(cause) is { } reason)
        {
            throw new EmdcException($"{Name}: {reason}.", cause);
        }
    }

    /// <summary>Does something on the device.</summary>
    public void Do(string what, Action action)
    {
        try
        {
            action();
        }
        catch (Exception cause) when (device.Reason(cause) is not null)
        {
            throw Failed(what, cause);
        }
    }

    /// <summary>The sentence about an operation that the device did not do.</summary>
    public EmdcException Failed(string operation, Exception cause) => new($"{Name}: {operation} failed: {device.Reason(cause)}.", cause);

    /// <summary>Copies from and to it take a detour, and may not run beside kernels.</summary>
    private sealed unsafe class OrdinaryMemory(long bytes) : HostMemory(NativeMemory.Alloc((nuint)bytes), bytes)
    {
        public override void Dispose() => NativeMemory.Free(Address);
    }

    private EmdcException Refused(long bytes, string purpose, Exception cause) =>
        new($"{Name}: {device.Reason(cause)}: {Math.Ceiling((double)bytes / (1 << 20))} MiB wanted for {purpose}.", cause);
}
