namespace EMDC.Cli;

/// <summary>No providers: kernels are compiled while they run, which a native program cannot do. Other builds take Providers.cs.</summary>
internal static class Providers
{
    public static IReadOnlyList<IDeviceProvider> All { get; } = [];

    /// <summary>What is told in place of CUDA and OpenCL devices.</summary>
    public static string WithoutGpu => "none; cuda and opencl need a build with -p:UseIlgpu=true that is not native";
}
