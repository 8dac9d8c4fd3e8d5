using System.Reflection;

namespace EMDC.Kernels;

/// <summary>
/// The kernels in OpenCL C 1.2, one file each, as <c>src/EMDC.Kernels/OpenCL</c> holds them for native programs. Written to be
/// read as well: beside a vendor's profiler, or by an offline compiler.
/// </summary>
public static class KernelSources
{
    /// <summary>Every kernel that <see cref="Launchers"/> loads.</summary>
    internal static IReadOnlyList<MethodInfo> Kernels { get; } =
    [
        .. new Delegate[]
        {
            Input.MeasureKernel, Input.PrepareKernel, Conv3x3.Conv3x3Kernel, Conv3x3Direct.Conv3x3DirectKernel, Conv3x3Stride2.Conv3x3Stride2Kernel,
            ConvAny.ConvAnyKernel, ConvOne.ConvOneKernel, Pointwise.PointwiseKernel, Depthwise.DepthwiseKernel, DepthwisePointwise.DepthwisePointwiseKernel,
            Guidance.GuidanceKernel, Propagation.PropagationKernel, Scaling.ScalingKernel,
        }.Select(kernel => kernel.Method),
    ];

    /// <summary>Writes the kernels to a folder that exists, one file each, and returns the files' paths.</summary>
    /// <exception cref="EmdcException">The program was built with ILGPU, which makes another OpenCL C when it runs.</exception>
    public static IReadOnlyList<string> Emit(string folder)
    {
        var files = new List<string>();
        foreach (MethodInfo kernel in Kernels)
        {
            string path = Path.Combine(folder, $"{kernel.Name}.cl"), temporary = $"{path}.{Path.GetRandomFileName()}";
            try
            {
                File.WriteAllText(temporary, Platform.OpenCLC(kernel));
                File.Move(temporary, path, overwrite: true);
            }
            finally
            {
                File.Delete(temporary);
            }

            files.Add(path);
        }

        return files;
    }
}
