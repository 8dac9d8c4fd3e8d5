using ILGPU.OpenCL;

namespace ILGPU.Runtime.OpenCL;

/// <summary>A command queue, worked off in order.</summary>
internal sealed unsafe class CLQueue : AcceleratorStream
{
    private const int FlushAfter = 16;

    private int unflushed;

    public CLQueue(CLAccelerator accelerator) : base(accelerator)
    {
        int error;
        Handle = CL.clCreateCommandQueue(
            accelerator.Handle, accelerator.Device.DeviceId, accelerator.Context.EnableProfiling ? CL.QueueProfilingEnable : 0, &error);
        CLFault.ThrowIf(error, accelerator.Name, "a command queue");
    }

    public nint Handle { get; }

    /// <summary>
    /// Told of each command that the host does not wait for. Drivers may begin with nothing before they are flushed, and flushing
    /// costs some of them as much as a small kernel.
    /// </summary>
    public void Queued(bool last = false)
    {
        if (!last && ++unflushed < FlushAfter) return;
        unflushed = 0;
        CLFault.ThrowIf(CL.clFlush(Handle), Accelerator.Name, "to begin with what was queued");
    }

    /// <summary>The queue behind a stream of the accelerator.</summary>
    public static CLQueue Of(AcceleratorStream stream, CLAccelerator accelerator) =>
        stream.Accelerator != accelerator
            ? throw new CLFault($"A stream of another accelerator was given, but {accelerator.Name} takes its own only.")
            : !stream.IsDisposed ? (CLQueue)stream
            : throw new ObjectDisposedException(nameof(AcceleratorStream));

    public override void Synchronize() => CLFault.ThrowIf(CL.clFinish(Handle), Accelerator.Name, "to finish what was queued");

    internal override ProfilingMarker NewMarker() => new CLMarker(this);

    internal override void Release()
    {
        CL.clFinish(Handle);
        CL.clReleaseCommandQueue(Handle);
        ((CLAccelerator)Accelerator).Forget(this);
    }
}
