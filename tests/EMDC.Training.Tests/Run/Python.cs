using System.Diagnostics;

namespace EMDC.Training.Tests.Run;

internal sealed record Outcome(int Code, string Out, string Error);

/// <summary>PyTorch, which reads what is written here.</summary>
internal static class Python
{
    /// <summary>The first of these with PyTorch serves; the test is skipped where there is none.</summary>
    public static string WithTorch()
    {
        foreach (string name in new[] { "python3", "/usr/bin/python3" })
        {
            try
            {
                if (Run(name, "-c", "import numpy, torch").Code == 0)
                {
                    return name;
                }
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // There is no such program.
            }
        }

        Assert.False(Environment.GetEnvironmentVariable("CI") == "true", "PyTorch is needed in CI.");
        Assert.Skip("No python3 with PyTorch and NumPy here.");
        throw new UnreachableException();
    }

    public static Outcome Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Outcome(process.ExitCode, output, error.Result);
    }
}
