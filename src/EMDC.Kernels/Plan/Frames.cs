using System.Diagnostics;
using System.Runtime.ExceptionServices;
using EMDC.Operators;

namespace EMDC.Kernels;

/// <summary>
/// How frames run. A frame alone is copied in, run and copied out on one queue, with one wait at its end. Where a second frame
/// is submitted before the first is collected, copies have a queue and a <see cref="Staging"/> of their own:
/// <code>
/// host      submit 0    submit 1     collect 0               submit 2     collect 1 …
/// kernels   ▒▒▒▒▒ 0 ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒│▒▒▒▒▒▒▒▒▒▒▒▒ 1 ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒│▒▒▒▒▒▒▒▒▒▒▒▒ 2 ▒▒▒
/// copies                ▒ in 1 ▒   ▒ out 0 ▒               ▒ in 2 ▒   ▒ out 1 ▒
/// </code>
/// All frames share one set of tensors, and devices here have no events between queues, so it is the host that waits for the kernels of
/// one frame before it launches those of the next.
/// </summary>
internal sealed partial class DeviceBackend
{
    // The second one is made for the first frame that is submitted beside another.
    private readonly Staging?[] _staging = new Staging?[2];

    // The frame whose kernels are launched, the one that is only copied in, and the one that launches read and write.
    private Staging? _running;
    private Staging? _waiting;
    private Staging? _current;
    private long _frames;

    // The launches between input and output as one, tried once for a plan; its steps, its number of launches, and the plan's first frame.
    private Launch? _graph;
    private bool _isCaptured;
    private int _graphStart;
    private int _graphEnd;
    private int _graphLaunches;
    private long _firstFrame;

    /// <summary>Where the maps of the first staging's frames lie on the device.</summary>
    internal View Results => _staging[0]!.Results;

    /// <summary>Hears of what the host issues and waits for, in order; for tests.</summary>
    internal Action<string>? Observer { get; set; }

    /// <inheritdoc/>
    public int Run(in Frame frame, CancellationToken cancellation) => Run(frame, profile: false, cancellation);

    /// <inheritdoc/>
    public int RunProfiled(in Frame frame, CancellationToken cancellation) => Run(frame, profile: true, cancellation);

    /// <inheritdoc/>
    public void Submit(in Frame frame, CancellationToken cancellation)
    {
        Finish();
        Submit(frame, profile: false, cancellation);
    }

    /// <inheritdoc/>
    public int Collect(in Frame frame, CancellationToken cancellation)
    {
        Staging staging = _running ?? throw new InvalidOperationException("There is no submitted frame to collect.");
        _running = null;
        Queue queue = _queue;
        try
        {
            try
            {
                staging.Failure?.Throw();
                if (_waiting is not null)
                {
                    Observer?.Invoke($"wait for launches {staging.Frame}");
                    queue.Wait();
                    queue = _copies;
                }
            }
            finally
            {
                LaunchWaiting(cancellation);
            }

            Download(staging, frame, queue);
        }
        catch (Exception cause) when (_device.Device.Reason(cause) is not null)
        {
            throw _device.Failed("a frame", cause);
        }

        return staging.Measured;
    }

    private int Run(in Frame frame, bool profile, CancellationToken cancellation)
    {
        Finish();
        if (_staging[0] is not null)
        {
            Submit(frame, profile, cancellation);
            return Collect(frame, cancellation);
        }

        // Operators without an input preparation have no frame; tests and tools run them so.
        Launch(null, profile, cancellation);
        Perform("a frame", []);
        return 0;
    }

    private void Submit(in Frame frame, bool profile, CancellationToken cancellation)
    {
        if (_waiting is not null)
        {
            throw new InvalidOperationException("Two frames are submitted, and one must be collected before the next.");
        }

        bool alone = _running is null;
        Staging staging = alone || _running == _staging[1] ? _staging[0]! : _staging[1] ??= new Staging(_device, _queue, 1, _staging[0]!.Shape);
        staging.Frame = _frames++;
        try
        {
            Observer?.Invoke($"copy in {staging.Frame}");
            staging.Upload(frame, alone ? _queue : _copies);
        }
        catch (Exception cause) when (_device.Device.Reason(cause) is not null)
        {
            throw _device.Failed("the copy of a frame to the device", cause);
        }

        if (alone)
        {
            Launch(staging, profile, cancellation);
            _running = staging;
        }
        else
        {
            _waiting = staging;
        }
    }

