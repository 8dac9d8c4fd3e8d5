using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EMDC.Cli;

/// <summary>
/// A native build knows the instruction set that it was built for and no other. Where a build for AVX-512 lies beside this one and the
/// processor has it, that one goes on in this process's place: same process id, same arguments, same files.
/// </summary>
internal static partial class WiderBuild
{
    /// <summary>What stands behind the program's name in the name of the build for AVX-512.</summary>
    public const string Suffix = "-x86-64-v4";

    /// <summary>Returns only where there is nothing wider to run.</summary>
    public static void Run(string[] args)
    {
        if (RuntimeFeature.IsDynamicCodeCompiled || !OperatingSystem.IsLinux() || Vector512.IsHardwareAccelerated || !X86Base.IsSupported
            || Environment.ProcessPath is not { } path || !File.Exists(path + Suffix) || !HasAvx512())
        {
            return;
        }

        // Comes back only if the system refuses, and then this build does the work.
        _ = Execv(path + Suffix, [path + Suffix, .. args, null]);
    }

    // The kernel's list, because the processor alone does not tell whether the system saves the wide registers.
    private static bool HasAvx512()
    {
        string[] flags = (File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal)) ?? "").Split(' ');
        return new[] { "avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl" }.All(flags.Contains);
    }

    [LibraryImport("libc", EntryPoint = "execv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execv(string path, string?[] args);
}
