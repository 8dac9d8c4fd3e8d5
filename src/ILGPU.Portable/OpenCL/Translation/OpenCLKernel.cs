namespace ILGPU.OpenCL;

/// <summary>One kernel as OpenCL C 1.2.</summary>
/// <param name="EntryPoint">The program's only kernel; the C# method's name.</param>
/// <param name="Source">The whole program.</param>
/// <param name="Parameters">How the arguments of the C# method (without the index of an auto-grouped one) are handed over, in order.</param>
/// <param name="IndexDimensions">
/// 0 for an explicitly grouped kernel. For an auto-grouped one 1, 2 or 3: so many ints, the extent x, y, z, come before all other
/// arguments, and work-items behind the extent do nothing.
/// </param>
/// <param name="SharedBytes">Bytes of local memory.</param>
internal sealed record OpenCLKernel(
    string EntryPoint, string Source, IReadOnlyList<KernelParameter> Parameters, int IndexDimensions, int SharedBytes);

/// <summary>How an argument of a kernel's method reaches the OpenCL kernel.</summary>
internal abstract record KernelParameter(string Name)
{
    /// <summary>
    /// Three arguments: the buffer (cl_mem), the view's first element counted from the buffer's start, and its length, both
    /// ints and counted in elements of <paramref name="ElementSize"/> bytes.
    /// </summary>
    public sealed record View(string Name, int ElementSize) : KernelParameter(Name);

    /// <summary>One argument of <paramref name="Size"/> bytes, laid out as in C#.</summary>
    public sealed record Value(string Name, int Size) : KernelParameter(Name);

    /// <summary>No argument: the value is part of the source.</summary>
    public sealed record Specialised(string Name, int Size) : KernelParameter(Name);
}
