namespace EMDC.Cli;

/// <summary>
/// The files of a run, so that it never writes over one that it reads, and never writes one twice. Files are compared, not names: links
/// are resolved, and where the file system takes no notice of case, neither does this.
/// </summary>
/// <param name="isCaseSensitive">Whether a folder tells names apart by case; by default the folder is asked.</param>
internal sealed class RunFiles(Func<string, bool>? isCaseSensitive = null)
{
    private readonly Func<string, bool> _isCaseSensitive = isCaseSensitive ?? IsCaseSensitive;
    private readonly Dictionary<string, (string Path, string By)> _read = [], _written = [];
    private readonly Dictionary<string, (string Real, bool IsCaseSensitive)> _folders = [];

    /// <param name="path">The file.</param>
    /// <param name="by">What reads it, an option or a line of a list.</param>
    /// <exception cref="UserError">The run writes it.</exception>
    public void Reads(string? path, string by)
    {
        if (!string.IsNullOrEmpty(path) && Identity(path) is var file && _read.TryAdd(file, (path, by)) && _written.TryGetValue(file, out var writer))
        {
            throw Overwritten(writer, (path, by));
        }
    }

    /// <param name="path">The file; null and empty are none.</param>
    /// <param name="by">What it is the result of, an option or a line of a list.</param>
    /// <exception cref="UserError">The run reads it, or writes it already.</exception>
    public void Writes(string? path, string by)
    {
        if (string.IsNullOrEmpty(path))
        {
            return;
        }

        string file = Identity(path);
        if (_read.TryGetValue(file, out var reader))
        {
            throw Overwritten((path, by), reader);
        }

        if (!_written.TryAdd(file, (path, by)))
        {
            throw new UserError($"{_written[file].By} and {by} would both be written to {path}.");
        }
    }

    private static UserError Overwritten((string Path, string By) writer, (string Path, string By) reader) =>
        new($"{writer.By} would be written to {writer.Path}, but that file is read by {reader.By} ({reader.Path}).");

    /// <summary>A name that all names of a file share.</summary>
    private string Identity(string path)
    {
        string real = Real(Path.GetFullPath(path));
        return Folder(Path.GetDirectoryName(real) ?? real).IsCaseSensitive ? real : real.ToUpperInvariant();
    }

    /// <summary>The path without links, as far as it exists.</summary>
    private string Real(string full)
    {
        if (Path.GetDirectoryName(full) is not { } folder)
        {
            return full;
        }

        string here = Path.Combine(Folder(folder).Real, Path.GetFileName(full));
        try
        {
            // The last target is no link itself, but may be named through folders that are.
            return File.ResolveLinkTarget(here, returnFinalTarget: true) is { } target ? Real(target.FullName) : here;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // What does not exist is no link; links in a circle are nothing that can be read.
            return here;
        }
    }

    private (string Real, bool IsCaseSensitive) Folder(string full)
    {
        if (!_folders.TryGetValue(full, out var folder))
        {
            string real = Real(full);
            _folders[full] = folder = (real, _isCaseSensitive(real));
        }

        return folder;
    }

    /// <summary>The first name with a letter in it answers; of a folder that is empty or not there yet, the one that it lies in.</summary>
    private static bool IsCaseSensitive(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                foreach (string path in Directory.EnumerateFileSystemEntries(folder))
                {
                    string name = Path.GetFileName(path), other = name.ToUpperInvariant();
                    other = other == name ? name.ToLowerInvariant() : other;
                    if (other != name)
                    {
                        return !Path.Exists(Path.Combine(folder, other))
                            || Directory.EnumerateFileSystemEntries(folder).Any(entry => Path.GetFileName(entry) == other);
                    }
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A folder that may not be listed; the one above it is mostly on the same file system.
        }

        return Path.GetDirectoryName(folder) is { } parent ? IsCaseSensitive(parent) : !OperatingSystem.IsWindows();
    }
}
