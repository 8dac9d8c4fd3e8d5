using System.Diagnostics;
using System.Reflection;

namespace EMDC.Translate.Tests;

/// <summary>The committed OpenCL C is what the kernels translate to.</summary>
public class CurrentTextTests
{
    private const string Refresh = "Run: dotnet run -c Release --project tools/EMDC.Translate -- src/EMDC.Kernels/OpenCL";

    [Fact]
    public void The_committed_text_is_current()
    {
        Assembly kernels = typeof(EMDC.Kernels.Float4).Assembly;
        Assert.SkipWhen(kernels.GetCustomAttribute<DebuggableAttribute>()?.IsJITOptimizerDisabled == true, "The text is made from release IL.");
        var files = KernelTexts.Files(KernelTexts.Kernels(kernels));
        string folder = Path.Combine(Clone.Root, "src", "EMDC.Kernels", "OpenCL");
        foreach (var (name, text) in files)
        {
            string path = Path.Combine(folder, name);
            Assert.True(
                File.Exists(path) && File.ReadAllText(path).ReplaceLineEndings("\n") == text,
                $"src/EMDC.Kernels/OpenCL/{name} is not what the kernels say now. {Refresh}");
        }

        foreach (string path in Directory.EnumerateFiles(folder, "*.cl"))
            Assert.True(files.ContainsKey(Path.GetFileName(path)), $"There is no kernel for src/EMDC.Kernels/OpenCL/{Path.GetFileName(path)}. {Refresh}");
    }
}
