using System.Diagnostics;
using Xunit.Sdk;
using Xunit.v3;

// The native builds are shared, and memory and times are looked at: one test at a time.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace EMDC.Native.Tests;

/// <summary>What a program printed and its exit code.</summary>
internal sealed record Outcome(int Code, string Out, string Error)
{
    /// <summary>Asserts exit code 0 and gives stdout.</summary>
    public string Succeeds()
    {
        Assert.True(Code == 0, $"exit code {Code}: {Out}{Error}");
        return Out;
    }
}

/// <summary>Runs programs and finds out which there are.</summary>
internal static class Shell
{
    public static string Dotnet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    public static Outcome Run(string program, params string[] args) => RunIn(Environment.CurrentDirectory, program, args);

    public static Outcome RunIn(string folder, string program, params string[] args)
    {
        var start = new ProcessStartInfo(program, args) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Outcome(process.ExitCode, output, error.Result);
    }

    public static bool Has(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Skips the test where a tool is missing; in continuous integration it must be there.</summary>
    public static void Needs(params string[] tools)
    {
        string[] missing = [.. tools.Where(tool => tool.StartsWith('/') ? !Path.Exists(tool) : !Has(tool))];
        if (missing.Length > 0)
        {
            string reason = $"{string.Join(" and ", missing)} {(missing.Length == 1 ? "is" : "are")} not on this machine.";
            Assert.False(Environment.GetEnvironmentVariable("CI") == "true", reason);
            Assert.Skip(reason);
        }
    }
}
