namespace EMDC.Imaging;

/// <summary>Reads whole files; what the system objects to becomes one sentence that names the file.</summary>
internal static class FileBytes
{
    public static byte[] Read(string path)
    {
        if (Directory.Exists(path))
        {
            throw new IOException($"{path}: this is a folder, but a file was needed.");
        }

        using var stream = Open(path);
        if (!stream.CanSeek)
        {
            throw new IOException($"{path}: this is a pipe or a device, but a regular file was needed.");
        }

        if (stream.Length == 0)
        {
            throw new InvalidDataException($"{path}: the file is empty.");
        }

        if (stream.Length > Array.MaxLength)
        {
            throw new InvalidDataException($"{path}: the file has {stream.Length} bytes, but at most {Array.MaxLength} can be read.");
        }

        var bytes = new byte[stream.Length];
        try
        {
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (IOException error)
        {
            throw Failure(path, error);
        }
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException or ArgumentException)
        {
            throw new FileNotFoundException($"{path}: there is no such file.", path, error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Failure(path, error);
        }
    }

    private static IOException Failure(string path, Exception error) =>
        new($"{path}: the file cannot be read ({AtomicFile.Reason(error)}).", error);
}
