using System.Diagnostics;
using System.Reflection;

namespace EMDC.Kernels.Tests;

/// <summary>The OpenCL C that is built in is what the kernels translate to.</summary>
public sealed class KernelSourcesTests
{
    private static readonly Assembly Library = typeof(KernelSources).Assembly;

    public static TheoryData<string> Kernels => [.. KernelSources.Kernels.Select(kernel => kernel.Name)];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void The_embedded_text_is_current(string kernel)
    {
        Assert.SkipWhen(Platform.CpuName != "checked", "This build leaves OpenCL C to ILGPU.");
        Assert.SkipWhen(Library.GetCustomAttribute<DebuggableAttribute>()?.IsJITOptimizerDisabled == true, "The text is made from release IL.");
        using Stream? resource = Library.GetManifestResourceStream($"OpenCL/{kernel}.cl");
        Assert.True(resource is not null, $"There is no OpenCL/{kernel}.cl in EMDC.Kernels. {Refresh}");
        using var reader = new StreamReader(resource);
        string current = Platform.OpenCLC(KernelSources.Kernels.Single(method => method.Name == kernel));
        Assert.True(current == reader.ReadToEnd().ReplaceLineEndings("\n"), $"{kernel} is no longer what OpenCL/{kernel}.cl says. {Refresh}");
    }

    [Fact]
    public void Every_kernel_is_in_the_list()
    {
        IEnumerable<string> written = Library.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(method => method.Name.EndsWith("Kernel", StringComparison.Ordinal))
            .Select(method => method.Name);
        Assert.Equal(written.Order(), KernelSources.Kernels.Select(kernel => kernel.Name).Order());
    }

    private const string Refresh = "Run: dotnet run -c Release --project src/EMDC.Cli -- kernels --emit src/EMDC.Kernels/OpenCL";
}
