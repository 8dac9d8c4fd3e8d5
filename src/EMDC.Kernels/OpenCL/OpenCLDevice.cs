using EMDC.OpenCL;

namespace EMDC.Kernels;

/// <summary>
/// A device on OpenCL 1.2, which runs the kernels as OpenCL C. A view is a buffer, an int for its first element and an int for its
/// length. Each launch has a cl_kernel of its own, whose arguments are set once, so that a launch is one call of the driver.
/// </summary>
internal sealed unsafe class OpenCLDevice : Device
{
    private readonly CLContext _context;
    private readonly Dictionary<string, (CLProgram Program, int SharedUnits)> _programs = [];

    private OpenCLDevice(string name, CLDevice device)
    {
        _context = new CLContext(device, ProgramCache);
        LocalMemoryBytes = device.LocalMemoryBytes;
        Traits = new DeviceTraits(name, device.Name, $"{device.VersionText}, driver {device.DriverVersion}", device.MaxThreads, device.ComputeUnits)
        {
            HasSharedMemory = device.HasLocalMemory,
            Kind = device.VersionText.Contains("PoCL", StringComparison.OrdinalIgnoreCase) && !device.HasLocalMemory ? "pocl" : null,
        };
    }

    public override DeviceTraits Traits { get; }

    /// <summary>The text of a kernel. Tests have another.</summary>
    internal Func<string, string> Source { get; set; } = KernelSources.Source;

    /// <summary>Memory that the text takes behind the record. Only that of tests does.</summary>
    internal Memory? Behind { get; set; }

    /// <summary>Bytes of local memory of a group. Tests tell less than the device has.</summary>
    internal int LocalMemoryBytes { get; set; }

    /// <summary>The programs so far, and the bytes of local memory that a group of each takes.</summary>
    internal IEnumerable<(string Kernel, long LocalMemoryBytes)> Compiled => _programs.Select(one => (one.Key, one.Value.Program.LocalMemoryBytes));

    /// <summary>Where compiled programs are kept; the environment's EMDC_PROGRAM_CACHE is <c>off</c> or another folder.</summary>
    public static string? ProgramCache
    {
        get
        {
            string? named = Environment.GetEnvironmentVariable("EMDC_PROGRAM_CACHE");
            string folder = string.IsNullOrEmpty(named) ? Path.Combine(CacheFolder.Path, "programs") : named;

            // Without a home folder the path is relative: nothing is put into the current folder.
            return named == "off" || (string.IsNullOrEmpty(named) && !Path.IsPathRooted(folder)) ? null : folder;
        }
    }

    /// <summary>All OpenCL devices, GPUs first.</summary>
    public static IReadOnlyList<FoundDevice> Find() =>
    [
        .. CLDevice.All.Select((device, i) =>
        {
            string name = $"opencl:{i}";
            string description = device.Flaw is { } flaw
                ? $"cannot be used: {flaw}"
                : $"{device.Name}, {device.Kind}, OpenCL {device.Version.Major}.{device.Version.Minor}, driver {device.DriverVersion}, {device.ComputeUnits} compute units, {device.MemoryBytes >> 20} MiB";
            return new FoundDevice(new DeviceInfo(name, description), device.Flaw is null && device.IsGpu, () => Open(name, device));
        }),
    ];

    public override Memory Allocate(long bytes) => new Allocation(_context.Buffer(bytes));

    public override HostMemory AllocatePinned(long bytes) => new Pinned(_context.Pinned(bytes), bytes);

    public override Queue CreateQueue() => new InOrder(_context.Queue());

    public override int MaxThreads<S>(Kernel<S> kernel) => Program(kernel).Program.MaxThreads;

    public override int SharedUnits<S>(Kernel<S> kernel) => Program(kernel).SharedUnits;

    public override Launch<S> Bind<S>(Kernel<S> kernel, Groups groups, S shape, params ReadOnlySpan<View> views)
    {
        CLProgram program = Program(kernel).Program;
        if (groups.Threads > program.MaxThreads)
        {
            throw new DeviceException(
                $"{kernel.Name} wants groups of {groups.Threads} threads, but the device runs this kernel with at most {program.MaxThreads}");
        }

        CLKernel made = program.Kernel();
        for (int i = 0; i < views.Length; i++)
        {
            View view = views[i];
            if (view.Start + view.Length > int.MaxValue)
            {
                throw new DeviceException(
                    $"{kernel.Name}: view {i} ends {view.Start + view.Length} elements into its buffer, but kernels count to {int.MaxValue}");
            }

            made.Set(3 * i, ((Allocation)view.Memory).Units);
            made.Set(3 * i + 1, (int)view.Start);
            made.Set(3 * i + 2, view.Length);
        }

        made.Set(3 * views.Length, shape);
        if (Behind is Allocation behind)
        {
            made.Set(3 * views.Length + 1, behind.Units);
        }

        return new OpenCLLaunch<S>(made, groups, 3 * views.Length, shape);
    }

