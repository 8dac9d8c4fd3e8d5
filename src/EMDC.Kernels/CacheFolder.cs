namespace EMDC.Kernels;

/// <summary>Where what was found out about devices is kept: the folder emdc in the user's cache folder.</summary>
internal static class CacheFolder
{
    public static string Path
    {
        get
        {
            string folder = OperatingSystem.IsWindows()
                ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify)
                : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
                    ? cache
                    : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".cache");
            return System.IO.Path.Combine(folder, "emdc");
        }
    }
}
