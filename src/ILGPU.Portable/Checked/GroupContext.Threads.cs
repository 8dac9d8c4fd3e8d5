namespace ILGPU.Checked;

/// <summary>
/// Taking turns. One thread of the group runs at a time, in the order of their numbers: to its end where the kernel
/// has no barriers, to the next barrier where it has some. From the first barrier on every thread but the first has an
/// operating-system thread to wait on, which the next group uses again.
/// </summary>
internal sealed partial class GroupContext
{
    private const int LaneStackBytes = 256 * 1024;

    private readonly Gate firstGate = new();
    private readonly List<Lane> lanes = [];
    private Action call = null!;
    private int threads;
    private bool interleaved;
    private bool firstWaits;
    private bool aborting;
    private KernelFault? fault;

    public void Barrier()
    {
        if (indexes) throw Fault("reaches a barrier, which an auto-grouped kernel cannot have");
        int thread = Thread, allocated = allocations;
        if (thread == 0)
        {
            interleaved = true;
            firstWaits = true;
        }
        else if (!firstWaits)
        {
            throw Fault($"reaches a barrier, but {Name(0)} has returned without it");
        }
        if (thread == threads - 1) epoch++;
        if (threads > 1) Yield(thread);
        Enter(thread);
        allocations = allocated;
    }

    /// <summary>Runs the <paramref name="count"/> threads of the group that is set up.</summary>
    private void RunThreads(Action kernelCall, int count)
    {
        call = kernelCall;
        threads = count;
        interleaved = false;
        firstWaits = false;
        try
        {
            for (int thread = 0; thread < count; thread++)
            {
                Enter(thread);
                call();
                if (!interleaved) continue;
                firstWaits = false;
                if (count > 1) Yield(0);
                break;
            }
        }
        catch (Exception exception)
        {
            Unwind();
            fault ??= AsFault(exception);
            var thrown = fault;
            fault = null;
            throw thrown;
        }
    }

    /// <summary>Gives the turn to the next thread and waits for its return.</summary>
    private void Yield(int thread)
    {
        var own = thread == 0 ? firstGate : lanes[thread - 1].Gate;
        Pass(thread + 1 == threads ? 0 : thread + 1);
        own.Wait();
        if (aborting || fault is not null) throw new OperationCanceledException();
    }

    private void Pass(int thread)
    {
        if (thread == 0)
        {
            firstGate.Open();
            return;
        }
        if (lanes.Count < thread) lanes.Add(new Lane(this, thread));
        lanes[thread - 1].Gate.Open();
    }

    private void RunLane(Lane lane)
    {
        current = this;
        while (true)
        {
            lane.Gate.Wait();
            lane.Running = true;
            int next = 0;
            try
            {
                Enter(lane.Thread);
                call();
                if (firstWaits) throw Fault($"returns without the barrier at which {Name(0)} waits");
                next = lane.Thread + 1 == threads ? 0 : lane.Thread + 1;
            }
            catch (Exception exception)
            {
                if (!aborting) fault ??= AsFault(exception);
            }
            lane.Running = false;
            Pass(next);
        }
    }

    /// <summary>Ends the threads that still wait at a barrier.</summary>
    private void Unwind()
    {
        aborting = true;
        foreach (var lane in lanes)
        {
            if (!lane.Running) continue;
            lane.Gate.Open();
            firstGate.Wait();
        }
        aborting = false;
    }

    private KernelFault AsFault(Exception exception) =>
        exception as KernelFault ?? Fault($"throws {exception.GetType().Name}: {exception.Message.TrimEnd('.')}");

    /// <summary>Opens for one passage.</summary>
    private sealed class Gate
    {
        private bool open;

        public void Open()
        {
            lock (this)
            {
                open = true;
                Monitor.Pulse(this);
            }
        }

        public void Wait()
        {
            lock (this)
            {
                while (!open) Monitor.Wait(this);
                open = false;
            }
        }
    }

    /// <summary>The operating-system thread of one thread of the group.</summary>
    private sealed class Lane
    {
        public Lane(GroupContext group, int thread)
        {
            Thread = thread;
            new Thread(() => group.RunLane(this), LaneStackBytes) { IsBackground = true, Name = $"kernel thread {thread}" }.Start();
        }

        public int Thread { get; }

        public Gate Gate { get; } = new();

        public bool Running { get; set; }
    }
}
