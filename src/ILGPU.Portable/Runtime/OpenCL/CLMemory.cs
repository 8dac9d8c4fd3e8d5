using ILGPU.OpenCL;

namespace ILGPU.Runtime.OpenCL;

/// <summary>A buffer of the device.</summary>
internal sealed unsafe class CLMemory : DeviceMemory
{
    private readonly CLAccelerator accelerator;

    public CLMemory(CLAccelerator accelerator, long length) : base(length)
    {
        this.accelerator = accelerator;
        int error;

        // OpenCL has no empty buffers.
        Handle = CL.clCreateBuffer(accelerator.Handle, CL.MemReadWrite, (nuint)Math.Max(length, 16), null, &error);
        CLFault.ThrowIf(error, accelerator.Name, $"a buffer of {length} bytes");
    }

    ~CLMemory() => Free();

    /// <summary>0 after <see cref="Free"/>.</summary>
    public nint Handle { get; private set; }

    public CLAccelerator Accelerator => accelerator;

    public override void CopyFromHost(AcceleratorStream stream, void* source, long offset, long bytes, bool wait)
    {
        if (bytes == 0) return;
        var queue = CLQueue.Of(stream, accelerator);
        int error = CL.clEnqueueWriteBuffer(queue.Handle, Handle, wait ? 1u : 0, (nuint)offset, (nuint)bytes, source, 0, null, null);
        if (error != 0) CLFault.ThrowIf(error, accelerator.Name, $"a copy of {bytes} bytes from the host");
        queue.Queued(last: true);
    }

    public override void CopyToHost(AcceleratorStream stream, void* target, long offset, long bytes, bool wait)
    {
        if (bytes == 0) return;
        var queue = CLQueue.Of(stream, accelerator);
        int error = CL.clEnqueueReadBuffer(queue.Handle, Handle, wait ? 1u : 0, (nuint)offset, (nuint)bytes, target, 0, null, null);
        if (error != 0) CLFault.ThrowIf(error, accelerator.Name, $"a copy of {bytes} bytes to the host");
        queue.Queued(last: true);
    }

    public override void CopyFrom(AcceleratorStream stream, DeviceMemory source, long sourceOffset, long offset, long bytes)
    {
        if (source is not CLMemory from || from.accelerator != accelerator)
            throw new CLFault($"A copy between two accelerators was asked for, but {accelerator.Name} copies within one only.");
        if (bytes == 0) return;
        int error = CL.clEnqueueCopyBuffer(
            CLQueue.Of(stream, accelerator).Handle, from.Handle, Handle, (nuint)sourceOffset, (nuint)offset, (nuint)bytes, 0, null, null);
        if (error != 0) CLFault.ThrowIf(error, accelerator.Name, $"a copy of {bytes} bytes from buffer to buffer");
    }

    public override void Fill(AcceleratorStream stream, byte value, long offset, long bytes)
    {
        if (bytes == 0) return;

        // By words where it can be: some drivers fill byte by byte otherwise.
        uint word = value * 0x01010101u;
        int error = CL.clEnqueueFillBuffer(
            CLQueue.Of(stream, accelerator).Handle, Handle, &word, (offset | bytes) % 4 == 0 ? 4u : 1, (nuint)offset, (nuint)bytes, 0, null, null);
        if (error != 0) CLFault.ThrowIf(error, accelerator.Name, $"to fill {bytes} bytes");
    }

    public override void Free()
    {
        // Commands in a queue keep their buffers.
        if (Handle != 0) CL.clReleaseMemObject(Handle);
        Handle = 0;
        GC.SuppressFinalize(this);
    }
}
