using System.Reflection;

namespace EMDC.Kernels.Tests;

/// <summary>Every kernel is known by its text.</summary>
public sealed class KernelSourcesTests
{
    private static readonly Assembly Library = typeof(KernelSources).Assembly;

    [Fact]
    public void Every_kernel_is_in_the_list()
    {
        IEnumerable<string> written = Library.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(method => method.Name.EndsWith("Kernel", StringComparison.Ordinal))
            .Select(method => method.Name);
        Assert.Equal(written.Order(), KernelSources.Kernels.Select(kernel => kernel.Name).Order());
    }
}
