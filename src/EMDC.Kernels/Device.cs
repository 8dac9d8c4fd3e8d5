using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EMDC.Kernels;

/// <summary>
/// What runs kernels, and all that the plan knows of it: <see cref="IlgpuDevice"/> or <see cref="OpenCLDevice"/>. All kernels are views,
/// then one record of ints and floats.
/// </summary>
internal abstract class Device : IDisposable
{
    /// <summary>What it is.</summary>
    public abstract DeviceTraits Traits { get; }

    /// <summary>Memory of the device, undefined as it comes.</summary>
    public abstract Memory Allocate(long bytes);

    /// <summary>Memory of the host that the device copies from and to without a detour, undefined as it comes.</summary>
    public abstract HostMemory AllocatePinned(long bytes);

    /// <summary>A queue, worked off in order.</summary>
    public abstract Queue CreateQueue();

    /// <summary>Most threads of a group of a kernel, which may be fewer than the device's. Compiles the kernel if it was not compiled yet.</summary>
    public abstract int MaxThreads<S>(Kernel<S> kernel) where S : unmanaged;

    /// <summary>
    /// Units of shared memory of a group of a kernel: what its text asks for, or <see cref="Tiling.FewSharedUnits"/> where a group of it has no more.
    /// </summary>
    public virtual int SharedUnits<S>(Kernel<S> kernel) where S : unmanaged => Tiling.MostSharedUnits;

    /// <summary>A kernel with its arguments.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="groups">The grid.</param>
    /// <param name="shape">The record; <see cref="Launch{S}.Shape"/> changes it later.</param>
    /// <param name="views">The views, in the order of the kernel's parameters.</param>
    public abstract Launch<S> Bind<S>(Kernel<S> kernel, Groups groups, S shape, params ReadOnlySpan<View> views) where S : unmanaged;

    /// <summary>
    /// What an exception says about the device, as a part of a sentence; null where the exception is a fault of this program.
    /// </summary>
    public virtual string? Reason(Exception e) => (e as DeviceException)?.Message;

    /// <summary>Frees the device, after all that was made on it.</summary>
    public abstract void Dispose();
}

/// <summary>What the plan asks of a device.</summary>
/// <param name="Name">Its name here, such as cuda:0.</param>
/// <param name="OwnName">The name that its driver gives it, such as NVIDIA A100-SXM4-40GB.</param>
/// <param name="Driver">The version of its driver, for which tiles are kept.</param>
/// <param name="MaxThreads">Most threads of a group.</param>
/// <param name="Multiprocessors">Multiprocessors, cores or what the vendor counts.</param>
internal sealed record DeviceTraits(string Name, string OwnName, string Driver, int MaxThreads, int Multiprocessors)
{
    /// <summary>
    /// What it is beyond card and driver, for the tiles that the package brings: <c>sm_90</c> of NVIDIA's compute capability 9.0, <c>pocl</c> of
    /// every CPU under PoCL; null where nothing is known.
    /// </summary>
    public string? Kind { get; init; }

    /// <summary>Whether shared memory is faster than other memory. Some GPUs, and CPUs, have none of their own.</summary>
    public bool HasSharedMemory { get; init; } = true;

    /// <summary>Whether threads are simulated on the CPU, where each costs time and hides no latency.</summary>
    public bool IsSimulator { get; init; }
}

/// <summary>What a device cannot do, found before its driver is asked or told by the driver. The message is a part of a sentence.</summary>
internal sealed class DeviceException(string reason, Exception? cause = null) : Exception(reason.TrimEnd('.', ' '), cause);

/// <summary>Memory of a device.</summary>
internal abstract class Memory(long bytes) : IDisposable
{
    public long Bytes => bytes;

    public abstract void Dispose();
}

/// <summary>Memory of the host for copies that run beside kernels.</summary>
internal abstract unsafe class HostMemory(void* address, long bytes) : IDisposable
{
    public void* Address => address;

    public long Bytes => bytes;

