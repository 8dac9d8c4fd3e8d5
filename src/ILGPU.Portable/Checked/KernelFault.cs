using ILGPU.Runtime;

namespace ILGPU.Checked;

/// <summary>A check failed; the one sentence says where and what.</summary>
internal sealed class KernelFault(string message) : AcceleratorException(message)
{
    public override AcceleratorType AcceleratorType => AcceleratorType.CPU;
}
