using System.Diagnostics;
using EMDC.Diagnostics;
using EMDC.Operators;

namespace EMDC.Cli;

/// <summary>An engine with a frame whose result was checked, ready to be timed.</summary>
internal sealed class TimedFrame : IDisposable
{
    private readonly SyntheticFrame _frame;
    private readonly CancellationToken _interrupt;
    private readonly string _simd;
    private readonly float[] _dense;

    /// <summary>Loads, completes the frame twice, and checks that the result is finite and the same both times.</summary>
    public TimedFrame(string weights, EmdcOptions options, SyntheticFrame frame, CancellationToken interrupt)
    {
        (_frame, _interrupt) = (frame, interrupt);
        _dense = new float[frame.Height * frame.Width];
        _simd = options.Simd;
        Engine = Emdc.Load(weights, options);
        Threads = Engine.Device.Name != "cpu" ? null : options.Threads == 0 ? Environment.ProcessorCount : options.Threads;
        Run();
        SinceProcessStart = DateTime.Now - Process.GetCurrentProcess().StartTime;
        Check();
    }

    public Emdc Engine { get; }

    /// <summary>Threads of the CPU; null on another device.</summary>
    public int? Threads { get; }

    public int Height => _frame.Height;

    public int Width => _frame.Width;

    /// <summary>From the start of the process to its first depth map.</summary>
    public TimeSpan SinceProcessStart { get; }

    /// <summary>Multiply-adds of a frame, counted as direct convolutions.</summary>
    public long Macs => Engine.Plan.Sum(op => op.Macs);

    public void Run() => Engine.Complete(_frame.Rgb, _frame.Sparse, _dense, Height, Width, _interrupt);

    /// <summary>
    /// The sum of all operators' times, each timed by itself: the kernels without copies, and on CUDA without launching; null on the CPU.
    /// </summary>
    public double? KernelMilliseconds()
    {
        if (Threads is not null)
        {
            return null;
        }

        foreach (PlannedOperator op in Engine.Plan)
        {
            op.Ticks = 0;
        }

        Profile();
        return Engine.Plan.Sum(op => op.Ticks) * 1000.0 / Stopwatch.Frequency;
    }

    public void Profile() => Engine.Profile(_frame.Rgb, _frame.Sparse, _dense, Height, Width, _interrupt);

    /// <summary>
    /// Measures the GFLOP/s of bare multiply-adds, as wide and on as many threads as the frame; null on a device other than the CPU, whose
    /// ceiling is not the CPU's.
    /// </summary>
    public double? Ceiling() => Threads is { } threads ? FmaCeiling.Measure(threads, _simd) : null;

    public void Dispose() => Engine.Dispose();

    private void Check()
    {
        float[] first = [.. _dense];
        Run();
        for (int i = 0; i < first.Length; i++)
        {
            if (!float.IsFinite(first[i]) || first[i] != _dense[i])
            {
                throw new UserError(
                    $"The result is not to be timed: pixel {i / Width},{i % Width} is {first[i]} in the first run and {_dense[i]} in the second, but needs one finite value.");
            }
        }
    }
}
