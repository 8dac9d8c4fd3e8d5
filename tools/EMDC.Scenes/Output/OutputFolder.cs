namespace EMDC.Scenes.Output;

/// <summary>The folder that a command writes to.</summary>
internal static class OutputFolder
{
    /// <summary>Makes it where it is missing, and tries to write to it before hours of rendering.</summary>
    /// <exception cref="IOException">It cannot be made, or nothing can be written to it.</exception>
    public static void Make(string path)
    {
        if (File.Exists(path))
        {
            throw new IOException($"{path}: this is a file, but a folder is needed.");
        }

        try
        {
            Directory.CreateDirectory(path);
            string probe = Path.Combine(path, $".probe.{Path.GetRandomFileName()}");
            new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{path}: nothing can be written to this folder.", error);
        }
    }
}