    /// <summary>The frame that is copied in becomes the one that runs. Where that fails, it is that frame's failure.</summary>
    private void LaunchWaiting(CancellationToken cancellation)
    {
        if (_waiting is not { } next)
        {
            return;
        }

        (_running, _waiting) = (next, null);
        try
        {
            Observer?.Invoke($"wait for copy in {next.Frame}");
            _copies.Wait();
            Launch(next, profile: false, cancellation);
        }
        catch (Exception cause)
        {
            next.Failure = ExceptionDispatchInfo.Capture(cause);
        }
    }

    private void Launch(Staging? staging, bool profile, CancellationToken cancellation)
    {
        _current = staging;
        Observer?.Invoke($"launch {staging?.Frame}");
        int step = 0;
        try
        {
            for (; step < _steps.Count; step++)
            {
                if (step == _graphStart && !profile && Graph(staging) is { } graph)
                {
                    cancellation.ThrowIfCancellationRequested();
                    _queue.Run(graph);
                    KernelLaunches += _graphLaunches;
                    step = _graphEnd - 1;
                    continue;
                }

                cancellation.ThrowIfCancellationRequested();
                long start = Stopwatch.GetTimestamp();
                Launch[] launches = _steps[step].Launches(staging);
                foreach (Launch launch in launches)
                {
                    _queue.Run(launch);
                }

                KernelLaunches += launches.Length;
                if (profile)
                {
                    _queue.Wait();
                    _plan[step].Ticks += ReplayTicks(launches) ?? Stopwatch.GetTimestamp() - start;
                }
            }
        }
        catch (Exception cause) when (_device.Device.Reason(cause) is not null)
        {
            throw _device.Failed(_steps[step].Name, cause);
        }
    }

    /// <summary>
    /// All launches between input and output as one, where the device can replay them: their arguments are the same in each frame, so one
    /// graph serves both stagings and all sizes of frames. The first frame launches plainly, for drivers load modules at a first launch.
    /// What cannot be captured goes on being launched plainly, with a note.
    /// </summary>
    private Launch? Graph(Staging? staging)
    {
        if (_graph is null && !_isCaptured && staging?.Frame > _firstFrame)
        {
            Capture(staging);
        }

        return _graph;
    }

    private void Capture(Staging staging)
    {
        _isCaptured = true;
        Launch[] launches = [.. _steps[_graphStart.._graphEnd].SelectMany(step => step.Launches(staging))];
        try
        {
            (_graph, _graphLaunches) = (_queue.Capture(launches), launches.Length);
        }
        catch (Exception cause) when (_device.Device.Reason(cause) is { } reason)
        {
            Note($"{_device.Name}: the launches of a frame are not captured as a CUDA graph: {reason}.");
        }
    }

    /// <summary>
    /// The time of launches without that of launching and waiting, where the device can replay many of them as one; they leave the same
    /// results each time.
    /// </summary>
    private long? ReplayTicks(Launch[] launches)
    {
        const int Times = 20;
        Launch[] repeated = Repeat(launches, Times);
        if (repeated.Length > 1)
        {
            return null;
        }

        using Launch graph = repeated[0];
        _queue.Run(graph);
        _queue.Wait();
        long start = Stopwatch.GetTimestamp();
        _queue.Run(graph);
        _queue.Wait();
        return (Stopwatch.GetTimestamp() - start) / Times;
    }

    private void Download(Staging staging, in Frame frame, Queue queue)
    {
        Observer?.Invoke($"copy out {staging.Frame}");
        staging.DownloadCounts(queue);
        for (int slot = 0; slot < _maps.Count; slot++)
        {
            if (Map(frame, _maps[slot].Map).Length > 0)
            {
                staging.DownloadMap(slot, queue);
            }
        }

        Observer?.Invoke($"wait for copy out {staging.Frame}");
        queue.Wait();
        for (int slot = 0; slot < _maps.Count; slot++)
        {
            staging.Hand(slot, Map(frame, _maps[slot].Map));
        }
    }

    private static Span<float> Map(in Frame frame, OutputMap map) => map switch
    {
        OutputMap.Dense => frame.Dense,
        OutputMap.Global => frame.Global,
        OutputMap.Local => frame.Local,
        _ => frame.Confidence,
    };
}
