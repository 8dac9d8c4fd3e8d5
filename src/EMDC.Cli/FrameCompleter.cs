using System.Diagnostics;
using EMDC.Imaging;

namespace EMDC.Cli;

/// <summary>
/// Frames from files to files: <see cref="Read"/>, <see cref="Submit"/>, <see cref="Finish"/>. A second frame can be read and submitted
/// before the first is finished, and then a device works on one while the other's files are read and its images copied.
/// </summary>
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
    /// <exception cref="Exception">One of those that <see cref="CommandLine.IsExpected"/> knows.</exception>
    public LoadedFrame Read(FrameFiles files, Action<string> note)
    {
        RgbImage rgb = RgbFile.Read(files.Rgb);
        DepthMap sparse = DepthFile.Read(files.Depth, reading);
        Registration.Check(files.Rgb, rgb, files.Depth, sparse);
        DepthNotes.Tell(files.Depth, sparse, note);
        return new LoadedFrame(files, rgb, sparse, note);
    }

    /// <summary>Whether the engine takes this frame in now, or only after an earlier one is finished.</summary>
    public bool CanSubmit(LoadedFrame frame) => engine.CanSubmit(frame.Rgb.Height, frame.Rgb.Width);

    /// <summary>Gives a frame to the engine.</summary>
    /// <exception cref="Exception">One of those that <see cref="CommandLine.IsExpected"/> knows; the frame need not be finished.</exception>
    public void Submit(LoadedFrame frame)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            engine.Submit(frame.Rgb.Pixels, frame.Sparse.Metres, frame.Rgb.Height, frame.Rgb.Width, interrupt);
        }
        catch (EmdcException error)
        {
            throw OfFile(frame.Files, error);
        }

        frame.InEngine += Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Writes the files of the frame that was submitted first.</summary>
    /// <exception cref="Exception">One of those that <see cref="CommandLine.IsExpected"/> knows; no output was begun for an input that does
    /// not serve.</exception>
    public FrameResult Finish(LoadedFrame frame)
    {
        (FrameFiles files, RgbImage rgb, DepthMap sparse, Action<string> note) = frame;
        int height = rgb.Height, width = rgb.Width, pixels = height * width;
        float[] dense = new float[pixels], global = Wanted(files.Global), local = Wanted(files.Local), confidence = Wanted(files.Confidence);
        var maps = new DepthMaps { Dense = dense, Global = global, Local = local, Confidence = confidence };
        long start = Stopwatch.GetTimestamp();
        int spots = Collect(maps);
        frame.InEngine += Stopwatch.GetElapsedTime(start);
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

        return new FrameResult(height, width, spots, frame.InEngine.TotalMilliseconds, nearest, farthest);

        float[] Wanted(string? path) => path is null ? [] : new float[pixels];

        int Collect(in DepthMaps maps)
        {
            try
            {
                return engine.Collect(maps, interrupt);
            }
            catch (EmdcException error)
            {
                throw OfFile(files, error);
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

    // The engine speaks of a frame; the user has files.
    private static UserError OfFile(FrameFiles files, EmdcException error) => new($"{files.Depth}: {error.Message}", error);
}
