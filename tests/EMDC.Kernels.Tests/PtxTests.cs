using System.Reflection;
using System.Text.RegularExpressions;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace EMDC.Kernels.Tests;

/// <summary>The PTX of every kernel for sm_80, which ILGPU makes without a GPU. EMDC_PTX names a folder to keep it in.</summary>
public sealed class PtxTests
{
    public static TheoryData<string> Kernels => [.. Methods().Select(m => m.Name)];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void A_kernel_keeps_its_values_in_registers_and_loads_16_bytes_at_once(string kernel)
    {
        string ptx = Compile(Methods().Single(m => m.Name == kernel));
        if (Environment.GetEnvironmentVariable("EMDC_PTX") is { } folder)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, $"{kernel}.ptx"), ptx);
        }

        Assert.DoesNotContain(".local", ptx, StringComparison.Ordinal);
        Assert.DoesNotContain("call", ptx, StringComparison.Ordinal);
        int wide = Regex.Count(ptx, @"ld\.global\.v4\.(f32|b32)"), scalar = Regex.Count(ptx, @"ld\.global\.(f32|b32)");

        // Kernels of pixels: one value a thread. Kernels of units: 16 bytes, but for biases and slopes in the epilogue, five
        // loads in each of the at most five places where it is inlined, ten for two blocks of channels.
        if (kernel is "MeasureKernel" or "PrepareKernel" or "PropagationKernel" or "PropagationWideKernel" or "ScalingKernel")
        {
            Assert.Equal(0, wide);
        }
        else
        {
            Assert.True(wide >= 7 && scalar <= (kernel == "Conv3x3WideKernel" ? 50 : 25), $"{wide} loads of 16 bytes, {scalar} of 4.");
            Assert.Equal(0, Regex.Count(ptx, @"st\.global\.(f32|b32)"));
        }
    }

    [Theory]
    [InlineData("PropagationKernel", 1024)]
    [InlineData("PropagationWideKernel", 256)]
    public void The_propagation_says_how_many_threads_a_group_has(string kernel, int threads)
    {
        MethodInfo method = Methods().Single(m => m.Name == kernel);
        Assert.Contains($".maxntid {threads}", Compile(method, new KernelSpecialization(threads, null)), StringComparison.Ordinal);
    }

    private static IEnumerable<MethodInfo> Methods() => typeof(Float4).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public))
        .Where(m => m.Name.EndsWith("Kernel", StringComparison.Ordinal));

    private static string Compile(MethodInfo method, KernelSpecialization specialization = default)
    {
        using Context context = Context.Create(builder => builder.Optimize(OptimizationLevel.O2).EnableAlgorithms());
        var sm80 = (CudaCapabilityContext)Activator.CreateInstance(
            typeof(CudaCapabilityContext), BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public, null,
            [CudaArchitecture.SM_80], null)!;
        using var backend = new PTXBackend(context, sm80, CudaArchitecture.SM_80, CudaInstructionSet.ISA_70, null!);
        return ((PTXCompiledKernel)backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(method), specialization)).PTXAssembly;
    }
}
