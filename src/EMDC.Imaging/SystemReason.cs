namespace EMDC.Imaging;

/// <summary>What the system said about a file, without the path that .NET adds.</summary>
internal static class SystemReason
{
    public static string Of(Exception error)
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
}
