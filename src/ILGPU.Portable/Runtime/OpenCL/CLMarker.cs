using ILGPU.OpenCL;

namespace ILGPU.Runtime.OpenCL;

/// <summary>An event that is complete when all before it in the queue is, and then knows the time by the device's clock.</summary>
internal sealed unsafe class CLMarker : ProfilingMarker
{
    private readonly nint done;

    public CLMarker(CLQueue queue) : base(queue.Accelerator)
    {
        nint made;
        CLFault.ThrowIf(CL.clEnqueueMarkerWithWaitList(queue.Handle, 0, null, &made), Accelerator.Name, "a profiling marker");
        done = made;
    }

    /// <summary>Nanoseconds since some point in the past.</summary>
    private ulong Time
    {
        get
        {
            Synchronize();
            ulong time;
            CLFault.ThrowIf(
                CL.clGetEventProfilingInfo(done, CL.ProfilingCommandEnd, sizeof(ulong), &time, null), Accelerator.Name, "the time of a marker");
            return time;
        }
    }

    public override TimeSpan MeasureFrom(ProfilingMarker marker) =>
        TimeSpan.FromTicks((long)(Time - ((CLMarker)marker).Time) / TimeSpan.NanosecondsPerTick);

    public override void Synchronize()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        nint waited = done;
        CLFault.ThrowIf(CL.clWaitForEvents(1, &waited), Accelerator.Name, "to wait for a marker");
    }

    internal override void Release() => CL.clReleaseEvent(done);
}
