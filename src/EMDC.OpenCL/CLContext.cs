namespace EMDC.OpenCL;

/// <summary>
/// A context on one device. It makes buffers, queues and programs; whoever made them frees them before the context, which OpenCL
/// keeps until they are gone.
/// </summary>
public sealed unsafe class CLContext : IDisposable
{
    private readonly CLQueue _mapping;

    /// <param name="device">The device.</param>
    /// <param name="programCache">The folder of compiled programs, which need not be there; null keeps none.</param>
    /// <exception cref="OpenCLException">The device cannot be used.</exception>
    public CLContext(CLDevice device, string? programCache = null)
    {
        if (device.Flaw is { } flaw)
        {
            throw new OpenCLException(flaw);
        }

        nint* properties = stackalloc nint[] { CL.ContextPlatform, device.Platform, 0 };
        nint id = device.Id;
        int error;
        Handle = CL.clCreateContext(properties, 1, &id, 0, 0, &error);
        OpenCLException.ThrowIf(error, device.Name, "a context");
        Device = device;
        Compiler = new CLCompiler(Handle, device, new ProgramCache(programCache));
        _mapping = new CLQueue(this);
    }

    /// <summary>The device.</summary>
    public CLDevice Device { get; }

    internal nint Handle { get; }

    internal CLCompiler Compiler { get; }

    /// <summary>The queue on which host memory is mapped.</summary>
    internal nint Mapping => _mapping.Handle;

    /// <summary>Memory of the device, undefined as it comes.</summary>
    public CLBuffer Buffer(long bytes) => bytes <= Device.MaxAllocation
        ? new CLBuffer(this, bytes)
        : throw new OpenCLException(
            $"A buffer of {bytes} bytes was asked for, but {Device.Name} gives at most {Device.MaxAllocation} at a time.");

    /// <summary>Memory of the host that the device copies from and to without a detour.</summary>
    public CLPinned Pinned(long bytes) => new(this, bytes);

    /// <summary>A queue, worked off in order.</summary>
    public CLQueue Queue() => new(this);

    /// <summary>Compiles a program of one kernel, or takes it from the cache.</summary>
    /// <param name="kernel">The kernel's name.</param>
    /// <param name="source">OpenCL C 1.2.</param>
    public CLProgram Program(string kernel, string source) => new(this, kernel, Compiler.Program(kernel, source));

    /// <inheritdoc/>
    public void Dispose()
    {
        _mapping.Dispose();
        CL.clReleaseContext(Handle);
    }
}
