using System.Reflection;
using System.Runtime.CompilerServices;
using ILGPU.Checked;
using ILGPU.Runtime;

namespace ILGPU.OpenCL;

/// <summary>Where a kernel's OpenCL C comes from.</summary>
/// <param name="Name">The method's name.</param>
/// <param name="Arguments">The arguments' names.</param>
/// <param name="IsSpecialised">Whether there is a source for each set of specialised values, known at the launch only.</param>
/// <param name="Translate">The source for specialised values, in order.</param>
internal sealed record KernelSource(
    string Name, IReadOnlyList<string> Arguments, bool IsSpecialised, Func<IReadOnlyList<object>, OpenCLKernel> Translate)
{
    public int Parameters => Arguments.Count;

    public string NameOf(int position) => Arguments[position];

    /// <summary>Translates the method; a native program has no methods to read and takes what was translated when it was built.</summary>
    public static KernelSource Of(MethodInfo method, bool autoGrouped) =>
        RuntimeFeature.IsDynamicCodeSupported ? Translated(method, autoGrouped) : Embedded(method, autoGrouped);

    private static KernelSource Translated(MethodInfo method, bool autoGrouped)
    {
        KernelSignature.Check(method, autoGrouped ? 1 : 0);
        ParameterInfo[] arguments = method.GetParameters()[(autoGrouped ? 1 : 0)..];
        return new KernelSource(
            method.Name,
            [.. arguments.Select(argument => argument.Name ?? $"argument {argument.Position}")],
            arguments.Any(argument => argument.ParameterType.Name == typeof(SpecializedValue<>).Name),
            values => KernelTranslator.Translate(method, autoGrouped, values));
    }

    private static KernelSource Embedded(MethodInfo method, bool autoGrouped) => throw new NotSupportedException();
}
