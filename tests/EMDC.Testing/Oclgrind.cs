using System.Diagnostics;

namespace EMDC.Testing;

/// <summary>
/// Oclgrind (Debian's package of that name) runs OpenCL kernels in an interpreter that watches all threads of a group: it finds data
/// races, barriers that not all threads reach, accesses outside of buffers, and values that nobody wrote. An OpenCL driver is chosen
/// once for a process, so tests run again in a process of their own, which has no other driver.
/// </summary>
public static class Oclgrind
{
    private const string Driver = "/usr/lib/oclgrind/liboclgrind-rt-icd.so";

    /// <summary>Skips a test on a machine without it.</summary>
    public static void Need() => Machine.Needs(File.Exists(Driver), $"Oclgrind is not installed: there is no {Driver}.");

    /// <summary>Runs the explicit tests of a class, which must pass, and returns what Oclgrind has to say: nothing, if all is well.</summary>
    /// <param name="tests">The class.</param>
    /// <param name="limit">The time it may take.</param>
    /// <param name="unwritten">
    /// Whether it looks for values that nobody wrote instead of races. The compiler's optimisations go, because they leave what it takes
    /// for such.
    /// </param>
    public static string Run(Type tests, TimeSpan limit, bool unwritten = false)
    {
        using var drivers = new TempFolder();
        drivers.Write("oclgrind.icd", $"{Driver}\n");
        string program = Path.Combine(AppContext.BaseDirectory, tests.Assembly.GetName().Name!);
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, ["-class", tests.FullName!, "-explicit", "only", "-noColor", "-noLogo"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment =
                {
                    ["OCL_ICD_VENDORS"] = drivers.Root,
                    ["EMDC_PROGRAM_CACHE"] = "off",
                    ["OCLGRIND_MAX_ERRORS"] = "20",
                    [unwritten ? "OCLGRIND_UNINITIALIZED" : "OCLGRIND_DATA_RACES"] = "1",
                    ["OCLGRIND_BUILD_OPTIONS"] = unwritten ? "-cl-opt-disable" : "",
                },
            },
        };
        process.Start();
        Task<string> output = process.StandardOutput.ReadToEndAsync(), reports = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(limit))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{tests.Name} took more than {limit.TotalSeconds} s under Oclgrind.\n{output.Result}{reports.Result}");
        }

        process.WaitForExit();
        return process.ExitCode == 0
            ? reports.Result
            : throw new InvalidOperationException($"{tests.Name} failed under Oclgrind.\n{output.Result}{reports.Result}");
    }
}
