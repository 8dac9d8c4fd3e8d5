namespace EMDC.Simd;

/// <summary>Work that splits into tasks which may run in any order and on any thread.</summary>
internal abstract class Step
{
    /// <summary>Number of tasks.</summary>
    public abstract int Tasks { get; }

    /// <summary>Runs one task. No two tasks write the same pixel, so results do not depend on the number of threads.</summary>
    /// <param name="task">0 … Tasks − 1.</param>
    /// <param name="worker">0 … threads − 1: which scratch memory to use.</param>
    public abstract void Execute(int task, int worker);
}

/// <summary>
/// A fixed set of threads, the caller being one of them. A frame has about a hundred steps of 10 µs to 3 ms, so waiting
/// threads spin for a while before they sleep: waking one takes longer than most steps. The caller waits for tasks, never
/// for threads: a thread that the system does not let run (a busy machine) takes no task and holds up nobody.
/// </summary>
internal sealed class Workers : IDisposable
{
    // About 50 µs: longer than the serial gaps between the steps of a frame, short against the gap between frames.
    private const int Spins = 2000;

    private readonly Thread[] _threads;
    private readonly AutoResetEvent[] _wake;
    private readonly bool[] _asleep;
    private Step? _step;

    // Of the open step, as it was when the step was opened: the same object may have more of them for its next frame, of which a late thread
    // must not take one.
    private int _tasks;
    private volatile bool _stop;

    // The number of the step in the upper half, of its next unclaimed task in the lower: one compare-and-swap claims a task
    // of exactly that step, so that a late thread can't take a task of a step it knows nothing of.
    private long _claim;
    private int _done;
    private Exception? _failure;

    public Workers(int threads)
    {
        Count = threads;
        _threads = new Thread[threads - 1];
        _wake = new AutoResetEvent[threads - 1];
        _asleep = new bool[threads - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int index = i;
            _wake[i] = new AutoResetEvent(false);
            _threads[i] = new Thread(() => Loop(index)) { IsBackground = true, Name = $"EMDC {i + 1}" };
            _threads[i].Start();
        }
    }

    /// <summary>Threads, the caller included.</summary>
    public int Count { get; }

    /// <summary>Runs all tasks of a step and returns when they are done.</summary>
    public void Run(Step step)
    {
        int tasks = step.Tasks;
        if (_threads.Length == 0 || tasks <= 1)
        {
            for (int task = 0; task < tasks; task++)
            {
                step.Execute(task, 0);
            }

            return;
        }

        // Close the step before this one, so that nobody claims its next task after _step and _tasks have changed; then open this one.
        long number = (_claim >> 32) + 1;
        Interlocked.Exchange(ref _claim, ((number - 1) << 32) | int.MaxValue);
        (_step, _tasks) = (step, tasks);
        _done = 0;
        Interlocked.Exchange(ref _claim, number << 32);
        for (int i = 0; i < _threads.Length; i++)
        {
            if (Volatile.Read(ref _asleep[i]))
            {
                _wake[i].Set();
            }
        }

        Work(number, 0);
        for (int spin = 0; Volatile.Read(ref _done) != tasks; spin++)
        {
            // The last task's thread may be waiting for this one's processor.
            if (spin < Spins)
            {
                Thread.SpinWait(8);
            }
            else
            {
                Thread.Yield();
            }
        }

        if (_failure is { } failure)
        {
            _failure = null;
            throw failure;
        }
    }

    private void Work(long number, int worker)
    {
        while (true)
        {
            long claim = Volatile.Read(ref _claim);
            Step step = Volatile.Read(ref _step)!;
            if (claim >> 32 != number || (int)claim >= Volatile.Read(ref _tasks))
            {
                return;
            }

            if (Interlocked.CompareExchange(ref _claim, claim + 1, claim) != claim)
            {
                continue;
            }

            try
            {
                step.Execute((int)claim, worker);
            }
            catch (Exception failure)
            {
                _failure = failure;
            }

            Interlocked.Increment(ref _done);
        }
    }

    private void Loop(int index)
    {
        long seen = 0;
        while (true)
        {
            for (int spin = 0; Volatile.Read(ref _claim) >> 32 == seen && !_stop; spin++)
            {
                if (spin < Spins)
                {
                    Thread.SpinWait(8);
                    continue;
                }

                // Full fence between "I am asleep" and the second look: either this thread sees the new step,
                // or the caller sees it asleep and wakes it.
                Volatile.Write(ref _asleep[index], true);
                Interlocked.MemoryBarrier();
                if (Volatile.Read(ref _claim) >> 32 == seen && !_stop)
                {
                    _wake[index].WaitOne();
                }

                Volatile.Write(ref _asleep[index], false);
            }

            if (_stop)
            {
                return;
            }

            seen = Volatile.Read(ref _claim) >> 32;
            Work(seen, index + 1);
        }
    }

    public void Dispose()
    {
        _stop = true;
        foreach (AutoResetEvent wake in _wake)
        {
            wake.Set();
        }

        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        foreach (AutoResetEvent wake in _wake)
        {
            wake.Dispose();
        }
    }
}
