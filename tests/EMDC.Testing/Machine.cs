using System.Diagnostics.CodeAnalysis;
using Xunit;

namespace EMDC.Testing;

/// <summary>What a machine has beside the .NET SDK.</summary>
public static class Machine
{
    /// <summary>Whether this is continuous integration, where everything that can be installed is.</summary>
    public static bool IsCI => Environment.GetEnvironmentVariable("CI") == "true";

    /// <summary>Skips a test that lacks something; in continuous integration fails it.</summary>
    /// <param name="isThere">Whether it is there.</param>
    /// <param name="missing">The sentence that says what is not.</param>
    public static void Needs([DoesNotReturnIf(false)] bool isThere, string missing)
    {
        if (!isThere)
        {
            Assert.False(IsCI, missing);
            Assert.Skip(missing);
        }
    }

    /// <summary>The same for programs on the PATH and for files.</summary>
    public static void Needs(params string[] tools)
    {
        string[] missing = [.. tools.Where(tool => tool.StartsWith('/') ? !Path.Exists(tool) : !Has(tool))];
        Needs(missing.Length == 0, $"{string.Join(" and ", missing)} {(missing.Length == 1 ? "is" : "are")} not on this machine.");
    }

    /// <summary>Whether a program is on the PATH.</summary>
    public static bool Has(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>A python3 with PyTorch and NumPy; a machine may have several python3.</summary>
    public static string PythonWithTorch()
    {
        string? python = ((string[])["python3", "/usr/bin/python3"]).FirstOrDefault(HasTorch);
        Needs(python is not null, "There is no python3 with PyTorch and NumPy on this machine.");
        return python;

        static bool HasTorch(string name)
        {
            try
            {
                return Outcome.Of(name, "-c", "import numpy, torch").Code == 0;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return false;
            }
        }
    }
}
