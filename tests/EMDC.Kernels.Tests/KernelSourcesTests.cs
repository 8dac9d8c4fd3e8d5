using System.Reflection;

namespace EMDC.Kernels.Tests;

/// <summary>Every kernel has its text, and every text its kernel.</summary>
public sealed class KernelSourcesTests
{
    [Fact]
    public void Every_kernel_has_its_text()
    {
        IEnumerable<string> kernels = typeof(KernelSources).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(method => method.Name.EndsWith("Kernel", StringComparison.Ordinal))
            .Select(method => $"{method.Name}.cl");
        Assert.Equal(kernels.Append("Common.cl").Order(StringComparer.Ordinal), KernelSources.Files.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Emitting_writes_all_of_them()
    {
        using var folder = new TempFolder();
        string target = Directory.CreateDirectory(folder["cl"]).FullName;
        Assert.Equal(KernelSources.Files.Select(file => Path.Combine(target, file)), KernelSources.Emit(target));
        Assert.Equal(KernelSources.Source("ScalingKernel"), File.ReadAllText(Path.Combine(target, "Common.cl")) + File.ReadAllText(Path.Combine(target, "ScalingKernel.cl")));
    }
}
