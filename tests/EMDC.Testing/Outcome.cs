using System.Diagnostics;
using Xunit;

namespace EMDC.Testing;

/// <summary>What a program printed and its exit code.</summary>
public sealed record Outcome(int Code, string Out, string Error)
{
    /// <summary>Runs a program to its end.</summary>
    public static Outcome Of(string program, params string[] args) => In(Environment.CurrentDirectory, program, args);

    /// <summary>Runs a program to its end in a folder.</summary>
    public static Outcome In(string folder, string program, params string[] args)
    {
        var start = new ProcessStartInfo(program, args) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };

        // Python must leave nothing in the clone.
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Outcome(process.ExitCode, output, error.Result);
    }

    /// <summary>Asserts exit code 0 and gives stdout.</summary>
    public string Succeeds()
    {
        Assert.True(Code == 0, $"exit code {Code}: {Out}{Error}");
        return Out;
    }
}
