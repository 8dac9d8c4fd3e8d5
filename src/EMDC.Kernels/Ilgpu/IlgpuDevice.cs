using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;

namespace EMDC.Kernels;

/// <summary>
/// A device on ILGPU: <c>cuda:N</c>, and <c>ilgpu-cpu</c>, which simulates a GPU. Every launch and copy names its stream, because ILGPU's
/// default one is CUDA's NULL stream, which waits for all others. ILGPU emits code while it runs, so native programs have none of this:
/// whoever comes here asks <see cref="RuntimeFeature.IsDynamicCodeSupported"/> first.
/// </summary>
internal sealed unsafe class IlgpuDevice : Device
{
    /// <summary>The name of the simulator.</summary>
    public const string Simulator = "ilgpu-cpu";

    // One for the program: looking for devices takes its time, and an opened device needs the context that found it.
    private static readonly Lazy<Context> Shared = new(CreateContext);

    private readonly Accelerator _accelerator;
    private readonly IlgpuKernels _kernels;

    private IlgpuDevice(string name, ILGPU.Runtime.Device device)
    {
        _accelerator = device.CreateAccelerator(Shared.Value);
        _kernels = new IlgpuKernels(_accelerator);
        Traits = new DeviceTraits(
            name, device.Name, device is CudaDevice cuda ? $"CUDA {cuda.DriverVersion}" : $"ILGPU {typeof(Accelerator).Assembly.GetName().Version}",
            _accelerator.MaxNumThreadsPerGroup, _accelerator.NumMultiprocessors)
        {
            IsSimulator = device is CPUDevice,
            Kind = Kind(device),
        };
    }

    public override DeviceTraits Traits { get; }

    /// <summary>The CUDA devices and the simulator.</summary>
    /// <exception cref="DeviceException">ILGPU cannot look for devices.</exception>
    public static IReadOnlyList<FoundDevice> Find() => Try(() =>
    {
        var found = new List<FoundDevice>();
        int cuda = 0;
        foreach (ILGPU.Runtime.Device device in Shared.Value.Devices)
        {
            bool isCuda = device is CudaDevice;
            string name = isCuda ? $"cuda:{cuda++}" : Simulator;
            string description = isCuda
                ? $"{device.Name}, {device.NumMultiprocessors} multiprocessors, {device.MemorySize >> 20} MiB{Tiles(Kind(device))}"
                : "ILGPU's CPU accelerator: it simulates a GPU to check kernels, and is not fast";
            found.Add(new FoundDevice(new DeviceInfo(name, description), isCuda, () => Try(() => new IlgpuDevice(name, device))));
        }

        return found;
    });

    public override Memory Allocate(long bytes) => new Buffer(_accelerator.Allocate1D<Float4>((bytes + sizeof(Float4) - 1) / sizeof(Float4)), bytes);

    public override HostMemory AllocatePinned(long bytes) => new Pinned(_accelerator.AllocatePageLocked1D<byte>(bytes), bytes);

    public override Queue CreateQueue() => new Stream(_accelerator.CreateStream());

    public override int MaxThreads<S>(Kernel<S> kernel)
    {
        try
        {
            return _kernels.MaxThreads(kernel);
        }
        catch (Exception e) when (Explain(e) is { } reason)
        {
            throw new DeviceException($"the kernel {kernel.Name} does not compile: {reason}", e);
        }
    }

    public override Launch<S> Bind<S>(Kernel<S> kernel, Groups groups, S shape, params ReadOnlySpan<View> views)
    {
        try
        {
            var grid = new KernelConfig(new Index2D(groups.X, groups.Y), new Index2D(groups.Threads, 1));
            return new IlgpuLaunch<S>(_kernels.Bind(kernel, grid, views), shape);
        }
        catch (Exception e) when (Explain(e) is { } reason)
        {
            throw new DeviceException($"the kernel {kernel.Name} does not compile: {reason}", e);
        }
    }

    public override string? Reason(Exception e) => base.Reason(e) ?? Explain(e);

    public override void Dispose() => _accelerator.Dispose();

    /// <summary>
    /// What an exception says of the device, if it is one of ILGPU's own, what .NET throws where a driver or memory is missing, or what
    /// ILGPU itself calls unsupported, with the messages of its causes.
    /// </summary>
    internal static string? Explain(Exception e)
    {
        string? inner = e.InnerException is null ? null : Explain(e.InnerException);
        if (e is OutOfMemoryException)
        {
            return "out of memory";
        }

        string ilgpu = typeof(Accelerator).Assembly.GetName().Name!;
        bool isOfDevice = e.GetType().Assembly.GetName().Name == ilgpu || e is DllNotFoundException or EntryPointNotFoundException
            || (e is NotSupportedException && e.Source == ilgpu)
            || (e is TargetInvocationException or AggregateException or TypeInitializationException && inner is not null);
        string own = e.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
        return !isOfDevice ? null : inner is null || own.Contains(inner, StringComparison.Ordinal) ? own : $"{own}: {inner}";
    }

