using ILGPU.OpenCL;

namespace ILGPU.Runtime.OpenCL;

/// <summary>
/// Host memory that the driver allocated and mapped for good: GPUs with memory of their own copy from and to it without a
/// second copy by the driver. It is no buffer to a kernel.
/// </summary>
internal sealed unsafe class CLPageLockedMemory : PageLockedMemory
{
    private readonly CLAccelerator accelerator;
    private nint buffer;

    public CLPageLockedMemory(CLAccelerator accelerator, long bytes)
    {
        this.accelerator = accelerator;
        nuint size = (nuint)Math.Max(bytes, 16);
        int error;
        buffer = CL.clCreateBuffer(accelerator.Handle, CL.MemReadWrite | CL.MemAllocHostPtr, size, null, &error);
        CLFault.ThrowIf(error, accelerator.Name, $"page-locked memory of {bytes} bytes");
        var queue = CLQueue.Of(accelerator.DefaultStream, accelerator).Handle;
        Address = CL.clEnqueueMapBuffer(queue, buffer, 1, CL.MapReadWrite, 0, size, 0, null, null, &error);
        if (error != 0) CL.clReleaseMemObject(buffer);
        CLFault.ThrowIf(error, accelerator.Name, $"to map page-locked memory of {bytes} bytes");
    }

    /// <summary>Copies may be under way that nothing but the queues knows of.</summary>
    public override void Free()
    {
        if (buffer == 0) return;
        if (!accelerator.IsDisposed)
        {
            accelerator.Synchronize();
            CL.clEnqueueUnmapMemObject(CLQueue.Of(accelerator.DefaultStream, accelerator).Handle, buffer, Address, 0, null, null);
        }
        CL.clReleaseMemObject(buffer);
        buffer = 0;
        Address = null;
    }
}
