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
/// threads spin for a while before they sleep: waking one takes longer than most steps.
/// </summary>
internal sealed class Workers : IDisposable
{
    // About 50 µs: longer than the serial gaps between the steps of a frame, short against the gap between frames.
    private const int Spins = 2000;

    private readonly Thread[] _threads;
    private readonly AutoResetEvent[] _wake;
    private readonly bool[] _asleep;
    private Step? _step;
    private int _epoch;
    private int _next;
    private int _busy;
    private Exception? _failure;
    private volatile bool _stop;

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
        if (_threads.Length == 0 || tasks == 1)
        {
            for (int task = 0; task < tasks; task++)
            {
                step.Execute(task, 0);
            }

            return;
        }

        _step = step;
        _next = 0;
        _busy = _threads.Length;
        Interlocked.Increment(ref _epoch);
        for (int i = 0; i < _threads.Length; i++)
        {
            if (Volatile.Read(ref _asleep[i]))
            {
                _wake[i].Set();
            }
        }

        Work(step, 0);
        var spin = 0;
        while (Volatile.Read(ref _busy) != 0)
        {
            // With fewer processors than threads a spinning caller would keep the last worker from running.
            if (++spin > Spins)
            {
                Thread.Yield();
            }
            else
            {
                Thread.SpinWait(8);
            }
        }

        if (_failure is { } failure)
        {
            _failure = null;
            throw failure;
        }
    }

    private void Work(Step step, int worker)
    {
        int tasks = step.Tasks;
        try
        {
            for (int task; (task = Interlocked.Increment(ref _next) - 1) < tasks;)
            {
                step.Execute(task, worker);
            }
        }
        catch (Exception failure) when (worker != 0)
        {
            _failure = failure;
        }
    }

    private void Loop(int index)
    {
        int seen = 0;
        while (true)
        {
            for (int spin = 0; Volatile.Read(ref _epoch) == seen && !_stop; spin++)
            {
                if (spin < Spins)
                {
                    Thread.SpinWait(8);
                    continue;
                }

                // Full fence between "I am asleep" and the second look: either this thread sees the new epoch,
                // or the caller sees it asleep and wakes it.
                Volatile.Write(ref _asleep[index], true);
                Interlocked.MemoryBarrier();
                if (Volatile.Read(ref _epoch) == seen && !_stop)
                {
                    _wake[index].WaitOne();
                }

                Volatile.Write(ref _asleep[index], false);
            }

            if (_stop)
            {
                return;
            }

            seen = Volatile.Read(ref _epoch);
            Work(_step!, index + 1);
            Interlocked.Decrement(ref _busy);
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