    public Span<T> Span<T>() where T : unmanaged => new(address, checked((int)(bytes / Unsafe.SizeOf<T>())));

    public abstract void Dispose();
}

/// <summary>Elements of a device's memory.</summary>
/// <param name="Memory">The memory.</param>
/// <param name="Start">The first element, counted from the memory's start.</param>
/// <param name="Length">How many; kernels count in 32 bits.</param>
/// <param name="ElementSize">Bytes of an element.</param>
internal readonly record struct View(Memory Memory, long Start, int Length, int ElementSize)
{
    public static View Of<T>(Memory memory, long start, long length) where T : unmanaged =>
        new(memory, start, checked((int)length), Unsafe.SizeOf<T>());

    /// <summary>Bytes from the memory's start.</summary>
    public long Offset => Start * ElementSize;

    public long Bytes => (long)Length * ElementSize;

    /// <summary>The same bytes as elements of another size, of which they are a multiple.</summary>
    public View As<T>() where T : unmanaged => Of<T>(Memory, Offset / Unsafe.SizeOf<T>(), Bytes / Unsafe.SizeOf<T>());

    public View Slice(long start, long length) => new(Memory, Start + start, checked((int)length), ElementSize);
}

/// <summary>A grid of X × Y groups of so many threads each.</summary>
internal readonly record struct Groups(int X, int Y, int Threads);

/// <summary>A kernel: the method of that name, and the OpenCL C in the file of that name.</summary>
/// <typeparam name="S">Its record, the last parameter.</typeparam>
/// <param name="Name">The method's name.</param>
internal sealed record Kernel<S>(string Name) where S : unmanaged
{
    /// <summary>
    /// Whether it asks for <see cref="Tiling.MostSharedUnits"/>, of which a group whose tile needs fewer touches only the first; all other kernels
    /// ask for at most <see cref="Tiling.FewSharedUnits"/>.
    /// </summary>
    public bool IsLarge { get; init; }
}

/// <summary>A kernel with its arguments.</summary>
internal abstract class Launch : IDisposable
{
    public virtual void Dispose()
    {
    }
}

/// <summary>A kernel with its arguments, the record among them.</summary>
/// <typeparam name="S">The record.</typeparam>
internal abstract class Launch<S>(S shape) : Launch where S : unmanaged
{
    /// <summary>The record of the next launch.</summary>
    public virtual S Shape { get; set; } = shape;
}

/// <summary>A queue, worked off in order. Launches, and copies of pinned memory, return before they are done.</summary>
internal abstract class Queue : IDisposable
{
    /// <summary>Copies to the device and waits.</summary>
    public abstract void Write(View to, ReadOnlySpan<byte> from);

    /// <summary>Copies from the device and waits.</summary>
    public abstract void Read(View from, Span<byte> to);

    /// <summary>Starts a copy of the first bytes of <paramref name="from"/> to all of <paramref name="to"/>.</summary>
    public abstract void Write(View to, HostMemory from);

    /// <summary>Starts a copy of all of <paramref name="from"/> to the first bytes of <paramref name="to"/>.</summary>
    public abstract void Read(View from, HostMemory to);

    /// <summary>Fills with zeros.</summary>
    public abstract void Clear(View view);

    /// <summary>Launches a kernel.</summary>
    public abstract void Run(Launch launch);

    /// <summary>
    /// Launches that the driver records once, without running them, and then replays as one; null where it has no such thing.
    /// </summary>
    /// <exception cref="DeviceException">It could have, but not here; the queue is as it was before.</exception>
    public virtual Launch? Capture(IReadOnlyList<Launch> launches) => null;

    /// <summary>Returns when all that was queued is done.</summary>
    public abstract void Wait();

    public abstract void Dispose();

    public void Write<T>(View to, ReadOnlySpan<T> from) where T : unmanaged => Write(to, MemoryMarshal.AsBytes(from));

    public void Read<T>(View from, Span<T> to) where T : unmanaged => Read(from, MemoryMarshal.AsBytes(to));
}
