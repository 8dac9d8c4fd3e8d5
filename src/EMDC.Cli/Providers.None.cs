using System.CommandLine;

namespace EMDC.Cli;

/// <summary>No providers: kernels are compiled while they run, which a native program cannot do. Other builds take Providers.cs.</summary>
internal static class Providers
{
    public static IReadOnlyList<IDeviceProvider> All { get; } = [];

    /// <summary>No devices, nothing to tune.</summary>
    public static IEnumerable<Command> Commands(Terminal terminal) => [];

    /// <summary>What is told in place of CUDA and OpenCL devices.</summary>
    public static string WithoutGpu => "none; cuda and opencl need a build with -p:UseIlgpu=true that is not native";
}
