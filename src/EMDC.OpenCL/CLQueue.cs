namespace EMDC.OpenCL;

/// <summary>A command queue, worked off in order.</summary>
public sealed unsafe class CLQueue : IDisposable
{
    private const int FlushAfter = 16;

    private readonly CLContext _context;
    private int _unflushed;

    internal CLQueue(CLContext context)
    {
        int error;
        Handle = CL.clCreateCommandQueue(context.Handle, context.Device.Id, 0, &error);
        OpenCLException.ThrowIf(error, context.Device.Name, "a command queue");
        _context = context;
    }

    internal nint Handle { get; private set; }

    private string Name => _context.Device.Name;

    /// <summary>Copies bytes of the host to a buffer.</summary>
    /// <param name="to">The buffer.</param>
    /// <param name="offset">Bytes into it.</param>
    /// <param name="bytes">Bytes to copy.</param>
    /// <param name="from">The host's memory, which must stay until the copy is done.</param>
    /// <param name="wait">Whether the copy is done when this returns.</param>
    public void Write(CLBuffer to, long offset, long bytes, void* from, bool wait)
    {
        if (bytes > 0)
        {
            int error = CL.clEnqueueWriteBuffer(Handle, to.Handle, wait ? 1u : 0, (nuint)offset, (nuint)bytes, from, 0, null, null);
            if (error != 0)
            {
                OpenCLException.ThrowIf(error, Name, $"a copy of {bytes} bytes from the host");
            }

            Queued(last: true);
        }
    }

    /// <summary>Copies bytes of a buffer to the host; as <see cref="Write"/>.</summary>
    public void Read(CLBuffer from, long offset, long bytes, void* to, bool wait)
    {
        if (bytes > 0)
        {
            int error = CL.clEnqueueReadBuffer(Handle, from.Handle, wait ? 1u : 0, (nuint)offset, (nuint)bytes, to, 0, null, null);
            if (error != 0)
            {
                OpenCLException.ThrowIf(error, Name, $"a copy of {bytes} bytes to the host");
            }

            Queued(last: true);
        }
    }

    /// <summary>Fills bytes of a buffer with zeros.</summary>
    public void Clear(CLBuffer buffer, long offset, long bytes)
    {
        if (bytes > 0)
        {
            // By words where it can be: some drivers fill byte by byte otherwise.
            uint zero = 0;
            nuint size = (offset | bytes) % 4 == 0 ? 4u : 1;
            int error = CL.clEnqueueFillBuffer(Handle, buffer.Handle, &zero, size, (nuint)offset, (nuint)bytes, 0, null, null);
            if (error != 0)
            {
                OpenCLException.ThrowIf(error, Name, $"to fill {bytes} bytes");
            }
        }
    }

    /// <summary>Launches a kernel with the arguments it has now.</summary>
    public void Launch(CLKernel kernel, int groupsX, int groupsY, int threads)
    {
        nuint* global = stackalloc nuint[] { (nuint)groupsX * (nuint)threads, (nuint)groupsY }, local = stackalloc nuint[] { (nuint)threads, 1 };
        int error = CL.clEnqueueNDRangeKernel(Handle, kernel.Handle, groupsY > 1 ? 2u : 1, null, global, local, 0, null, null);
        if (error != 0)
        {
            OpenCLException.ThrowIf(error, Name, $"to launch {kernel.Name} with {groupsX}×{groupsY} groups of {threads} threads");
        }

        Queued();
    }

    /// <summary>Returns when all that was queued is done.</summary>
    public void Wait()
    {
        _unflushed = 0;
        OpenCLException.ThrowIf(CL.clFinish(Handle), Name, "to finish what was queued");
    }

    /// <summary>Waits and frees the queue.</summary>
    public void Dispose()
    {
        if (Handle != 0)
        {
            CL.clFinish(Handle);
            CL.clReleaseCommandQueue(Handle);
        }

        Handle = 0;
    }

    /// <summary>
    /// Told of each command that the host does not wait for. Drivers may begin with nothing before they are flushed, and flushing
    /// costs some of them as much as a small kernel.
    /// </summary>
    private void Queued(bool last = false)
    {
        if (last || ++_unflushed >= FlushAfter)
        {
            _unflushed = 0;
            OpenCLException.ThrowIf(CL.clFlush(Handle), Name, "to begin with what was queued");
        }
    }
}
