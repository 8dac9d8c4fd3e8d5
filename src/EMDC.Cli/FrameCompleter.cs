using System.Diagnostics;
using EMDC.Imaging;

namespace EMDC.Cli;

/// <summary>One frame from files to files.</summary>
internal sealed class FrameCompleter(Emdc engine, DepthReadOptions reading, float maxDepth, CancellationToken interrupt)
{
    /// <summary>Confidence is no depth and has no scale of the input's; integer files hold it in thousandths.</summary>
    private const float ConfidenceScale = 0.001f;

    /// <summary>Metres per unit of integer outputs: as in the input, so that what comes in as KITTI's PNG goes out as one.</summary>
    private readonly float _scale = reading.Scale ?? reading.Format switch
    {
        DepthFormat.Kitti => 1f / 256,
        DepthFormat.Tum => 1f / 5000,
        _ => DepthFile.DefaultScale,
    };

    /// <param name="files">What to read and write.</param>
    /// <param name="note">Takes sentences about what looks odd in the input.</param>
    /// <exception cref="Exception">One of those that <see cref="CommandLine.IsExpected"/> knows; no output was begun for an input that does
    /// not serve.</exception>
    public FrameResult Complete(FrameFiles files, Action<string> note)
    {
        RgbImage rgb = RgbFile.Read(files.Rgb);
        DepthMap sparse = DepthFile.Read(files.Depth, reading);
        int height = rgb.Height, width = rgb.Width, pixels = height * width;
        Registration.Check(files.Rgb, rgb, files.Depth, sparse);
        DepthNotes.Tell(files.Depth, sparse, note);
        float[] dense = new float[pixels], global = Wanted(files.Global), local = Wanted(files.Local), confidence = Wanted(files.Confidence);
        var maps = new DepthMaps { Dense = dense, Global = global, Local = local, Confidence = confidence };
        long launchesBefore = engine.KernelLaunches, start = Stopwatch.GetTimestamp();
        int spots = Run(maps);
        double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        int beyond = sparse.Metres.Count(metres => metres > 0) - spots;
        if (beyond > 0)
        {
            note($"{files.Depth}: {beyond} of {spots + beyond} spots lie beyond {maxDepth} m and were dropped (--max-depth).");
        }

        float nearest = float.PositiveInfinity, farthest = float.NegativeInfinity;
        foreach (float metres in dense)
        {
            (nearest, farthest) = (Math.Min(nearest, metres), Math.Max(farthest, metres));
        }

        if (!float.IsFinite(nearest) || !float.IsFinite(farthest))
        {
            throw new UserError($"{files.Depth}: the network's result is not finite, so nothing was written; do the weights fit this kind of input?");
        }

        DepthFile.Write(files.Output, dense, width, height, _scale);
        Write(files.Global, global, _scale);
        Write(files.Local, local, _scale);
        Write(files.Confidence, confidence, ConfidenceScale);
        if (files.Preview is { } preview)
        {
            Preview.Write(preview, rgb, sparse, dense);
        }

        return new FrameResult(height, width, spots, milliseconds, engine.KernelLaunches - launchesBefore, nearest, farthest);

        float[] Wanted(string? path) => path is null ? [] : new float[pixels];

        int Run(in DepthMaps maps)
        {
            try
            {
                return engine.Complete(rgb.Pixels, sparse.Metres, maps, height, width, interrupt);
            }
            catch (EmdcException error)
            {
                // The engine speaks of a frame; the user has files.
                throw new UserError($"{files.Depth}: {error.Message}", error);
            }
        }

        void Write(string? path, float[] values, float scale)
        {
            if (path is not null)
            {
                DepthFile.Write(path, values, width, height, scale);
            }
        }
    }
}
