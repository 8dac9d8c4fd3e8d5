using System.Diagnostics;
using ILGPU.Runtime;

namespace ILGPU.Checked;

/// <summary>A queue that is always empty: everything is done at once.</summary>
internal sealed class CheckedStream(Accelerator accelerator) : AcceleratorStream(accelerator)
{
    public override void Synchronize()
    {
    }

    internal override ProfilingMarker NewMarker() => new CheckedMarker(Accelerator);

    private sealed class CheckedMarker(Accelerator accelerator) : ProfilingMarker(accelerator)
    {
        private readonly long time = Stopwatch.GetTimestamp();

        public override TimeSpan MeasureFrom(ProfilingMarker marker) =>
            Stopwatch.GetElapsedTime(((CheckedMarker)marker).time, time);

        public override void Synchronize()
        {
        }
    }
}
