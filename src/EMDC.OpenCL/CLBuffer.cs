namespace EMDC.OpenCL;

/// <summary>Memory of a device.</summary>
public sealed unsafe class CLBuffer : IDisposable
{
    internal CLBuffer(CLContext context, long bytes)
    {
        int error;

        // OpenCL has no empty buffers.
        Handle = CL.clCreateBuffer(context.Handle, CL.MemReadWrite, (nuint)Math.Max(bytes, 16), null, &error);
        OpenCLException.ThrowIf(error, context.Device.Name, $"a buffer of {bytes} bytes");
        (Context, Bytes) = (context, bytes);
    }

    /// <summary>Where it lies.</summary>
    public CLContext Context { get; }

    /// <summary>How large it is.</summary>
    public long Bytes { get; }

    /// <summary>0 after <see cref="Dispose"/>.</summary>
    internal nint Handle { get; private set; }

    /// <summary>Frees it; commands in a queue keep their buffers.</summary>
    public void Dispose()
    {
        if (Handle != 0)
        {
            CL.clReleaseMemObject(Handle);
        }

        Handle = 0;
    }
}
