using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EMDC.Cli.Commands;

/// <summary><c>emdc devices</c>: what can run here.</summary>
internal static class DevicesCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("devices", "What can run here: devices, instruction sets, threads.");
        command.SetAction(_ =>
        {
            Print(terminal.Out);
            foreach (string warning in SimdCheck.Warnings())
            {
                terminal.Error.WriteLine($"warning: {warning}");
            }

            return CommandLine.Done;
        });
        return command;
    }

    private static void Print(TextWriter output)
    {
        IReadOnlyList<DeviceInfo> devices = Devices.Present(Providers.All);
        PrintDevice(devices[0]);
        string taken = Devices.SimdWidths.First(width => width.IsSupported).Option;
        foreach (var (option, name, isSupported) in Devices.SimdWidths)
        {
            string state = option == taken ? "in hardware, taken" : isSupported ? "in hardware" : "not here";
            output.WriteLine($"  --simd {option,-8}{name,-14}{state}");
        }

        foreach (DeviceInfo device in devices.Skip(1))
        {
            PrintDevice(device);
        }

        foreach (var (name, why) in Providers.Kernels.Missing)
        {
            output.WriteLine($"{name,-10}none: {why}");
        }

        string compiled = RuntimeFeature.IsDynamicCodeCompiled ? "compiled while it runs" : "native program, compiled ahead of time";
        output.WriteLine($"{"threads",-10}{Environment.ProcessorCount} (processors this process may use)");
        output.WriteLine($"{"runtime",-10}{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.ProcessArchitecture}, {compiled}");

        void PrintDevice(DeviceInfo device) => output.WriteLine($"{device.Name,-10}{device.Description}");
    }
}
