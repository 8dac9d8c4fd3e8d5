using System.Runtime.InteropServices;

namespace EMDC.OpenCL;

/// <summary>
/// Puts back the handlers of the signals of which .NET makes its exceptions, as they were when this was made. PoCL takes divisions
/// by zero for itself when it is first asked for devices, and LLVM, of which many drivers make their compilers, takes all of them
/// when it first writes a file: the next null reference would find LLVM's handler, and two at once would end the process.
/// Both do so once and then think themselves in place.
/// </summary>
internal sealed unsafe partial class HostSignals : IDisposable
{
    // More than struct sigaction has on any system; what is in it is of no interest.
    private const int Size = 256;

    // SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGSEGV, SIGBUS.
    private static readonly int[] Signals = OperatingSystem.IsWindows() ? [] : [4, 5, 6, 8, 11, OperatingSystem.IsMacOS() ? 10 : 7];

    private readonly byte[] handlers = new byte[Signals.Length * Size];

    public HostSignals()
    {
        fixed (byte* kept = handlers)
            for (int i = 0; i < Signals.Length; i++) _ = SigAction(Signals[i], null, kept + i * Size);
    }

    public void Dispose()
    {
        fixed (byte* kept = handlers)
            for (int i = 0; i < Signals.Length; i++) _ = SigAction(Signals[i], kept + i * Size, null);
    }

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int SigAction(int signal, void* action, void* previous);
}
