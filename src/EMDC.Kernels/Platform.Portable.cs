using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace EMDC.Kernels;

/// <summary>What differs between ILGPU.Portable (this file) and ILGPU itself (Platform.Ilgpu.cs).</summary>
internal static class Platform
{
    public const string CpuName = "checked";

    public const string CpuDescription = "ILGPU's programming model on the CPU, every access checked; not ILGPU, not fast";

    public static Context CreateContext() => Context.Create(builder => builder.CPU());

    public static TunedDevice Tuned(Accelerator accelerator) =>
        new(accelerator.Name, $"ILGPU.Portable {typeof(Accelerator).Assembly.GetName().Version}");

    public static bool IsGpu(Device device) => false;

    public static Action<KernelConfig, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, PropagationShape>
        LoadPropagation(Accelerator accelerator) =>
        accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, PropagationShape>(
            Propagation.PropagationKernel);
}
