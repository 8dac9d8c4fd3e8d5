namespace ILGPU.Checked;

/// <summary>
/// Taking turns. One thread of the group runs at a time, in the order of their numbers: to its end where the kernel
/// has no barriers, to the next barrier where it has some.
/// </summary>
internal sealed partial class GroupContext
{
    /// <summary>Kernels are rewritten to stop at their barriers, so none is ever called.</summary>
    public static void MisplacedBarrier() => throw Current.Fault("reaches a barrier through a call that is not direct");

    private void RunThreads(Action call, int count)
    {
        for (int thread = 0; thread < count; thread++)
        {
            Enter(thread);
            call();
        }
    }

    private void RunThreads(Func<LaneFrame, int> step, LaneFrame[] frames)
    {
        foreach (var frame in frames) (frame.State, frame.Allocations) = (0, 0);
        int barrier;
        do
        {
            barrier = 0;
            for (int thread = 0; thread < frames.Length; thread++)
            {
                var frame = frames[thread];
                Enter(thread);
                allocations = frame.Allocations;
                frame.State = step(frame);
                frame.Allocations = allocations;
                if (thread == 0) barrier = frame.State;
                else if (frame.State != barrier) throw Divergence(frame.State, barrier);
            }
            epoch++;
        }
        while (barrier != 0);
    }

    private KernelFault Divergence(int mine, int first) => Fault(
        first == 0 ? $"waits at a barrier, but {Name(0)} has returned without reaching it"
        : mine == 0 ? $"returns without reaching the barrier at which {Name(0)} waits"
        : $"waits at the kernel's barrier {mine}, but {Name(0)} waits at barrier {first}");
}
