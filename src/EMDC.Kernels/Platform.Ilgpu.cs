using System.Reflection;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace EMDC.Kernels;

/// <summary>What differs between ILGPU itself (this file) and ILGPU.Portable (Platform.Portable.cs).</summary>
internal static class Platform
{
    public const string CpuName = "ilgpu-cpu";

    public const string CpuDescription = "ILGPU's CPU accelerator: it simulates a GPU to check kernels, and is not fast";

    /// <summary>All devices. Some OpenCL devices only run what was optimised at level O2.</summary>
    public static Context CreateContext() => Context.Create(builder => builder
        .Optimize(OptimizationLevel.O2)
        .EnableAlgorithms()
        .Cuda()
        .OpenCL()
        .CPU(new CPUDevice(32, Propagation.MaxThreads / 32, 1)));

    /// <summary>OpenCL devices tell ILGPU no version of their driver, so the versions of OpenCL stand in for it.</summary>
    public static TunedDevice Tuned(Accelerator accelerator) => new(accelerator.Name, accelerator.Device switch
    {
        CudaDevice cuda => $"CUDA {cuda.DriverVersion}",
        CLDevice cl => $"{cl.DeviceVersion}, {cl.CVersion}",
        _ => $"ILGPU {typeof(Accelerator).Assembly.GetName().Version}",
    });

    public static string Describe(Device device) =>
        $"{device.Name}, {device.NumMultiprocessors} multiprocessors, {device.MemorySize >> 20} MiB";

    public static bool IsGpu(Device device) => device is CLDevice { DeviceType: CLDeviceType.CL_DEVICE_TYPE_GPU };

    /// <summary>Whether shared memory is faster than other memory. ILGPU does not ask the devices that have none of their own.</summary>
    public static bool HasSharedMemory(Accelerator accelerator) => true;

    /// <summary>ILGPU keeps what it generates to itself.</summary>
    public static string OpenCLC(MethodInfo kernel) => throw new EmdcException(
        $"{kernel.Name}: this build leaves OpenCL C to ILGPU, which makes it when the kernel runs; one without -p:UseIlgpu=true writes it.");

    /// <summary>1024 threads leave each 64 registers: the compiler must know, or a launch fails for want of them.</summary>
    public static Action<KernelConfig, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, PropagationShape>
        LoadPropagation(Accelerator accelerator) =>
        accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, PropagationShape>(
            Propagation.PropagationKernel,
            new KernelSpecialization(Math.Min(Propagation.MaxThreads, accelerator.MaxNumThreadsPerGroup), null));
}
