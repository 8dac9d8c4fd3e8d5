using System.Runtime.InteropServices;

namespace EMDC.Kernels.Tests;

/// <summary>A device whose launches tests hear of, and can make fail.</summary>
/// <param name="inner">What runs them.</param>
/// <param name="beforeRun">Hears a kernel's name before each launch.</param>
internal sealed class PlantedDevice(Device inner, Action<string> beforeRun) : Device
{
    /// <summary>What it says of itself, from what the inner device says.</summary>
    public Func<DeviceTraits, DeviceTraits> Tell { get; init; } = traits => traits;

    public override DeviceTraits Traits => Tell(inner.Traits);

    public override Memory Allocate(long bytes) => inner.Allocate(bytes);

    /// <summary>Whether it has no page-locked memory.</summary>
    public bool RefusesPinned { get; init; }

    /// <summary>Most threads of a group of any kernel.</summary>
    public int MostThreads { get; init; } = int.MaxValue;

    public override HostMemory AllocatePinned(long bytes) =>
        RefusesPinned ? throw new DeviceException("memory cannot be page-locked") : inner.AllocatePinned(bytes);

    public override Queue CreateQueue() => new HeardQueue(inner.CreateQueue(), beforeRun);

    public override int MaxThreads<S>(Kernel<S> kernel) => Math.Min(MostThreads, inner.MaxThreads(kernel));

    public override int SharedUnits<S>(Kernel<S> kernel) => inner.SharedUnits(kernel);

    public override Launch<S> Bind<S>(Kernel<S> kernel, Groups groups, S shape, params ReadOnlySpan<View> views) =>
        new Named<S>(kernel.Name, inner.Bind(kernel, groups, shape, views));

    public override string? Reason(Exception e) => inner.Reason(e);

    public override void Dispose() => inner.Dispose();

    private interface INamed
    {
        string Kernel { get; }

        Launch Inner { get; }
    }

    private sealed class Named<S>(string kernel, Launch<S> inner) : Launch<S>(inner.Shape), INamed where S : unmanaged
    {
        public string Kernel => kernel;

        public Launch Inner => inner;

        public override S Shape
        {
            get => inner.Shape;
            set => inner.Shape = value;
        }

        public override void Dispose() => inner.Dispose();
    }

    private sealed class HeardQueue(Queue inner, Action<string> beforeRun) : Queue
    {
        public override void Write(View to, ReadOnlySpan<byte> from) => inner.Write(to, from);

        public override void Read(View from, Span<byte> to) => inner.Read(from, to);

        public override void Write(View to, HostMemory from) => inner.Write(to, from);

        public override void Read(View from, HostMemory to) => inner.Read(from, to);

        public override void Clear(View view) => inner.Clear(view);

        public override void Run(Launch launch)
        {
            beforeRun(((INamed)launch).Kernel);
            inner.Run(((INamed)launch).Inner);
        }

        public override void Wait() => inner.Wait();

        public override void Dispose() => inner.Dispose();
    }
}

/// <summary>A device of the host's memory whose kernels do nothing: what is left is the plan's own work.</summary>
internal sealed unsafe class IdleDevice : Device
{
    public override DeviceTraits Traits { get; } = new("idle:0", "idle:0", "none", Propagation.MaxThreads, 132);

    public long Launches { get; private set; }

    public override Memory Allocate(long bytes) => new Block(bytes);

    public override HostMemory AllocatePinned(long bytes) => new HostBlock(NativeMemory.AllocZeroed((nuint)bytes), bytes);

    public override Queue CreateQueue() => new IdleQueue(this);

    public override int MaxThreads<S>(Kernel<S> kernel) => Traits.MaxThreads;

    public override Launch<S> Bind<S>(Kernel<S> kernel, Groups groups, S shape, params ReadOnlySpan<View> views) => new Nothing<S>(shape);

    public override void Dispose()
    {
    }

    private sealed class Block(long bytes) : Memory(bytes)
    {
        public byte* Address { get; } = (byte*)NativeMemory.AllocZeroed((nuint)bytes);

        public override void Dispose() => NativeMemory.Free(Address);
    }

    private sealed class HostBlock(void* address, long bytes) : HostMemory(address, bytes)
    {
        public override void Dispose() => NativeMemory.Free(Address);
    }

    private sealed class Nothing<S>(S shape) : Launch<S>(shape) where S : unmanaged;

    private sealed class IdleQueue(IdleDevice device) : Queue
    {
        public override void Write(View to, ReadOnlySpan<byte> from) => from.CopyTo(Bytes(to));

        public override void Read(View from, Span<byte> to) => Bytes(from)[..to.Length].CopyTo(to);

        public override void Write(View to, HostMemory from) => from.Span<byte>()[..(int)to.Bytes].CopyTo(Bytes(to));

        public override void Read(View from, HostMemory to) => Bytes(from).CopyTo(to.Span<byte>());

        public override void Clear(View view) => Bytes(view).Clear();

        public override void Run(Launch launch) => device.Launches++;

        public override void Wait()
        {
        }

        public override void Dispose()
        {
        }

        private static Span<byte> Bytes(View view) => new(((Block)view.Memory).Address + view.Offset, (int)view.Bytes);
    }
}
