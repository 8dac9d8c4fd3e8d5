using System.Reflection;
using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;

namespace EMDC.Kernels;

/// <summary>
/// Where host code meets ILGPU: what ILGPU or the driver below it throws leaves as one sentence that names the device and what
/// it was asked to do.
/// </summary>
internal sealed class DeviceCalls(Accelerator accelerator, DeviceInfo device)
{
    public Accelerator Accelerator => accelerator;

    public DeviceInfo Device => device;

    /// <summary>The device by its name here and, where it has another, its own: <c>cuda:0 (NVIDIA A100)</c>.</summary>
    public static string Name(string name, string own) => name == own ? name : $"{name} ({own})";

    /// <summary>Memory of the device, undefined as it comes.</summary>
    public MemoryBuffer1D<T, Stride1D.Dense> Allocate<T>(long length, string purpose) where T : unmanaged
    {
        try
        {
            return accelerator.Allocate1D<T>(length);
        }
        catch (Exception cause) when (IsOfDevice(cause))
        {
            throw Refused<T>(length, purpose, cause);
        }
    }

    /// <summary>Memory of the host that the device copies from and to without a detour.</summary>
    public PageLockedArray1D<T> AllocatePageLocked<T>(long length, string purpose) where T : unmanaged
    {
        try
        {
            return accelerator.AllocatePageLocked1D<T>(length);
        }
        catch (Exception cause) when (IsOfDevice(cause))
        {
            throw Refused<T>(length, $"{purpose}, page-locked", cause);
        }
    }

    /// <summary>The launcher of a kernel, which is compiled here.</summary>
    public TLauncher Compile<TLauncher>(string kernel, Func<Accelerator, TLauncher> load)
    {
        try
        {
            return load(accelerator);
        }
        catch (Exception cause) when (IsOfDevice(cause))
        {
            throw new EmdcException($"{Name()}: the kernel {kernel} does not compile: {Reason(cause)}.", cause);
        }
    }

    /// <summary>Does something on the device.</summary>
    public void Do(string what, Action action)
    {
        try
        {
            action();
        }
        catch (Exception cause) when (IsOfDevice(cause))
        {
            throw Failed(what, cause);
        }
    }

    /// <summary>The sentence about an operation that the device did not do.</summary>
    public EmdcException Failed(string operation, Exception cause) => new($"{Name()}: {operation} failed: {Reason(cause)}.", cause);

    /// <summary>
    /// Whether an exception tells of the device: one of ILGPU's own (a fault that the checked device finds is one of them), or
    /// what .NET throws for it where a driver, a feature or memory is missing. All others are faults of this program.
    /// </summary>
    public static bool IsOfDevice(Exception e) =>
        e.GetType().Assembly == typeof(Accelerator).Assembly
        || e is OutOfMemoryException or NotSupportedException or DllNotFoundException or EntryPointNotFoundException
        || (e is TargetInvocationException or AggregateException or TypeInitializationException && e.InnerException is { } inner && IsOfDevice(inner));

    /// <summary>An exception's message and those of its causes, as a part of a sentence.</summary>
    public static string Reason(Exception e)
    {
        if (e is OutOfMemoryException)
        {
            return "out of memory";
        }

        string own = e.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
        return e.InnerException is not { } inner || own.Contains(Reason(inner), StringComparison.Ordinal) ? own : $"{own}: {Reason(inner)}";
    }

    private string Name() => Name(device.Name, accelerator.Name);

    private EmdcException Refused<T>(long length, string purpose, Exception cause) =>
        new($"{Name()}: {Reason(cause)}: {Math.Ceiling((double)length * Unsafe.SizeOf<T>() / (1 << 20))} MiB wanted for {purpose}.", cause);
}
