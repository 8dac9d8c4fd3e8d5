using System.Diagnostics;
using EMDC.Evaluation;
using EMDC.Imaging;

namespace EMDC.Cli.Evaluation;

/// <summary>Runs the network and the baselines on frames whose truth is known.</summary>
/// <param name="engine">The network.</param>
/// <param name="baselines">What it is compared with.</param>
/// <param name="keepMeasured">Whether the network's result with the measurements written over it is a method of its own.</param>
/// <param name="reading">How depth files are read.</param>
/// <param name="maxDepth">Spots beyond are dropped.</param>
/// <param name="interrupt">Ends the work between two operators.</param>
internal sealed class Evaluator(
    Emdc engine, IReadOnlyList<IBaseline> baselines, bool keepMeasured, DepthReadOptions reading, float maxDepth, CancellationToken interrupt)
{
    public const string Network = "EMDC", Kept = "EMDC, measurements kept";

    private (int Height, int Width) _warm;
    private int _shifted;

    /// <param name="set">The frames.</param>
    /// <param name="note">Takes sentences about what looks odd in a file, and that file.</param>
    /// <param name="done">Told after each frame: its number in the list, the frame and what the methods, in order, made of it; valid only
    /// during the call.</param>
    /// <exception cref="UserError">A frame does not serve; means over the others would be of another set.</exception>
    public SetResult Run(EvaluationSet set, Action<string, string> note, Action<int, EvaluationFrame, IReadOnlyList<float[]>> done)
    {
        MethodResult[] methods =
        [
            new(Network, set.Lines.Count),
            .. keepMeasured ? [new MethodResult(Kept, set.Lines.Count, isTimed: false)] : Array.Empty<MethodResult>(),
            .. baselines.Select(baseline => new MethodResult(baseline.Name, set.Lines.Count)),
        ];
        bool hasHoles = false;
        long spots = 0;
        _shifted = 0;

        // Scene by scene, so that the sums of one scene only are in memory. A line without a name is a scene of its own, under a name
        // that no line can have.
        foreach (var scene in set.Lines.Select((line, i) => (Line: line, Index: i)).GroupBy(entry => entry.Line.Scene ?? $"\n{entry.Index}"))
        {
            Rtsd[]? rtsd = null;
            (int Height, int Width)? size = null;
            foreach (var (line, index) in scene)
            {
                interrupt.ThrowIfCancellationRequested();
                try
                {
                    var frame = EvaluationFrame.Read(set, line, reading, maxDepth, note);
                    size ??= (frame.Height, frame.Width);
                    if (size is var (height, width) && (height, width) != (frame.Height, frame.Width))
                    {
                        throw new UserError(
                            $"the frame is {frame.Height}×{frame.Width}, but the scene '{scene.Key}' began with {height}×{width} (height × width); frames of a static scene are of one size.");
                    }

                    rtsd ??= scene.Count() > 1 ? [.. methods.Select(_ => new Rtsd(frame.Pixels))] : [];
                    var truth = new FrameTruth(frame.Sparse, frame.Truth, frame.Height, frame.Width);
                    (float[] Dense, double Milliseconds)[] results = [.. Complete(frame)];
                    for (int m = 0; m < methods.Length; m++)
                    {
                        methods[m].Set(index, truth.Errors(results[m].Dense), results[m].Milliseconds);
                        rtsd.ElementAtOrDefault(m)?.Add(results[m].Dense);
                    }

                    hasHoles |= truth.HasHoles;
                    spots += frame.Sparse.Count(metres => metres > 0);
                    done(index, frame, [.. results.Select(result => result.Dense)]);
                }
                catch (Exception error) when (CommandLine.IsExpected(error))
                {
                    throw new UserError($"{set.List}:{line.Number}: {CommandLine.Describe(error)}", error);
                }
            }

            for (int m = 0; m < rtsd!.Length; m++)
            {
                methods[m].SetRtsd(scene.Key, rtsd[m].Value()!.Value);
            }
        }

        return new SetResult(set, methods, hasHoles, (double)spots / set.Lines.Count, _shifted);
    }

    private IEnumerable<(float[] Dense, double Milliseconds)> Complete(EvaluationFrame frame)
    {
        if (_warm != (frame.Height, frame.Width))
        {
            // What is done once for a size, and compiling, is no frame's time.
            engine.WarmUp(frame.Height, frame.Width);
            foreach (IBaseline baseline in baselines)
            {
                baseline.Complete(frame.Rgb.Pixels, frame.Sparse, new float[frame.Pixels], frame.Height, frame.Width);
            }

            _warm = (frame.Height, frame.Width);
        }

        var dense = new float[frame.Pixels];
        long start = Stopwatch.GetTimestamp();
        engine.Complete(frame.Rgb.Pixels, frame.Sparse, dense, frame.Height, frame.Width, interrupt);
        double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        _shifted += engine.Report.Shift == PixelShift.None ? 0 : 1;
        if (!dense.All(float.IsFinite))
        {
            throw new UserError("the network's result is not finite; do the weights fit this kind of input?");
        }

        yield return (dense, milliseconds);
        if (keepMeasured)
        {
            yield return ([.. dense.Select((metres, i) => frame.Sparse[i] > 0 ? frame.Sparse[i] : metres)], 0);
        }

        foreach (IBaseline baseline in baselines)
        {
            interrupt.ThrowIfCancellationRequested();
            var result = new float[frame.Pixels];
            start = Stopwatch.GetTimestamp();
            baseline.Complete(frame.Rgb.Pixels, frame.Sparse, result, frame.Height, frame.Width);
            yield return (result, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
    }
}
