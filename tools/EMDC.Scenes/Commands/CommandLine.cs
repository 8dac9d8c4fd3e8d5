using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace EMDC.Scenes.Commands;

/// <summary>The <c>EMDC.Scenes</c> command: every failure becomes a sentence and an exit code.</summary>
internal static class CommandLine
{
    /// <summary>Exit code: all done.</summary>
    public const int Done = 0;

    /// <summary>Exit code: a file did not serve.</summary>
    public const int Failed = 1;

    /// <summary>Exit code: the command line itself is wrong.</summary>
    public const int Misused = 2;

    /// <summary>Exit code: ended by Ctrl-C (128 + SIGINT, as shells have it).</summary>
    public const int Interrupted = 130;

    public static int Run(string[] args, Terminal terminal)
    {
        try
        {
            return Invoke(args, terminal);
        }
        catch (OperationCanceledException)
        {
            terminal.Error.WriteLine("Interrupted.");
            return Interrupted;
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException or OutOfMemoryException or ArgumentOutOfRangeException)
        {
            terminal.Error.WriteLine(error is OutOfMemoryException ? "There is not enough memory for frames of this size." : error.Message);
            return Failed;
        }
    }

    private static int Invoke(string[] args, Terminal terminal)
    {
        var root = new Command("EMDC.Scenes", "Renders synthetic indoor RGB-D frames with the spots of a ToF sensor.")
        {
            new HelpOption(),
            new VersionOption(),
            ShardsCommand.Create(terminal),
            FramesCommand.Create(terminal),
        };

        ParseResult parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
        {
            foreach (ParseError wrong in parsed.Errors.Take(2))
            {
                terminal.Error.WriteLine(wrong.Message.ReplaceLineEndings(" "));
            }

            string name = parsed.CommandResult.Parent is CommandResult ? $"EMDC.Scenes {parsed.CommandResult.Command.Name}" : "EMDC.Scenes";
            terminal.Error.WriteLine($"Try '{name} --help'.");
            return Misused;
        }

        return parsed.Invoke(new InvocationConfiguration
        {
            Output = terminal.Out,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        });
    }
}
