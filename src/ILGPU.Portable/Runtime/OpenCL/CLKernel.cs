using ILGPU.OpenCL;

namespace ILGPU.Runtime.OpenCL;

/// <summary>A kernel in OpenCL C: one cl_kernel, or one for each set of specialised values that it was launched with.</summary>
internal sealed unsafe class CLKernel : TranslatedKernel
{
    // What an auto-grouped launch makes of its extent.
    private const int AutoGroupSize = 64;

    private readonly CLAccelerator accelerator;
    private readonly KernelSource source;
    private readonly List<Variant> variants = [];

    public CLKernel(CLAccelerator accelerator, KernelSource source) : base(source.Parameters)
    {
        (this.accelerator, this.source) = (accelerator, source);
        if (!source.IsSpecialised) variants.Add(new Variant(accelerator, source.Translate([]), []));
    }

    public override void Launch(AcceleratorStream stream, KernelConfig config)
    {
        var (grid, group) = config;
        if (!config.IsValid) throw new CLFault($"{source.Name}: a launch of {grid} groups of {group} threads has none to run.");
        var variant = Find();
        Check(variant, group);
        uint next = 0;
        SetArguments(variant, ref next);
        Enqueue(stream, variant, grid, group);
    }

    protected override void Launch(AcceleratorStream stream, Index3D extent, int dimensions)
    {
        if (extent.X < 1 || extent.Y < 1 || extent.Z < 1) throw new CLFault($"{source.Name}: an extent of {extent} has no index to run.");
        var variant = Find();
        int threads = Math.Min(AutoGroupSize, variant.MaxThreads);
        int across = Math.Min(threads, RoundUpToPowerOf2(extent.X)), down = Math.Min(threads / across, RoundUpToPowerOf2(extent.Y));
        var group = new Index3D(across, down, 1);
        Check(variant, group);
        uint next = 0;
        SetValue(variant, ref next, sizeof(int), extent.X);
        if (dimensions > 1) SetValue(variant, ref next, sizeof(int), extent.Y);
        if (dimensions > 2) SetValue(variant, ref next, sizeof(int), extent.Z);
        SetArguments(variant, ref next);
        Enqueue(stream, variant, new Index3D(Groups(extent.X, across), Groups(extent.Y, down), extent.Z), group);
    }

    private static int Groups(int threads, int group) => (int)(((long)threads + group - 1) / group);

    private static int RoundUpToPowerOf2(int number) => (int)Math.Min(System.Numerics.BitOperations.RoundUpToPowerOf2((uint)number), 1u << 30);

    /// <summary>The kernel for the specialised values among the arguments, compiled where they are new.</summary>
    private Variant Find()
    {
        ObjectDisposedException.ThrowIf(accelerator.IsDisposed, accelerator);
        foreach (var variant in variants)
            if (variant.Is(Arguments)) return variant;
        var values = new List<object>();
        var bytes = new List<byte>();
        foreach (var argument in Arguments)
        {
            if (argument.Kind != ArgumentKind.Specialised) continue;
            values.Add(argument.Specialised());
            bytes.AddRange(argument.Value);
        }
        variants.Add(new Variant(accelerator, source.Translate(values), [.. bytes]));
        return variants[^1];
    }

    private void Check(Variant variant, Index3D group)
    {
        if (group.LongSize > variant.MaxThreads)
            throw new CLFault(
                $"{source.Name}: a group of {group} threads is {group.LongSize} threads, but {accelerator.Name} runs this kernel with at " +
                $"most {variant.MaxThreads}.");
        var most = accelerator.MaxGroupSize;
        if (group.X > most.X || group.Y > most.Y || group.Z > most.Z)
            throw new CLFault($"{source.Name}: a group of {group} threads is more than the {most} of {accelerator.Name}.");
    }

    private void SetArguments(Variant variant, ref uint next)
    {
        int position = 0;
        foreach (var argument in Arguments)
        {
            if (argument.Kind == ArgumentKind.View) SetView(variant, ref next, position, argument);
            else if (argument.Kind == ArgumentKind.Value)
                fixed (byte* value = argument.Value)
                    Throw(CL.clSetKernelArg(variant.Handle, next++, (nuint)argument.Value.Length, value));
            position++;
        }
    }

