namespace EMDC.Operators;

/// <summary>
/// A device: it records the network's operators as a plan and runs the plan frame by frame without allocating. No member has a
/// default, so that what wraps a backend cannot miss one. Not thread-safe.
/// </summary>
public interface IBackend : IOperators, IDisposable
{
    /// <summary>What runs the plan.</summary>
    DeviceInfo Device { get; }

    /// <summary>Kernels launched so far on a device that runs kernels; 0 on the CPU backend.</summary>
    long KernelLaunches { get; }

    /// <summary>The recorded operators, in the order they run.</summary>
    IReadOnlyList<PlannedOperator> Plan { get; }

    /// <summary>Forgets plan and tensors, for another frame size; what was made of the weights is kept.</summary>
    void Reset();

    /// <summary>Runs the plan on one frame; the maps hold the result on return. Returns the number of measured pixels.</summary>
    /// <exception cref="OperationCanceledException">Cancelled between two operators; the maps are then undefined.</exception>
    int Run(in Frame frame, CancellationToken cancellation);

    /// <summary>
    /// Takes a frame in: a device copies its images and runs the plan on them while the host goes on. At most two frames can be
    /// submitted and not yet collected; <see cref="Run"/> is for when there is none. On a backend without memory of its own,
    /// which copies nothing, all is done by <see cref="Collect"/>.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled between two operators; the frame is not submitted.</exception>
    void Submit(in Frame frame, CancellationToken cancellation);

    /// <summary>
    /// Finishes the frame that was submitted first and has not been collected: its maps hold the result on return. Whether it
    /// succeeds or throws, the frame is collected, and what goes wrong with a later frame is told when that is collected.
    /// </summary>
    /// <param name="frame">The frame as it was submitted, with its maps.</param>
    /// <param name="cancellation">Keeps operators that have not begun from running, be it for this frame or a later one.</param>
    /// <returns>The number of measured pixels.</returns>
    int Collect(in Frame frame, CancellationToken cancellation);

    /// <summary>Like <see cref="Run"/>, adding each operator's time to <see cref="PlannedOperator.Ticks"/>.</summary>
    int RunProfiled(in Frame frame, CancellationToken cancellation);

    /// <summary>Runs one operator of the plan on what its inputs hold from the last frame; for benchmarks.</summary>
    void RunOperator(int index);

    /// <summary>Copies C×H×W values to a tensor; for tests and tools.</summary>
    void Write(Tensor tensor, ReadOnlySpan<float> values);

    /// <summary>Copies a tensor's C×H×W values out; for tests and tools.</summary>
    void Read(Tensor tensor, Span<float> values);
}

/// <summary>One recorded operator, for profiles.</summary>
/// <param name="Operator">The operator's name.</param>
/// <param name="Layer">The checkpoint's name of its weights.</param>
/// <param name="Shape">Input and output, as a profile prints them.</param>
/// <param name="Macs">Multiply-adds of the direct form.</param>
/// <param name="Bytes">Bytes of inputs, weights and outputs, each counted once.</param>
public sealed record PlannedOperator(string Operator, string Layer, string Shape, long Macs, long Bytes)
{
    /// <summary>Time spent so far in <see cref="IBackend.RunProfiled"/>, in <see cref="System.Diagnostics.Stopwatch"/> ticks.</summary>
    public long Ticks { get; set; }
}
