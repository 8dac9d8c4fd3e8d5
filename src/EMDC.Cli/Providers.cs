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

    /// <summary>The commands that only these devices have a use for.</summary>
    public static IEnumerable<Command> Commands(Terminal terminal) => [TuneCommand.Create(terminal), KernelsCommand.Create(terminal)];
}
