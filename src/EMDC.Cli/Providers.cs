using System.CommandLine;
using EMDC.Cli.Commands;
using EMDC.Kernels;

namespace EMDC.Cli;

/// <summary>Who brings the devices other than <c>cpu</c>.</summary>
internal static class Providers
{
    /// <summary>Those that run hand-written kernels.</summary>
    public static KernelDevices Kernels { get; } = new();

    public static IReadOnlyList<IDeviceProvider> All { get; } = [Kernels];

    /// <summary>
    /// Whether a GPU can be here at all. Without one, <c>auto</c> asks no driver: OpenCL's loads every other one, those of CPUs too, and one that
    /// fails, for lack of memory for example, takes the process with it.
    /// </summary>
    public static bool MayBeGpu => !OperatingSystem.IsLinux() || IsGpuIn(Path.Exists("/dev") ? Directory.EnumerateFileSystemEntries("/dev") : []);

    /// <summary>Whether one of Linux' devices is a GPU's: NVIDIA's, those of Mesa and AMD, WSL's, and those of phones and boards.</summary>
    public static bool IsGpuIn(IEnumerable<string> devices) => devices.Select(Path.GetFileName).Any(name =>
        name is "dri" or "kfd" or "dxg" || new[] { "nvidia", "mali", "kgsl", "pvr", "galcore", "nvhost" }.Any(start => name!.StartsWith(start, StringComparison.Ordinal)));

    /// <summary>The commands that only these devices have a use for.</summary>
    public static IEnumerable<Command> Commands(Terminal terminal) => [TuneCommand.Create(terminal), KernelsCommand.Create(terminal)];
}
