namespace ILGPU.Runtime;

/// <summary>A queue of launches and copies, worked off in order.</summary>
public abstract class AcceleratorStream : AcceleratorObject
{
    internal AcceleratorStream(Accelerator accelerator) : base(accelerator) { }

    /// <summary>Notes the time at this place of the queue; needs a context built with <c>Profiling()</c>.</summary>
    public ProfilingMarker AddProfilingMarker() =>
        Accelerator.Context.EnableProfiling
            ? NewMarker()
            : throw new NotSupportedException(
                "Profiling markers need a context that was built with Context.Builder.Profiling().");

    /// <summary>Waits until everything in the queue is done.</summary>
    public abstract void Synchronize();

    internal abstract ProfilingMarker NewMarker();
}

/// <summary>A point in time on a stream.</summary>
public abstract class ProfilingMarker : AcceleratorObject
{
    internal ProfilingMarker(Accelerator accelerator) : base(accelerator) { }

    /// <summary>The time from <paramref name="marker"/> to this one.</summary>
    public abstract TimeSpan MeasureFrom(ProfilingMarker marker);

    public abstract void Synchronize();

    public static TimeSpan operator -(ProfilingMarker end, ProfilingMarker start) => end.MeasureFrom(start);
}
