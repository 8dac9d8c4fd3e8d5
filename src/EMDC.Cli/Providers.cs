using System.CommandLine;
using EMDC.Cli.Commands;
using EMDC.Kernels;

namespace EMDC.Cli;

/// <summary>Who brings the devices other than <c>cpu</c>.</summary>
internal static class Providers
{
    public static IReadOnlyList<IDeviceProvider> All { get; } = [new IlgpuDevices()];

    /// <summary>The commands that only these devices have a use for.</summary>
    public static IEnumerable<Command> Commands(Terminal terminal) => [TuneCommand.Create(terminal), KernelsCommand.Create(terminal)];

    /// <summary>What a machine without a CUDA or OpenCL device is told; <c>ilgpu-cpu</c> is there in builds with ILGPU only.</summary>
    public static string WithoutGpu => All.SelectMany(provider => provider.Devices).Any(device => device.Name == "ilgpu-cpu")
        ? "none; ILGPU finds no CUDA or OpenCL device here"
        : "none; there is no OpenCL device here, and cuda needs a build with -p:UseIlgpu=true";
}
