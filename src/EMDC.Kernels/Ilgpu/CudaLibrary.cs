using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EMDC.Kernels;

/// <summary>
/// NVIDIA's driver. On Linux it is <c>libcuda.so.1</c>; ILGPU asks for <c>libcuda.so</c>, which is a link that only some packages bring
/// (containers often lack it), and without it ILGPU lists no device and says nothing.
/// </summary>
internal static unsafe class CudaLibrary
{
    private static readonly Lazy<nint> Library = new(() =>
        NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1", out nint library) ? library : 0);

    /// <summary>0 where there is none.</summary>
    public static nint Handle => Library.Value;

    /// <summary>Whether a frame's launches are replayed as a graph: the environment's EMDC_CUDA_GRAPH=0 says no, for comparisons.</summary>
    public static bool HasGraphs { get; } = Environment.GetEnvironmentVariable("EMDC_CUDA_GRAPH") != "0";

    /// <summary>Why there is no CUDA device, asked where none was found.</summary>
    public static string WhyNoDevice
    {
        get
        {
            if (!RuntimeFeature.IsDynamicCodeSupported)
            {
                return "ILGPU emits code while it runs, which a native program cannot";
            }

            if (OperatingSystem.IsMacOS() || Handle == 0)
            {
                return $"there is no NVIDIA driver here ({(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1")})";
            }

            int error = NativeLibrary.TryGetExport(Handle, "cuInit", out nint start) ? ((delegate* unmanaged<uint, int>)start)(0) : -1;
            return error == 0
                ? "NVIDIA's driver is here and starts, but it lists no device that ILGPU takes"
                : $"NVIDIA's driver is here, but does not start (cuInit returns {error})";
        }
    }

    /// <summary>Most threads of a group of a compiled kernel, which its registers decide; null where the driver does not say.</summary>
    public static int? MaxThreads(nint function)
    {
        // CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK is 0.
        int most = 0;
        return NativeLibrary.TryGetExport(Handle, "cuFuncGetAttribute", out nint ask)
            && ((delegate* unmanaged<int*, int, nint, int>)ask)(&most, 0, function) == 0 ? most : null;
    }

    /// <summary>Lets ILGPU find the library under the name it has.</summary>
    public static void Resolve(Assembly ilgpu)
    {
        try
        {
            NativeLibrary.SetDllImportResolver(ilgpu, (name, _, _) => name == "cuda" ? Handle : 0);
        }
        catch (InvalidOperationException)
        {
            // Another part of the program has its own way to find it.
        }
    }
}
