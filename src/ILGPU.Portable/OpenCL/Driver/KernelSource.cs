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
        return new KernelSource(
            method.Name, Names(method, autoGrouped),
            method.GetParameters().Any(argument => argument.ParameterType.Name == typeof(SpecializedValue<>).Name),
            values => KernelTranslator.Translate(method, autoGrouped, values));
    }

    /// <summary>The resource OpenCL/method.cl of the method's assembly, behind what several kernels share.</summary>
    private static KernelSource Embedded(MethodInfo method, bool autoGrouped)
    {
        var assembly = method.Module.Assembly;
        using var resource = assembly.GetManifestResourceStream($"OpenCL/{method.Name}.cl")
            ?? throw new NotSupportedException($"{method.Name}: there is no OpenCL C of this kernel in the program, and native programs cannot translate.");
        using var common = new StreamReader(assembly.GetManifestResourceStream("OpenCL/Common.cl") ?? Stream.Null);
        using var reader = new StreamReader(resource);
        var kernel = new OpenCLKernel(method.Name, common.ReadToEnd() + reader.ReadToEnd(), [], 0, 0);
        return new KernelSource(method.Name, Names(method, autoGrouped), IsSpecialised: false, _ => kernel);
    }

    private static string[] Names(MethodInfo method, bool autoGrouped) =>
        [.. method.GetParameters().Skip(autoGrouped ? 1 : 0).Select(argument => argument.Name ?? $"argument {argument.Position}")];
}
