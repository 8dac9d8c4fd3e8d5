using System.Reflection;
using ILGPU.OpenCL;
using ILGPU.Runtime.OpenCL;
using Xunit.Sdk;
using Xunit.v3;

// Some tests divide by zero. PoCL's compiler, were it at work in another thread, would take the signal for its own end and remove
// its temporary files.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace ILGPU.Tests.OpenCL;

/// <summary>An accelerator on the first OpenCL device for a test, with profiling on; without a device the test is skipped.</summary>
internal sealed class CLFixture : IDisposable
{
    private readonly Context context;

    public CLFixture(string? programCache = null)
    {
        context = Context.Create(builder => builder.OpenCL().Profiling().ProgramCache(programCache));
        Assert.SkipWhen(context.GetCLDevices().Count == 0, "There is no OpenCL device on this machine.");
        Accelerator = context.CreateCLAccelerator(0);
        Accelerator.Source = HandWritten;
    }

    public CLAccelerator Accelerator { get; }

    public string Device => Accelerator.Name;

    /// <summary>OpenCL C by the name of the method it stands for.</summary>
    public Dictionary<string, string> Sources { get; } = [];

    /// <summary>Bytes of shared memory that kernels are said to need.</summary>
    public int SharedBytes { get; set; }

    public void Dispose()
    {
        Accelerator.Dispose();
        context.Dispose();
    }

    private KernelSource HandWritten(MethodInfo method, bool autoGrouped)
    {
        ParameterInfo[] arguments = method.GetParameters()[(autoGrouped ? 1 : 0)..];
        return new KernelSource(
            method.Name, [.. arguments.Select(argument => argument.Name!)], arguments.Any(argument => argument.ParameterType.Name.StartsWith("Special")),
            values => new OpenCLKernel(method.Name, string.Format(Sources[method.Name], [.. values]), [], 0, SharedBytes));
    }
}
