namespace EMDC.OpenCL;

/// <summary>
/// Host memory that the driver allocated and mapped for good: GPUs with memory of their own copy from and to it without a
/// second copy by the driver. It is no buffer to a kernel.
/// </summary>
public sealed unsafe class CLPinned : IDisposable
{
    private readonly CLContext _context;
    private nint _buffer;

    internal CLPinned(CLContext context, long bytes)
    {
        _context = context;
        nuint size = (nuint)Math.Max(bytes, 16);
        int error;
        _buffer = CL.clCreateBuffer(context.Handle, CL.MemReadWrite | CL.MemAllocHostPtr, size, null, &error);
        OpenCLException.ThrowIf(error, context.Device.Name, $"page-locked memory of {bytes} bytes");
        Address = CL.clEnqueueMapBuffer(context.Mapping, _buffer, 1, CL.MapReadWrite, 0, size, 0, null, null, &error);
        if (error != 0)
        {
            CL.clReleaseMemObject(_buffer);
        }

        OpenCLException.ThrowIf(error, context.Device.Name, $"to map page-locked memory of {bytes} bytes");
    }

    /// <summary>Where it lies; null after <see cref="Dispose"/>.</summary>
    public void* Address { get; private set; }

    /// <summary>Frees it. Copies from or to it must be done.</summary>
    public void Dispose()
    {
        if (_buffer != 0)
        {
            CL.clEnqueueUnmapMemObject(_context.Mapping, _buffer, Address, 0, null, null);
            CL.clFinish(_context.Mapping);
            CL.clReleaseMemObject(_buffer);
        }

        _buffer = 0;
        Address = null;
    }
}
