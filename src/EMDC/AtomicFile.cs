namespace EMDC;

/// <summary>
/// A file that appears whole or not at all: it is written under a temporary name in the same folder and renamed by
/// <see cref="Commit"/>. Disposed before that, it leaves nothing behind.
/// </summary>
public sealed class AtomicFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;

    /// <summary>Writes a whole file.</summary>
    /// <param name="path">Its name; the folder must exist.</param>
    /// <param name="content">Writes the content.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, Action<FileStream> content)
    {
        using var file = new AtomicFile(path);
        try
        {
            content(file.Stream);
        }
        catch (Exception error) when (IsFailure(error))
        {
            throw Failure(path, error);
        }

        file.Commit();
    }

    /// <summary>Makes the temporary file.</summary>
    /// <param name="path">The name that <see cref="Commit"/> gives it; the folder must exist.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public AtomicFile(string path)
    {
        _path = path;
        string full = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(full) ?? full;
        if (Directory.Exists(full))
        {
            throw new IOException($"{path}: this is a folder, but a file is to be written.");
        }

        if (!Directory.Exists(folder))
        {
            throw new IOException($"{path}: the folder {folder} does not exist.");
        }

        _temporary = Path.Combine(folder, $".{Path.GetFileName(full)}.{Path.GetRandomFileName()}");
        try
        {
            Stream = new FileStream(_temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16);
        }
        catch (Exception error) when (IsFailure(error))
        {
            throw Failure(path, error);
        }
    }

    /// <summary>Where the content goes. Seekable, because an EXR's table of offsets is known only after its chunks.</summary>
    public FileStream Stream { get; }

    /// <summary>
    /// Whether an exception is about the file system. .NET turns EFBIG, a file larger than the file system or a limit allows, into an
    /// <see cref="ArgumentOutOfRangeException"/>.
    /// </summary>
    public static bool IsFailure(Exception error) => error is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException;

    /// <summary>The sentence for what the system said while <paramref name="path"/> was written.</summary>
    public static IOException Failure(string path, Exception error) =>
        new($"{path}: the file cannot be written ({Reason(error)}).", error);

    /// <summary>What the system said about a file, without the path that .NET adds.</summary>
    public static string Reason(Exception error)
    {
        if (error is UnauthorizedAccessException)
        {
            return "permission denied";
        }

        // A temporary name cannot be created: /proc answers so.
        if (error is FileNotFoundException)
        {
            return "its folder takes no new files";
        }

        if (error is ArgumentOutOfRangeException)
        {
            return "larger than the file system or a limit allows";
        }

        // "No space left on device : '/a/.b.exr.x1y2'"
        int end = error.Message.IndexOf(" : '", StringComparison.Ordinal);
        return (end < 0 ? error.Message : error.Message[..end]).TrimEnd('.');
    }

    /// <summary>Flushes, closes and gives the file its name.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Commit()
    {
        try
        {
            Stream.Dispose();
            File.Move(_temporary, _path, overwrite: true);
        }
        catch (Exception error) when (IsFailure(error))
        {
            throw Failure(_path, error);
        }
    }

    /// <summary>Removes the temporary file where <see cref="Commit"/> was not called.</summary>
    public void Dispose()
    {
        try
        {
            Stream.Dispose();
        }
        catch (Exception error) when (IsFailure(error))
        {
            // The flush of a full disk fails once more; the first failure is already on its way.
        }

        // After Commit there is nothing left under this name.
        File.Delete(_temporary);
    }
}
