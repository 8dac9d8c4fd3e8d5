using System.Collections.Concurrent;

namespace EMDC.Native.Tests;

/// <summary>Publishes native programs and libraries, each once, and runs what is for ARM64 emulated.</summary>
internal static class NativeBuild
{
    public const string X64 = "linux-x64";
    public const string Arm64 = "linux-arm64";

    private static readonly ConcurrentDictionary<(string, string), string> _made = [];

    public static string Repository { get; } = Above("EMDC.Kernels.sln");

    /// <summary>The folder that <paramref name="project"/> was published to.</summary>
    public static string Publish(string project, string rid)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64,
            "Native builds are tested on Linux on x64.");
        if (rid == Arm64)
        {
            Machine.Needs("clang", "ld.lld", "aarch64-linux-gnu-gcc", Qemu);
        }
        else
        {
            Machine.Needs("cc");
        }

        return _made.GetOrAdd((project, rid), static key =>
        {
            var (project, rid) = key;
            string folder = Path.Combine(Repository, "artifacts", "native", rid, Path.GetFileName(project));
            Outcome.In(Repository, Shell.Dotnet, "publish", project, "-c", "Release", "-r", rid, "-o", folder, "--nologo", "-v", "quiet").Succeeds();
            return folder;
        });
    }

    /// <summary>Runs a program that was built for ARM64.</summary>
    public static Outcome RunArm64(string program, params string[] args) => Outcome.Of(Qemu, ["-L", "/usr/aarch64-linux-gnu", program, .. args]);

    private static string Qemu => Machine.Has("qemu-aarch64-static") ? "qemu-aarch64-static" : "qemu-aarch64";

    private static string Above(string file)
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, file)))
        {
            folder = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder)) ?? throw new DirectoryNotFoundException($"{file} is in no folder above {AppContext.BaseDirectory}.");
        }

        return folder;
    }
}
