using ILGPU.Runtime.CPU;

namespace ILGPU.Tests;

/// <summary>A checked accelerator for a test, with profiling on.</summary>
internal sealed class Checked : IDisposable
{
    private readonly Context context = Context.Create(builder => builder.CPU().Profiling());

    public Checked(int workers = 2)
    {
        Accelerator = context.CreateCPUAccelerator(0);
        Accelerator.Workers = workers;
    }

    public CPUAccelerator Accelerator { get; }

    public void Dispose()
    {
        Accelerator.Dispose();
        context.Dispose();
    }
}
