using System.Runtime.InteropServices;
using EMDC.Scenes.Commands;

using var interrupt = new CancellationTokenSource();
using var interruptRegistration = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminateRegistration = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
return CommandLine.Run(args, new Terminal(Console.Out, Console.Error, interrupt.Token));

// The first Ctrl-C (or kill) ends the work in an orderly way; the second one ends the process as it always would.
void End(PosixSignalContext signal)
{
    signal.Cancel = !interrupt.IsCancellationRequested;
    interrupt.Cancel();
}
