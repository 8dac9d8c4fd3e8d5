using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Diagnostics;

namespace EMDC.Host;

/// <summary>Parses and runs a command, and turns every failure into a sentence and an exit code.</summary>
public static class CommandLine
{
    /// <summary>Exit code: all done.</summary>
    public const int Done = 0;

    /// <summary>Exit code: the input, a file or a device failed.</summary>
    public const int Failed = 1;

    /// <summary>Exit code: the command line itself is wrong, whatever the files hold.</summary>
    public const int Misused = 2;

    /// <summary>Exit code: ended by Ctrl-C (128 + SIGINT, as shells have it).</summary>
    public const int Interrupted = 130;

    private static readonly Lock Tracing = new();

    // Writing the file throws exceptions, too.
    [ThreadStatic]
    private static bool _isTracing;

    /// <summary>Runs a command to its exit code.</summary>
    /// <param name="create">Makes the root command, whose actions write to the terminal that it is handed.</param>
    /// <param name="args">The arguments.</param>
    /// <param name="terminal">What the command talks to.</param>
    /// <param name="isStreaming">Whether lines go out at once, because a run of hours prints what it has done.</param>
    public static int Run(Func<Terminal, Command> create, string[] args, Terminal terminal, bool isStreaming = false)
    {
        // Results go out when the command is over, so that a full disk behind stdout is told from one behind an output file.
        using var buffer = new StringWriter { NewLine = terminal.Out.NewLine };
        if (Environment.GetEnvironmentVariable("EMDC_TRACE") is { Length: > 0 } trace)
        {
            AppDomain.CurrentDomain.FirstChanceException += (_, thrown) => Trace(trace, thrown.Exception);
        }

        TextWriter results = isStreaming ? terminal.Out : buffer;
        int code;
        try
        {
            code = Invoke(create(terminal with { Out = results }), args, results, terminal.Error);
        }
        catch (OperationCanceledException)
        {
            terminal.Error.WriteLine("Interrupted.");
            code = Interrupted;
        }
        catch (Exception error)
        {
            terminal.Error.WriteLine(Describe(error));
            code = Failed;
        }

        try
        {
            terminal.Out.Write(buffer);
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

    /// <summary>
    /// Appends every exception where it is thrown to the file that the environment's EMDC_TRACE names, also those that are handled, by us
    /// or by a library that keeps silent about them: for a machine on which a device is missing or fails.
    /// </summary>
    private static void Trace(string path, Exception error)
    {
        if (_isTracing)
        {
            return;
        }

        _isTracing = true;
        try
        {
            lock (Tracing)
            {
                File.AppendAllText(path, $"{error.GetType().FullName}: {error.Message}{Environment.NewLine}{new StackTrace(2)}{Environment.NewLine}");
            }
        }
        catch (Exception unwritten) when (unwritten is IOException or UnauthorizedAccessException)
        {
        }
        finally
        {
            _isTracing = false;
        }
    }

    private static int Invoke(Command root, string[] args, TextWriter output, TextWriter error)
    {
        root.Options.Add(new HelpOption());
        root.Options.Add(new VersionOption());

        // Files of arguments (@file) would make names that begin with @ unusable.
        ParseResult parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
        {
            return Misuse(parsed, error);
        }

        // Exceptions are handled above, signals by Terminal.
        return parsed.Invoke(new InvocationConfiguration
        {
            Output = output,
            Error = error,
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
}
