using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using EMDC.Cli.Commands;

namespace EMDC.Cli;

/// <summary>The <c>emdc</c> command: parses, runs, and turns every failure into a sentence and an exit code.</summary>
internal static class CommandLine
{
    /// <summary>Exit code: all done.</summary>
    public const int Done = 0;

    /// <summary>Exit code: the input, a file or a device did not serve.</summary>
    public const int Failed = 1;

    /// <summary>Exit code: the command line itself is wrong, whatever the files hold.</summary>
    public const int Misused = 2;

    /// <summary>Exit code: ended by Ctrl-C (128 + SIGINT, as shells have it).</summary>
    public const int Interrupted = 130;

    public static int Run(string[] args, Terminal terminal)
    {
        // Results go out when the command is over, so that a full disk behind stdout is told from one behind an output file.
        using var results = new StringWriter();
        int code;
        try
        {
            code = Invoke(args, terminal with { Out = results });
        }
        catch (Exception error)
        {
            code = Report(error, terminal);
        }

        try
        {
            terminal.Out.Write(results);
            terminal.Out.Flush();
        }
        catch (IOException error)
        {
            terminal.Error.WriteLine($"The results cannot be printed: {error.Message}.");
            code = code == Done ? Failed : code;
        }

        return code;
    }

    /// <summary>Whether an exception is about the input, a file or memory, so that a batch goes on with the next frame.</summary>
    public static bool IsExpected(Exception error) =>
        error is UserError or EmdcException or IOException or InvalidDataException or UnauthorizedAccessException or OutOfMemoryException;

    /// <summary>An exception as at most three lines for the user.</summary>
    public static string Describe(Exception error) => error switch
    {
        OutOfMemoryException => "There is not enough memory for a frame of this size.",
        _ when IsExpected(error) => error.Message,
        _ => $"Unexpected {error.GetType().Name}: {error.Message.ReplaceLineEndings(" ")}",
    };

    private static int Invoke(string[] args, Terminal terminal)
    {
        // Not a RootCommand, which would call itself by the file's name, EMDC.Cli.
        var root = new Command("emdc", "Dense depth from an RGB frame and sparse ToF depth, with the EMDC network.")
        {
            new HelpOption(),
            new VersionOption(),
            CompleteCommand.Create(terminal),
            EvaluateCommand.Create(terminal),
            DevicesCommand.Create(terminal),
            TrainCommand.Create(terminal),
            BenchmarkCommand.Create(terminal),
            ProfileCommand.Create(terminal),
            InfoCommand.Create(terminal),
        };
        foreach (Command command in Providers.Commands(terminal))
        {
            root.Subcommands.Add(command);
        }

        // Files of arguments (@file) would make names that begin with @ unusable.
        ParseResult parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
        {
            return Misuse(parsed, terminal.Error);
        }

        // Exceptions and signals are handled here and in Program.cs.
        return parsed.Invoke(new InvocationConfiguration
        {
            Output = terminal.Out,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        });
    }

    private static int Misuse(ParseResult parsed, TextWriter error)
    {
        foreach (ParseError wrong in parsed.Errors.Take(2))
        {
            error.WriteLine(wrong.Message.ReplaceLineEndings(" "));
        }

        var names = new List<string>();
        for (SymbolResult? at = parsed.CommandResult; at is CommandResult command; at = at.Parent)
        {
            names.Insert(0, command.Command.Name);
        }

        error.WriteLine($"Try '{string.Join(' ', names)} --help'.");
        return Misused;
    }

    private static int Report(Exception error, Terminal terminal)
    {
        if (error is OperationCanceledException)
        {
            terminal.Error.WriteLine("Interrupted.");
            return Interrupted;
        }

        terminal.Error.WriteLine(Describe(error));
        return Failed;
    }
}

/// <summary>What a command talks to.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">Messages, notes, progress.</param>
/// <param name="IsErrorRedirected">Whether nobody looks at a progress bar on <paramref name="Error"/>.</param>
/// <param name="Interrupt">Cancelled by Ctrl-C.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error, bool IsErrorRedirected, CancellationToken Interrupt);

/// <summary>What the user can mend: one sentence for stderr, exit code 1.</summary>
internal sealed class UserError(string message, Exception? inner = null) : Exception(message, inner);
