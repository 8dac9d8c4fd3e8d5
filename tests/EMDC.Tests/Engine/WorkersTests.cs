using System.Runtime.CompilerServices;
using EMDC.Simd;

namespace EMDC.Tests.Engine;

/// <summary>The threads of the CPU backend under thousands of tiny steps.</summary>
[Collection(AloneCollection.Name)]
public sealed class WorkersTests
{
    private const int MostTasks = 40;

    [Theory]
    [InlineData(1, 3000)]
    [InlineData(2, 6000)]
    [InlineData(3, 2000)]
    [InlineData(8, 500)]
    public void Every_task_runs_exactly_once(int threads, int steps)
    {
        using var workers = new Workers(threads);
        Assert.Equal(threads, workers.Count);
        var step = new CountingStep(threads);
        for (int i = 0; i < steps; i++)
        {
            RunAndCheck(workers, step, i * 7 % (MostTasks + 1), spin: i % 3 == 0 ? i % 200 : 0);
        }
    }

    /// <summary>Threads that went to sleep, or are about to, see the next step.</summary>
    [Fact]
    public void Threads_wake_up_after_a_pause()
    {
        using var workers = new Workers(3);
        var step = new CountingStep(3);
        for (int i = 0; i < 60; i++)
        {
            RunAndCheck(workers, step, MostTasks, spin: 50);
            Thread.SpinWait(i * 4000);
            if (i % 20 == 0)
            {
                Thread.Sleep(5);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void An_exception_reaches_the_caller_and_the_next_step_runs(int threads)
    {
        using var workers = new Workers(threads);
        var step = new CountingStep(threads);
        for (int i = 0; i < 200; i++)
        {
            step.Begin(MostTasks, spin: 20, failing: i % MostTasks);
            Assert.Equal($"task {i % MostTasks}", Assert.Throws<InvalidOperationException>(() => workers.Run(step)).Message);
            RunAndCheck(workers, step, MostTasks, spin: 0);
        }
    }

    /// <summary>Steps are numbered with 32 bits, which a week of frames uses up; the number goes on below 0.</summary>
    [Fact]
    public void The_numbers_of_steps_start_again()
    {
        using var workers = new Workers(3);
        var step = new CountingStep(3);
        RunAndCheck(workers, step, MostTasks, spin: 0);

        // As if 2³¹ − 5 steps had been run; the lower half says that the last of them is done.
        Interlocked.Exchange(ref Claim(workers), ((long)(int.MaxValue - 5) << 32) | int.MaxValue);
        for (int i = 0; i < 20; i++)
        {
            RunAndCheck(workers, step, MostTasks, spin: 20);
        }

        Assert.True(Claim(workers) < 0);
    }

    [Fact]
    public void Threads_end_with_their_owner()
    {
        for (int i = 0; i < 100; i++)
        {
            using var workers = new Workers(4);
            var step = new CountingStep(4);
            if (i % 2 == 0)
            {
                RunAndCheck(workers, step, 9, spin: 0);
            }
        }
    }

    private static void RunAndCheck(Workers workers, CountingStep step, int tasks, int spin)
    {
        step.Begin(tasks, spin, failing: -1);
        workers.Run(step);
        step.Check();
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_claim")]
    private static extern ref long Claim(Workers workers);

    private sealed class CountingStep(int threads) : Step
    {
        private readonly int[] _runs = new int[MostTasks];
        private int _tasks;
        private int _spin;
        private int _failing;
        private int _wrongWorkers;

        public override int Tasks => _tasks;

        public void Begin(int tasks, int spin, int failing)
        {
            Array.Clear(_runs);
            (_tasks, _spin, _failing) = (tasks, spin, failing);
        }

        public override void Execute(int task, int worker)
        {
            Interlocked.Increment(ref _runs[task]);
            if (worker < 0 || worker >= threads)
            {
                Interlocked.Increment(ref _wrongWorkers);
            }

            Thread.SpinWait(_spin);
            if (task == _failing)
            {
                throw new InvalidOperationException($"task {task}");
            }
        }

        public void Check()
        {
            Assert.Equal(0, _wrongWorkers);
            for (int i = 0; i < MostTasks; i++)
            {
                Assert.Equal(i < _tasks ? 1 : 0, _runs[i]);
            }
        }
    }
}
