namespace EMDC.Documents.Tests;

/// <summary>What documents may name though it is not here, and where it is. Every entry needs a reason; the shorter the list, the better.</summary>
internal static class Exceptions
{
    public static IReadOnlyDictionary<string, string> Elsewhere { get; } = new Dictionary<string, string>
    {
        ["weights/mine.safetensors"] = "what the user makes",
        ["moving000000"] = "what EMDC.Scenes writes: a name and a number",
        ["--filter-class"] = "of xunit's test programs",
        ["--job"] = "of BenchmarkDotNet",
        ["--array"] = "of Slurm's sbatch",
        ["--wrap"] = "of Slurm's sbatch",
        ["int4"] = "OpenCL C",
        ["uint4"] = "OpenCL C",
        ["float8"] = "OpenCL C",
        ["fmax"] = "OpenCL C",
        ["taskset"] = "of util-linux",
    };
}
