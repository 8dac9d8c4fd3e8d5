namespace EMDC.Testing;

/// <summary>The clone that the tests run in.</summary>
public static class Clone
{
    /// <summary>The folder of EMDC.Kernels.sln.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "EMDC.Kernels.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests must run in a clone.");
        }

        return folder;
    }
}
