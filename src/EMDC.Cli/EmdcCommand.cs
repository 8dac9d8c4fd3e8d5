using System.CommandLine;
using EMDC.Cli.Commands;

namespace EMDC.Cli;

/// <summary>The <c>emdc</c> command.</summary>
internal static class EmdcCommand
{
    public static Command Create(Terminal terminal)
    {
        // Not a RootCommand, which would call itself by the file's name, EMDC.Cli.
        var root = new Command("emdc", "Dense depth from an RGB frame and sparse ToF depth, with the EMDC network.")
        {
            CompleteCommand.Create(terminal),
            EvaluateCommand.Create(terminal),
            DevicesCommand.Create(terminal),
            RegisterCommand.Create(terminal),
            TrainCommand.Create(terminal),
            UncertaintyCommand.Create(terminal),
            BenchmarkCommand.Create(terminal),
            ProfileCommand.Create(terminal),
            InfoCommand.Create(terminal),
        };
        foreach (Command command in Providers.Commands(terminal))
        {
            root.Subcommands.Add(command);
        }

        return root;
    }
}
