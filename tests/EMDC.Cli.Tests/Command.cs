using System.Diagnostics;
using Xunit.Sdk;
using Xunit.v3;

[assembly: Parallelization(Mode = ParallelMode.None)]

namespace EMDC.Cli.Tests;

/// <summary>What a command printed and its exit code.</summary>
public sealed record Outcome(int Code, string Out, string Error)
{
    /// <summary>Asserts exit code, nothing on stdout and exactly these lines on stderr.</summary>
    public void Fails(int code, params string[] lines)
    {
        Assert.Equal(string.Concat(lines.Select(line => line + Environment.NewLine)), Error);
        Assert.Equal("", Out);
        Assert.Equal(code, Code);
    }

    /// <summary>Asserts exit code 0 and exactly these lines on stderr.</summary>
    public void Succeeds(params string[] errorLines)
    {
        Assert.Equal(string.Concat(errorLines.Select(line => line + Environment.NewLine)), Error);
        Assert.Equal(0, Code);
    }
}

/// <summary>Runs the <c>emdc</c> command.</summary>
public static class Command
{
    /// <summary>In this process, which is fast.</summary>
    public static Outcome Run(params string[] args) => Run(CancellationToken.None, args);

    /// <summary>In this process, with a stand-in for Ctrl-C.</summary>
    public static Outcome Run(CancellationToken interrupt, params string[] args)
    {
        using StringWriter output = new(), error = new();
        int code = CommandLine.Run(EmdcCommand.Create, args, new Terminal(output, error, IsErrorRedirected: true, interrupt));
        return new Outcome(code, output.ToString(), error.ToString());
    }

    /// <summary>The command line of a process of its own, for a shell.</summary>
    public static string Shell => $"'{Host}' exec '{Path.Combine(AppContext.BaseDirectory, "EMDC.Cli.dll")}'";

    /// <summary>As a process of its own.</summary>
    public static Process Start(params string[] args) =>
        Start(Host, [.. new[] { "exec", Path.Combine(AppContext.BaseDirectory, "EMDC.Cli.dll") }, .. args]);

    /// <summary>Any program, its output kept.</summary>
    public static Process Start(string program, string[] args)
    {
        var start = new ProcessStartInfo(program, args) { RedirectStandardOutput = true, RedirectStandardError = true, StandardErrorEncoding = System.Text.Encoding.UTF8 };
        return Process.Start(start)!;
    }

    /// <summary>Waits for a process and takes what it printed.</summary>
    public static Outcome Finish(Process process)
    {
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Outcome(process.ExitCode, output, error.Result);
    }

    private static string Host => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
}
