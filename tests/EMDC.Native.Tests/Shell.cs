using Xunit.Sdk;
using Xunit.v3;

// The native builds are shared, and memory and times are looked at: one test at a time.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace EMDC.Native.Tests;

/// <summary>The .NET SDK's command.</summary>
internal static class Shell
{
    public static string Dotnet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
}
