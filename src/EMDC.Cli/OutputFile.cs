using EMDC.Imaging;

namespace EMDC.Cli;

/// <summary>Finds out before the network runs whether an output can be written.</summary>
internal static class OutputFile
{
    /// <exception cref="IOException">Its extension names no depth format, or it cannot be written.</exception>
    public static void CheckDepth(string? path)
    {
        if (path is not null)
        {
            DepthFile.CheckExtension(path);
            Check(path);
        }
    }

    /// <exception cref="IOException">It is no PNG, or it cannot be written.</exception>
    public static void CheckPreview(string? path) => Check(path, ".png", "a preview");

    /// <exception cref="IOException">It has another extension, or it cannot be written.</exception>
    public static void Check(string? path, string extension, string what)
    {
        if (path is not null)
        {
            if (!Path.GetExtension(path).Equals(extension, StringComparison.OrdinalIgnoreCase))
            {
                throw new IOException($"{path}: the extension is '{Path.GetExtension(path)}', but {what} is written as {extension}.");
            }

            Check(path);
        }
    }

    /// <summary>Makes the folder of a batch's results where it is missing; the folder that it lies in must be there.</summary>
    /// <exception cref="IOException">It cannot be made, or nothing can be written to it.</exception>
    public static void MakeFolder(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (File.Exists(full))
        {
            throw new IOException($"{path}: this is a file, but a folder is needed.");
        }

        if (!Directory.Exists(full))
        {
            CheckFolder(path, Path.GetDirectoryName(full)!);
            Directory.CreateDirectory(full);
        }

        CheckFolder(path, full);
    }

    /// <summary>Tries to make a file in a folder.</summary>
    /// <param name="path">What the message is about.</param>
    /// <param name="folder">Where the file will be.</param>
    /// <exception cref="IOException">Nothing can be written there.</exception>
    private static void CheckFolder(string path, string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new IOException($"{path}: the folder {folder} does not exist.");
        }

        try
        {
            string probe = Path.Combine(folder, $".emdc.{Path.GetRandomFileName()}");
            new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{path}: nothing can be written to the folder {folder}.", error);
        }
    }

    private static void Check(string path)
    {
        string full = Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            throw new IOException($"{path}: this is a folder, but a file is to be written.");
        }

        CheckFolder(path, Path.GetDirectoryName(full)!);
    }
}
