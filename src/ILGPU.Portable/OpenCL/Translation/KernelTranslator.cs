using System.Reflection;

namespace ILGPU.OpenCL;

/// <summary>Turns a kernel's IL into OpenCL C.</summary>
internal static class KernelTranslator
{
    /// <summary>Translates a kernel, or throws a <see cref="TranslationFault"/> that says what it cannot translate.</summary>
    /// <param name="kernel">A static method.</param>
    /// <param name="autoGrouped">Whether the first parameter is the index.</param>
    /// <param name="specialised">
    /// The values of the parameters of type <see cref="Runtime.SpecializedValue{T}"/> (boxed int, uint or float), in order; a kernel
    /// is translated once for each set of them.
    /// </param>
    public static OpenCLKernel Translate(MethodInfo kernel, bool autoGrouped, params IReadOnlyList<object> specialised) =>
        throw new NotSupportedException($"{kernel.Name} cannot be translated yet ({autoGrouped}, {specialised.Count}).");
}
