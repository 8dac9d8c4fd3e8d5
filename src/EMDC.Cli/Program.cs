using System.Runtime.InteropServices;
using System.Text;
using EMDC.Cli;

WiderBuild.Run(args);

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
return CommandLine.Run(args, new Terminal(output, Console.Error, Console.IsErrorRedirected, interrupt.Token));

// The first Ctrl-C (or kill) ends the work in an orderly way; the second one ends the process as it always would.
void End(PosixSignalContext signal)
{
    signal.Cancel = !interrupt.IsCancellationRequested;
    interrupt.Cancel();
}
