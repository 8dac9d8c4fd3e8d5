using ILGPU.Runtime;

namespace ILGPU.OpenCL;

/// <summary>A kernel is outside of what OpenCL C can say; the one sentence names kernel, construct and place.</summary>
internal sealed class TranslationFault(string message) : AcceleratorException(message)
{
    public override AcceleratorType AcceleratorType => AcceleratorType.OpenCL;
}
