using EMDC.Tests.Operators;

namespace EMDC.Kernels.Tests;

/// <summary>The laws on every device; on ILGPU's simulator, where they take minutes, only if there is no other.</summary>
[Collection("device")]
public sealed class LawTests() : Laws(Devices)
{
    private static IReadOnlyList<Backend> Devices { get; } = [.. Present.Where(name => name != "ilgpu-cpu" || Present.Length == 1).Select(name => KernelDevice.Backend(name))];

    private static string[] Present => [.. KernelDevice.Names.Where(name => KernelDevice.SkipReason(name) is null)];
}