    public override string? Reason(Exception e) => e is OpenCLException ? e.Message.TrimEnd('.') : base.Reason(e);

    public override void Dispose()
    {
        foreach (var (program, _) in _programs.Values)
        {
            program.Dispose();
        }

        _programs.Clear();
        _context.Dispose();
    }

    private (CLProgram Program, int SharedUnits) Program<S>(Kernel<S> kernel) where S : unmanaged
    {
        if (!_programs.TryGetValue(kernel.Name, out (CLProgram, int) made))
        {
            _programs.Add(kernel.Name, made = Compile(kernel.Name, Source(kernel.Name), kernel.IsLarge));
        }

        return made;
    }

    /// <summary>
    /// A large kernel with all the local memory that it asks for, else with less of it. Some drivers keep a part of the device's for themselves, which
    /// shows only when a kernel is compiled; if something else is wrong with its text, it is so with less memory, too.
    /// </summary>
    private (CLProgram Program, int SharedUnits) Compile(string kernel, string source, bool isLarge)
    {
        const int Unit = 16;
        if (isLarge && LocalMemoryBytes >= Tiling.MostSharedUnits * Unit)
        {
            try
            {
                return (_context.Program(kernel, source), Tiling.MostSharedUnits);
            }
            catch (OpenCLException)
            {
            }
        }

        return (_context.Program(kernel, isLarge ? KernelSources.WithLessLocalMemory(source) : source), isLarge ? Tiling.FewSharedUnits : Tiling.MostSharedUnits);
    }

    private static OpenCLDevice Open(string name, CLDevice device)
    {
        try
        {
            return new OpenCLDevice(name, device);
        }
        catch (OpenCLException e)
        {
            throw new DeviceException(e.Message, e);
        }
    }

    private sealed class Allocation(CLBuffer buffer) : Memory(buffer.Bytes)
    {
        public CLBuffer Units => buffer;

        public override void Dispose() => buffer.Dispose();
    }

    private sealed class Pinned(CLPinned pinned, long bytes) : HostMemory(pinned.Address, bytes)
    {
        public override void Dispose() => pinned.Dispose();
    }

    private interface IOpenCLLaunch
    {
        CLKernel Kernel { get; }

        Groups Groups { get; }
    }

    private sealed class OpenCLLaunch<S>(CLKernel kernel, Groups groups, int argument, S shape) : Launch<S>(shape), IOpenCLLaunch where S : unmanaged
    {
        private S _shape = shape;

        public CLKernel Kernel => kernel;

        public Groups Groups => groups;

        public override S Shape
        {
            get => _shape;
            set
            {
                _shape = value;
                kernel.Set(argument, value);
            }
        }

        public override void Dispose() => kernel.Dispose();
    }

    private sealed class InOrder(CLQueue queue) : Queue
    {
        public override void Write(View to, ReadOnlySpan<byte> from)
        {
            fixed (byte* bytes = from)
            {
                queue.Write(Buffer(to), to.Offset, from.Length, bytes, wait: true);
            }
        }

        public override void Read(View from, Span<byte> to)
        {
            fixed (byte* bytes = to)
            {
                queue.Read(Buffer(from), from.Offset, to.Length, bytes, wait: true);
            }
        }

        public override void Write(View to, HostMemory from) => queue.Write(Buffer(to), to.Offset, to.Bytes, from.Address, wait: false);

        public override void Read(View from, HostMemory to) => queue.Read(Buffer(from), from.Offset, from.Bytes, to.Address, wait: false);

        public override void Clear(View view) => queue.Clear(Buffer(view), view.Offset, view.Bytes);

        public override void Run(Launch launch)
        {
            var bound = (IOpenCLLaunch)launch;
            queue.Launch(bound.Kernel, bound.Groups.X, bound.Groups.Y, bound.Groups.Threads);
        }

        public override void Wait() => queue.Wait();

        public override void Dispose() => queue.Dispose();

        private static CLBuffer Buffer(View view) => ((Allocation)view.Memory).Units;
    }
}
