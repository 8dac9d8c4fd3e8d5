using System.CommandLine;
using EMDC.Kernels;

namespace EMDC.Cli.Commands;

/// <summary><c>emdc kernels</c>: writes the kernels in OpenCL C.</summary>
internal static class KernelsCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("kernels", "Writes the kernels as OpenCL C 1.2, for a vendor's profiler or offline compiler.");
        var folder = new Option<string>("--emit") { Description = "The folder to write them to; it is made if it is missing.", HelpName = "folder", Required = true };
        command.Options.Add(folder);
        command.SetAction(parsed =>
        {
            OutputFile.MakeFolder(parsed.GetValue(folder)!);
            foreach (string file in KernelSources.Emit(parsed.GetValue(folder)!))
            {
                terminal.Out.WriteLine(file);
            }

            return CommandLine.Done;
        });
        return command;
    }
}
