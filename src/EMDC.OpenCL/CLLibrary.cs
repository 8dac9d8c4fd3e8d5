using System.Runtime.InteropServices;

namespace EMDC.OpenCL;

/// <summary>Finds the ICD loader, the library that hands calls on to the drivers of the devices.</summary>
internal static class CLLibrary
{
    /// <summary>The name in the declarations of <see cref="CL"/>; the files it stands for differ from system to system.</summary>
    public const string Name = "OpenCL";

    private static readonly Lazy<nint> Handle = new(() => Open(Files));

    // The name without a version comes with the headers, but is all that Android has.
    private static string[] Files =>
        OperatingSystem.IsWindows() ? ["OpenCL.dll"]
        : OperatingSystem.IsMacOS() ? ["/System/Library/Frameworks/OpenCL.framework/OpenCL"]
        : ["libOpenCL.so.1", "libOpenCL.so"];

    /// <summary>Whether there is a loader; nothing of <see cref="CL"/> may be called where there is none.</summary>
    public static bool IsPresent => Handle.Value != 0;

    /// <summary>Loads the first file that is there; 0 if none is.</summary>
    public static nint Open(IEnumerable<string> files)
    {
        foreach (string file in files)
            if (NativeLibrary.TryLoad(file, out nint library))
            {
                NativeLibrary.SetDllImportResolver(typeof(CL).Assembly, (name, _, _) => name == Name ? library : 0);
                return library;
            }
        return 0;
    }
}
