using System.Runtime.InteropServices;
using System.Text;

namespace EMDC.Host;

/// <summary>What a command talks to.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">Messages, notes, progress.</param>
/// <param name="IsErrorRedirected">Whether nobody looks at a progress bar on <paramref name="Error"/>.</param>
/// <param name="Interrupt">Cancelled by Ctrl-C.</param>
public sealed record Terminal(TextWriter Out, TextWriter Error, bool IsErrorRedirected, CancellationToken Interrupt)
{
    /// <summary>Hands the process's own terminal to a program and gives its exit code.</summary>
    public static int Run(Func<Terminal, int> program)
    {
        if (OperatingSystem.IsWindows())
        {
            // Its default there is the console's old code page, which has no "–".
            Console.OutputEncoding = Encoding.UTF8;
        }

        using var interrupt = new CancellationTokenSource();
        using var interruptRegistration = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminateRegistration = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);

        // Not Console.Out, which flushes every line and on Unix keeps silent about some failures.
        using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false), leaveOpen: true);
        return program(new Terminal(output, Console.Error, Console.IsErrorRedirected, interrupt.Token));

        // The first Ctrl-C (or kill) ends the work in an orderly way; the second one ends the process as it always would.
        void End(PosixSignalContext signal)
        {
            signal.Cancel = !interrupt.IsCancellationRequested;
            interrupt.Cancel();
        }
    }
}

/// <summary>What the user can mend: one sentence for stderr, exit code 1.</summary>
/// <param name="message">The sentence.</param>
/// <param name="inner">What it comes from.</param>
public sealed class UserError(string message, Exception? inner = null) : Exception(message, inner);