    /// <summary>The elements of a view as ILGPU's kernels take them.</summary>
    internal static ArrayView<T> Array<T>(View view) where T : unmanaged =>
        ((Buffer)view.Memory).Units.AsContiguous().Cast<T>().SubView(view.Start, view.Length);

    private static string? Kind(ILGPU.Runtime.Device device) =>
        device is CudaDevice { Architecture: { } architecture } ? $"sm_{architecture.Major}{architecture.Minor}" : null;

    private static string Tiles(string? kind) =>
        kind is null ? "" : TileTable.ShippedKind(kind) is var shipped && shipped == kind ? $", {kind}" : $", {kind} with the tiles of {shipped} where none were tuned";

    private static ArrayView<byte> Bytes(View view) =>
        ((Buffer)view.Memory).Units.AsContiguous().Cast<byte>().SubView(view.Offset, view.Bytes);

    private static T Try<T>(Func<T> function)
    {
        try
        {
            return function();
        }
        catch (Exception e) when (Explain(e) is { } reason)
        {
            throw new DeviceException(reason, e);
        }
    }

    /// <summary>The simulator takes groups as large as the largest kernel's; each of its threads is one of the system's.</summary>
    private static Context CreateContext()
    {
        CudaLibrary.Resolve(typeof(Accelerator).Assembly);
        return Context.Create(builder => builder.Optimize(OptimizationLevel.O2).EnableAlgorithms().Cuda(SetInstructions).CPU(new CPUDevice(32, 32, 1)));
    }

    /// <summary>ILGPU writes PTX for sm_80 in the newest version that it and the driver know; the environment's EMDC_CUDA_ISA (such as 7.8) names another.</summary>
    private static void SetInstructions(CudaDeviceOverride settings)
    {
        if (Version.TryParse(Environment.GetEnvironmentVariable("EMDC_CUDA_ISA"), out Version? isa))
        {
            settings.InstructionSet = new CudaInstructionSet(isa.Major, isa.Minor);
        }
    }

    private sealed class Buffer(MemoryBuffer1D<Float4, Stride1D.Dense> units, long bytes) : Memory(bytes)
    {
        public MemoryBuffer1D<Float4, Stride1D.Dense> Units => units;

        public override void Dispose() => units.Dispose();
    }

    private sealed class Pinned(PageLockedArray1D<byte> array, long bytes) : HostMemory(Unsafe.AsPointer(ref array.Span[0]), bytes)
    {
        public override void Dispose() => array.Dispose();
    }

    private interface IIlgpuLaunch
    {
        void Run(AcceleratorStream stream);
    }

    private sealed class IlgpuLaunch<S>(Action<AcceleratorStream, S> launch, S shape) : Launch<S>(shape), IIlgpuLaunch where S : unmanaged
    {
        public void Run(AcceleratorStream stream) => launch(stream, Shape);
    }

    private sealed class Stream(AcceleratorStream stream) : Queue
    {
        public override void Write(View to, ReadOnlySpan<byte> from)
        {
            Bytes(to).CopyFromCPUUnsafeAsync(stream, ref MemoryMarshal.GetReference(from), from.Length);
            stream.Synchronize();
        }

        public override void Read(View from, Span<byte> to)
        {
            Bytes(from).CopyToCPUUnsafeAsync(stream, ref MemoryMarshal.GetReference(to), to.Length);
            stream.Synchronize();
        }

        public override void Write(View to, HostMemory from) => Bytes(to).CopyFromCPUUnsafeAsync(stream, ref *(byte*)from.Address, to.Bytes);

        public override void Read(View from, HostMemory to) => Bytes(from).CopyToCPUUnsafeAsync(stream, ref *(byte*)to.Address, from.Bytes);

        public override void Clear(View view) => Bytes(view).MemSetToZero(stream);

        public override void Run(Launch launch)
        {
            stream.Accelerator.Bind();
            if (launch is CudaGraph graph)
            {
                graph.Run((CudaStream)stream);
            }
            else
            {
                ((IIlgpuLaunch)launch).Run(stream);
            }
        }

        public override Launch? Capture(IReadOnlyList<Launch> launches) => stream is not CudaStream cuda || !CudaLibrary.HasGraphs ? null : CudaGraph.Capture(cuda, () =>
        {
            foreach (Launch launch in launches)
            {
                Run(launch);
            }
        });

        public override void Wait() => stream.Synchronize();

        public override void Dispose() => stream.Dispose();
    }
}