    private void SetView(Variant variant, ref uint next, int position, KernelArgument view)
    {
        nint buffer = accelerator.Empty.Handle;
        if (view.Memory is { } memory)
        {
            if (memory is not CLMemory of || of.Accelerator != accelerator)
                throw new CLFault($"{source.Name}: argument {position} ({source.NameOf(position)}) lies on another accelerator.");
            buffer = of.Handle;
            if (buffer == 0)
                throw new CLFault($"{source.Name}: argument {position} ({source.NameOf(position)}) lies in a buffer that was disposed.");
        }
        long start = view.Offset / view.ElementSize;
        if (start * view.ElementSize != view.Offset)
            throw new CLFault(
                $"{source.Name}: argument {position} ({source.NameOf(position)}) starts {view.Offset} bytes into its buffer, no multiple of its " +
                $"elements' {view.ElementSize} bytes.");
        if (start + view.Length > int.MaxValue)
            throw new CLFault(
                $"{source.Name}: argument {position} ({source.NameOf(position)}) ends {start + view.Length} elements into its buffer, but kernels " +
                $"count to {int.MaxValue}.");
        Throw(CL.clSetKernelArg(variant.Handle, next++, (nuint)sizeof(nint), &buffer));
        SetValue(variant, ref next, sizeof(int), (int)start);
        SetValue(variant, ref next, sizeof(int), (int)view.Length);
    }

    private void SetValue(Variant variant, ref uint next, nuint size, int value) =>
        Throw(CL.clSetKernelArg(variant.Handle, next++, size, &value));

    private void Enqueue(AcceleratorStream stream, Variant variant, Index3D grid, Index3D group)
    {
        var queue = CLQueue.Of(stream, accelerator);
        nuint* global = stackalloc nuint[3], local = stackalloc nuint[3];
        (local[0], local[1], local[2]) = ((nuint)group.X, (nuint)group.Y, (nuint)group.Z);
        (global[0], global[1], global[2]) = ((nuint)grid.X * local[0], (nuint)grid.Y * local[1], (nuint)grid.Z * local[2]);
        uint dimensions = global[2] > 1 ? 3u : global[1] > 1 ? 2u : 1u;
        int error = CL.clEnqueueNDRangeKernel(queue.Handle, variant.Handle, dimensions, null, global, local, 0, null, null);
        if (error != 0)
            CLFault.ThrowIf(error, accelerator.Name, $"to launch {source.Name} with {grid} groups of {group} threads");
        queue.Queued();
    }

    private void Throw(int error)
    {
        if (error != 0) CLFault.ThrowIf(error, accelerator.Name, $"an argument of {source.Name}");
    }

    /// <summary>A compiled kernel and what it was compiled for.</summary>
    private sealed class Variant
    {
        private readonly byte[] specialised;

        public Variant(CLAccelerator accelerator, OpenCLKernel kernel, byte[] specialised)
        {
            this.specialised = specialised;
            var device = accelerator.Device;
            CheckShared(kernel.SharedBytes);
            Handle = accelerator.Compiler.Kernel(kernel);
            CheckShared((long)Number<ulong>(CL.Kernel.LocalMemSize));
            MaxThreads = (int)Math.Min(Number<nuint>(CL.Kernel.WorkGroupSize), int.MaxValue);

            T Number<T>(CL.Kernel name) where T : unmanaged
            {
                T number;
                int error = CL.clGetKernelWorkGroupInfo(Handle, device.DeviceId, name, (nuint)sizeof(T), &number, null);
                CLFault.ThrowIf(error, device.Name, $"to say what {kernel.EntryPoint} needs");
                return number;
            }

            void CheckShared(long bytes)
            {
                if (bytes > device.MaxSharedMemoryPerGroup)
                    throw new CLFault(
                        $"{kernel.EntryPoint}: a group needs {bytes} bytes of shared memory, but {device.Name} has " +
                        $"{device.MaxSharedMemoryPerGroup}.");
            }
        }

        ~Variant()
        {
            if (Handle != 0) CL.clReleaseKernel(Handle);
        }

        public nint Handle { get; }

        /// <summary>Most threads in a group.</summary>
        public int MaxThreads { get; }

        public bool Is(ReadOnlySpan<KernelArgument> arguments)
        {
            ReadOnlySpan<byte> rest = specialised;
            foreach (var argument in arguments)
            {
                if (argument.Kind != ArgumentKind.Specialised) continue;
                if (!rest.StartsWith(argument.Value)) return false;
                rest = rest[argument.Value.Length..];
            }
            return true;
        }
    }
}
