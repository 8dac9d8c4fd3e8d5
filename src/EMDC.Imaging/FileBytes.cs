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

        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
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
                throw new InvalidDataException(
                    $"{path}: the file has {stream.Length} bytes, but at most {Array.MaxLength} can be read.");
            }

            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FileNotFoundException($"{path}: there is no such file.", path, error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"{path}: the file may not be read (permission denied).", error);
        }
        catch (EndOfStreamException error)
        {
            throw new IOException($"{path}: the file became shorter while it was read.", error);
        }
    }
}
