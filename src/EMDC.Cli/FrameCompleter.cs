using System.Diagnostics;
using EMDC.Cli.View;
using EMDC.Geometry;
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

    /// <summary>Whether the engine searches for where the colours lie to the depth, and so what it found is worth telling.</summary>
    public bool SearchesRegistration { get; init; } = true;

    /// <summary>How measurements get onto the colour frame's pixels.</summary>
    public Alignment Alignment { get; init; } = new();

    /// <param name="files">What to read and write.</param>
    /// <param name="note">Takes sentences about what looks odd in the input.</param>
    /// <exception cref="Exception">One of those that <see cref="CommandLine.IsExpected"/> knows.</exception>
    public LoadedFrame Read(FrameFiles files, Action<string> note)
    {
        var (rgb, sparse) = Alignment.ReadFrame(files.Rgb, files.Depth, reading, note);
        return new LoadedFrame(files, rgb, sparse, note);
    }

    /// <summary>Whether the engine takes this frame in now, or only after an earlier one is finished.</summary>
    public bool CanSubmit(LoadedFrame frame) => engine.CanSubmit(frame.Sparse.Metres, frame.Rgb.Height, frame.Rgb.Width);

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
        float[] dense = new float[pixels], global = Wanted(files.Global), local = Wanted(files.Local), confidence = Wanted(files.Confidence), uncertainty = Wanted(files.Uncertainty);
        var maps = new DepthMaps { Dense = dense, Global = global, Local = local, Confidence = confidence, Uncertainty = uncertainty };
        long start = Stopwatch.GetTimestamp();
        int spots = Collect(maps);
        frame.InEngine += Stopwatch.GetElapsedTime(start);
        int beyond = sparse.Metres.Count(metres => metres > 0) - spots;

        // More than a tenth was asked about when the file was read.
        if (beyond > 0 && 10L * beyond <= spots + beyond)
        {
            note($"{files.Depth}: {beyond} of {spots + beyond} spots lie beyond {maxDepth} m and were dropped (--max-depth).");
        }

        FrameReport report = engine.Report;
        if (report.Used < report.Needed)
        {
            note($"{files.Depth}: {spots} {(spots == 1 ? "spot is" : "spots are")} fewer than the network can use ({report.Needed} at {report.Height}×{report.Width}); between them the depth is little more than a guess.");
        }

        if (SearchesRegistration && report.Shift is not { Down: 0, Right: 0 } and var shift)
        {
            note($"{files.Rgb}: the colours lie beside the depth by {shift.Down},{shift.Right} pixels (down, right), which was taken into account; --registration {shift.Down},{shift.Right} takes it as known, 0,0 leaves them as they are.");
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
        Write(files.Uncertainty, uncertainty, _scale);
        if (files.Preview is { } preview)
        {
            Preview.Write(preview, rgb, sparse, dense);
        }

        if (files.Cloud is { } cloud)
        {
            PlyFile.Write(cloud, PointCloud.Of(dense, Laid(), Alignment.Colour(files.Rgb, rgb)));
        }

        if (files.View is { } view)
        {
            Camera? camera = Alignment.Calibration?.Rgb is null ? null : Alignment.Colour(files.Rgb, rgb);
            CloudView.Write(view, Path.GetFileName(files.Rgb), Laid(), sparse, dense, camera);
        }

        return new FrameResult(height, width, report, frame.InEngine.TotalMilliseconds, nearest, farthest);

        // A point's colour is that of its depth.
        RgbImage Laid()
        {
            if (report.Shift == PixelShift.None)
            {
                return rgb;
            }

            var laid = new byte[rgb.Pixels.Length];
            report.Shift.Lay(rgb.Pixels, laid, height, width);
            return new RgbImage(width, height, laid);
        }

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

/// <summary>A frame whose files are read.</summary>
/// <param name="Files">Where it came from and where its results go.</param>
/// <param name="Rgb">The colour frame.</param>
/// <param name="Sparse">The sparse depth, of the same size.</param>
/// <param name="Note">Takes sentences about what looks odd in it.</param>
internal sealed record LoadedFrame(FrameFiles Files, RgbImage Rgb, DepthMap Sparse, Action<string> Note)
{
    /// <summary>Time of the calls to the engine for it, so without files; what a device does beside them costs nothing.</summary>
    public TimeSpan InEngine { get; set; }
}

/// <summary>The files of one frame; outputs that are null are not wanted.</summary>
internal sealed record FrameFiles(string Rgb, string Depth, string Output)
{
    public string? Global { get; init; }
    public string? Local { get; init; }
    public string? Confidence { get; init; }
    public string? Preview { get; init; }
    public string? Uncertainty { get; init; }
    public string? Cloud { get; init; }
    public string? View { get; init; }
}

/// <summary>What is told about a completed frame.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Report">Spots, the size that the network worked at, and what was bounded.</param>
/// <param name="Milliseconds">Time of the network, without files.</param>
/// <param name="Nearest">Smallest depth of the result, metres.</param>
/// <param name="Farthest">Largest depth of the result, metres.</param>
internal sealed record FrameResult(int Height, int Width, FrameReport Report, double Milliseconds, float Nearest, float Farthest);

/// <summary>The one line about a completed frame: device, size, the network's size where it is another, spots, ms, kernel launches where there are any, range.</summary>
internal static class CompletionLine
{
    public static string Device(DeviceInfo device) => $"{device.Name} ({device.Description})";

    /// <summary>The launches as a further part of a line; the CPU has none and says nothing about them.</summary>
    public static string Launches(long launches) => launches == 0 ? "" : $", {launches} kernel launches";

    // The time of a process's first frame has the preparation for its size in it, so it is called what it is.
    public static string Of(Emdc engine, FrameResult result) =>
        $"{Device(engine.Device)}: {result.Height}×{result.Width}{Scale(result)}, {result.Report.Spots} spots, {result.Milliseconds:F1} ms (first frame){Launches(engine.KernelLaunches)}, {result.Nearest:F2}–{result.Farthest:F2} m{Bounded(result.Report)}";

    private static string Scale(FrameResult result) =>
        (result.Report.Height, result.Report.Width) == (result.Height, result.Width) ? "" : $" by way of {result.Report.Height}×{result.Report.Width} (--scale)";

    private static string Bounded(FrameReport report) => report.Bounded == 0 ? "" : $", {report.Bounded} pixels bounded from below";
}
