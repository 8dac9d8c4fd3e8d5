namespace EMDC.OpenCL;

/// <summary>A compiled program of one kernel, of which each launch has a <see cref="CLKernel"/> of its own.</summary>
public sealed unsafe class CLProgram : IDisposable
{
    private nint _handle;

    internal CLProgram(CLContext context, string kernel, nint handle)
    {
        (Context, Name, _handle) = (context, kernel, handle);
        try
        {
            using CLKernel made = Kernel();
            MaxThreads = (int)Math.Min(Number<nuint>(CL.Kernel.WorkGroupSize), int.MaxValue);
            LocalMemoryBytes = (long)Number<ulong>(CL.Kernel.LocalMemSize);
            if (LocalMemoryBytes > context.Device.LocalMemoryBytes)
            {
                throw new OpenCLException(
                    $"{kernel}: a group needs {LocalMemoryBytes} bytes of local memory, but {context.Device.Name} has {context.Device.LocalMemoryBytes}.");
            }

            T Number<T>(CL.Kernel name) where T : unmanaged
            {
                T number;
                int error = CL.clGetKernelWorkGroupInfo(made.Handle, context.Device.Id, name, (nuint)sizeof(T), &number, null);
                OpenCLException.ThrowIf(error, context.Device.Name, $"to say what {kernel} needs");
                return number;
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where it was compiled.</summary>
    public CLContext Context { get; }

    /// <summary>The kernel's name.</summary>
    public string Name { get; }

    /// <summary>Most threads that the device runs this kernel with in a group.</summary>
    public int MaxThreads { get; }

    /// <summary>Bytes of local memory of a group.</summary>
    public long LocalMemoryBytes { get; }

    /// <summary>A launch, whose arguments are to be set.</summary>
    public CLKernel Kernel()
    {
        int error;
        nint made = CL.clCreateKernel(_handle, Name, &error);
        OpenCLException.ThrowIf(error, Context.Device.Name, $"to make the kernel {Name}");
        return new CLKernel(this, made);
    }

    /// <summary>Frees it; kernels made of it keep it.</summary>
    public void Dispose()
    {
        if (_handle != 0)
        {
            CL.clReleaseProgram(_handle);
        }

        _handle = 0;
    }
}

/// <summary>A kernel with its arguments, which keep their values from launch to launch.</summary>
public sealed unsafe class CLKernel : IDisposable
{
    private readonly CLProgram _program;

    internal CLKernel(CLProgram program, nint handle) => (_program, Handle) = (program, handle);

    /// <summary>The kernel's name.</summary>
    public string Name => _program.Name;

    internal nint Handle { get; private set; }

    /// <summary>Sets an argument that is a buffer.</summary>
    public void Set(int argument, CLBuffer buffer)
    {
        if (buffer.Context != _program.Context || buffer.Handle == 0)
        {
            throw new OpenCLException($"{Name}: argument {argument} lies in a buffer that was freed, or on another device.");
        }

        Set(argument, buffer.Handle);
    }

    /// <summary>Sets an argument that is a value: a number or a record of numbers.</summary>
    public void Set<T>(int argument, T value) where T : unmanaged
    {
        int error = CL.clSetKernelArg(Handle, (uint)argument, (nuint)sizeof(T), &value);
        if (error != 0)
        {
            OpenCLException.ThrowIf(error, _program.Context.Device.Name, $"argument {argument} of {Name}");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Handle != 0)
        {
            CL.clReleaseKernel(Handle);
        }

        Handle = 0;
    }
}
