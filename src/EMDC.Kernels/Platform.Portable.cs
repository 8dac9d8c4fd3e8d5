using System.Reflection;
using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.OpenCL;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.OpenCL;

namespace EMDC.Kernels;

/// <summary>What differs between ILGPU.Portable (this file) and ILGPU itself (Platform.Ilgpu.cs).</summary>
internal static class Platform
{
    public const string CpuName = "checked";

    public const string CpuDescription = "ILGPU's programming model on the CPU, every access checked; not ILGPU, not fast";

    /// <summary>Where compiled OpenCL programs are kept; the environment's EMDC_PROGRAM_CACHE is <c>off</c> or another folder.</summary>
    public static string? ProgramCache
    {
        get
        {
            string? named = Environment.GetEnvironmentVariable("EMDC_PROGRAM_CACHE");
            string folder = string.IsNullOrEmpty(named) ? Path.Combine(CacheFolder.Path, "programs") : named;

            // A user without a home folder shall not find one in the current folder.
            return named == "off" || (string.IsNullOrEmpty(named) && !Path.IsPathRooted(folder)) ? null : folder;
        }
    }

    /// <summary>All devices. The one that checks reads the kernels' methods, which a native program does not have.</summary>
    public static Context CreateContext() => Context.Create(builder =>
    {
        builder.OpenCL().ProgramCache(ProgramCache);
        if (RuntimeFeature.IsDynamicCodeSupported)
        {
            builder.CPU();
        }
    });

    /// <summary>A kernel in OpenCL C, translated here and now or, in a native program, when it was built.</summary>
    public static string OpenCLC(MethodInfo kernel) => KernelSource.Of(kernel, autoGrouped: false).Translate([]).Source;

    public static TunedDevice Tuned(Accelerator accelerator) => new(accelerator.Name, accelerator.Device is CLDevice cl
        ? $"{cl.VersionText}, driver {cl.DriverVersion}"
        : $"ILGPU.Portable {typeof(Accelerator).Assembly.GetName().Version}");

    public static string Describe(Device device) => device is not CLDevice cl
        ? device.Name
        : cl.Flaw is { } flaw
            ? $"cannot be used: {flaw}"
            : $"{cl.Name}, {Kind(cl)}, OpenCL {cl.DeviceVersion.Major}.{cl.DeviceVersion.Minor}, driver {cl.DriverVersion}, {cl.NumMultiprocessors} compute units, {cl.MemorySize >> 20} MiB";

    public static bool IsGpu(Device device) => device is CLDevice { Flaw: null } cl && cl.DeviceType.HasFlag(CLDeviceType.CL_DEVICE_TYPE_GPU);

    /// <summary>Whether shared memory is faster than other memory. Some GPUs, and CPUs, have none of their own.</summary>
    public static bool HasSharedMemory(Accelerator accelerator) => accelerator.Device is not CLDevice { HasLocalMemory: false };

    private static string Kind(CLDevice device) =>
        device.DeviceType.HasFlag(CLDeviceType.CL_DEVICE_TYPE_GPU) ? "GPU"
        : device.DeviceType.HasFlag(CLDeviceType.CL_DEVICE_TYPE_CPU) ? "CPU"
        : "accelerator";

    public static Action<KernelConfig, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, PropagationShape>
        LoadPropagation(Accelerator accelerator) =>
        accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, PropagationShape>(
            Propagation.PropagationKernel);
}
