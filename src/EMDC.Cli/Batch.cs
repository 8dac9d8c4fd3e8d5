namespace EMDC.Cli;

/// <summary>
/// The frames of a list, one after the other; on a device the next one is read and copied in while one runs. A frame that does not serve is
/// reported and left out; files appear whole or not at all.
/// </summary>
/// <param name="List">The list's file.</param>
/// <param name="Folder">Where results go.</param>
/// <param name="Extension">Their format, <c>.exr</c> for example.</param>
/// <param name="SkipExisting">Whether frames whose result is there are left out.</param>
internal sealed record Batch(string List, string Folder, string Extension, bool SkipExisting)
{
    /// <summary>Which of how many shares of the list is done, counted from 1: 3 of 16 is its third line and every sixteenth after it.</summary>
    public (int Number, int Of) Shard { get; init; } = (1, 1);

    /// <summary>Where a summary goes; null is nowhere.</summary>
    public string? Report { get; init; }

    /// <summary>
    /// Reads the list and names the results: the colour frame's path with the new extension, below the list's folder where all colour
    /// frames lie in it, otherwise below the deepest folder that all of them share. So frames of the same name in different folders stay apart.
    /// </summary>
    /// <param name="run">Learns what the run reads and writes.</param>
    /// <exception cref="UserError">The list is invalid, two lines have the same result, or a result would replace a file that a line names.</exception>
    public List<(int Line, FrameFiles Files)> Frames(RunFiles run)
    {
        string root = Path.GetDirectoryName(Path.GetFullPath(List))!;
        IReadOnlyList<DataLine> lines = DataList.Read(List);
        string[] colours = [.. lines.Select(line => Path.GetFullPath(line.Rgb, root))];
        string top = CommonFolder([Path.Combine(root, "."), .. colours]) == root ? root : CommonFolder(colours);
        run.Reads(List, "--list");
        run.Writes(Report, "--report");
        var frames = new List<(int, FrameFiles)>();
        foreach (var (line, colour) in lines.Zip(colours))
        {
            // Drives without a common folder each get one.
            string name = top.Length > 0 ? Path.GetRelativePath(top, colour) : colour.Replace(":", "").TrimStart(Path.DirectorySeparatorChar);
            var files = new FrameFiles(colour, Path.GetFullPath(line.Depth, root), Path.Combine(Folder, Path.ChangeExtension(name, Extension)));
            string by = $"{List}:{line.Number}";
            foreach (string? path in new[] { files.Rgb, files.Depth, line.Truth is null ? null : Path.GetFullPath(line.Truth, root) })
            {
                run.Reads(path, by);
            }

            run.Writes(files.Output, by);
            frames.Add((line.Number, files));
        }

        // Names and conflicts are those of the whole list, so that shares of it never meet.
        return [.. frames.Where((_, i) => i % Shard.Of == Shard.Number - 1)];
    }

    /// <summary>The deepest folder that all files lie in; empty where they lie on different drives.</summary>
    private static string CommonFolder(string[] files)
    {
        string common = Path.GetDirectoryName(files[0])!;
        foreach (string file in files)
        {
            while (common.Length > 0 && !file.StartsWith(Path.EndsInDirectorySeparator(common) ? common : common + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                common = Path.GetDirectoryName(common) ?? "";
            }
        }

        return common;
    }

    /// <returns>The exit code.</returns>
    public int Run(List<(int Line, FrameFiles Files)> frames, FrameCompleter completer, Emdc engine, string weights, Terminal terminal, bool quiet)
    {
        var report = new BatchReport
        {
            List = List,
            Shard = Shard.Of == 1 ? null : $"{Shard.Number}/{Shard.Of}",
            Weights = weights,
            Device = CompletionLine.Device(engine.Device),
        };
        bool interrupted = false;
        var submitted = new Queue<(int Line, LoadedFrame Frame)>();
        using var progress = new ProgressBar(quiet || terminal.IsErrorRedirected ? null : terminal.Error, frames.Count);
        var notes = new NotesOnce(quiet ? null : terminal.Error, progress);
        foreach (var (line, files) in frames)
        {
            if (interrupted |= terminal.Interrupt.IsCancellationRequested)
            {
                break;
            }

            if (SkipExisting && File.Exists(files.Output))
            {
                Add(line, files, FrameStatus.Skipped);
                continue;
            }

            Try(line, files, () =>
            {
                Directory.CreateDirectory(Path.GetDirectoryName(files.Output)!);
                LoadedFrame frame = completer.Read(files, note => notes.Say(files.Depth, note));
                while (!completer.CanSubmit(frame))
                {
                    FinishOldest();
                }

                completer.Submit(frame);
                submitted.Enqueue((line, frame));
            });
            if (submitted.Count > 1)
            {
                FinishOldest();
            }
        }

        // After Ctrl-C, too: a frame that a device has done is written, and the others say at once that they were cancelled.
        while (submitted.Count > 0)
        {
            FinishOldest();
        }

        progress.Clear();
        report.Interrupted = interrupted;
        if (Report is { } path)
        {
            report.Write(path);
        }

        if (!quiet || interrupted)
        {
            string median = report.MedianMs is { } ms ? $", median {ms:F1} ms a frame" : "";
            (interrupted ? terminal.Error : terminal.Out).WriteLine(
                $"{(interrupted ? "Interrupted: " : "")}{report.Done} of {frames.Count} frames done, {report.Failed} failed, {report.Skipped} skipped{median}{CompletionLine.Launches(engine.KernelLaunches)}, {CompletionLine.Device(engine.Device)}");
        }

        return interrupted ? CommandLine.Interrupted : report.Failed > 0 ? CommandLine.Failed : CommandLine.Done;

        void FinishOldest()
        {
            var (line, frame) = submitted.Dequeue();
            Try(line, frame.Files, () =>
            {
                FrameResult result = completer.Finish(frame);
                Add(line, frame.Files, FrameStatus.Done, entry => entry with
                {
                    Ms = Math.Round(result.Milliseconds, 3),
                    Spots = result.Report.Spots,
                    Bounded = result.Report.Bounded,
                    Shift = [result.Report.Shift.Down, result.Report.Shift.Right],
                    WorkedAt = [result.Report.Height, result.Report.Width],
                    NearestM = result.Nearest,
                    FarthestM = result.Farthest,
                });
            });
        }

        void Add(int line, FrameFiles files, FrameStatus status, Func<FrameEntry, FrameEntry>? more = null)
        {
            var entry = new FrameEntry(line, files.Rgb, files.Output, status);
            report.Frames.Add(more is null ? entry : more(entry));
            progress.Show(report.Frames.Count);
        }

        void Try(int line, FrameFiles files, Action action)
        {
            try
            {
                action();
            }
            catch (OperationCanceledException)
            {
                interrupted = true;
            }
            catch (Exception error) when (CommandLine.IsExpected(error))
            {
                progress.Clear();
                terminal.Error.WriteLine($"{List}:{line}: {CommandLine.Describe(error)}");
                Add(line, files, FrameStatus.Failed, entry => entry with { Reason = CommandLine.Describe(error) });
            }
        }
    }
}
