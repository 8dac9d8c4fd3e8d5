namespace EMDC.Cli;

/// <summary>Finds the shipped weights: beside the program, in the repository that it was built in, or around the current folder.</summary>
internal static class WeightsLocator
{
    private const string Folder = "weights";
    private const string File = "emdc.safetensors";

    // Marks the top of the repository: nothing above it belongs to the program.
    private const string Solution = "EMDC.Kernels.sln";

    /// <exception cref="UserError">They are in none of these places; the message names them.</exception>
    public static string Find() => Find(AppContext.BaseDirectory, Directory.GetCurrentDirectory());

    public static string Find(string program, string current)
    {
        foreach (string start in new[] { program, current })
        {
            for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
            {
                string path = Path.Combine(folder.FullName, Folder, File);
                if (System.IO.File.Exists(path))
                {
                    return path;
                }

                if (System.IO.File.Exists(Path.Combine(folder.FullName, Solution)))
                {
                    break;
                }
            }
        }

        throw new UserError(
            $"There is no {Folder}/{File} in {Path.TrimEndingDirectorySeparator(program)} or above it, nor in {current} or above it; --weights FILE names other weights.");
    }
}
