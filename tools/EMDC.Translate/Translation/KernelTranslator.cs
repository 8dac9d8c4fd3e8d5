using System.Reflection;

namespace EMDC.Translate;

/// <summary>Turns a kernel's IL into OpenCL C.</summary>
internal static class KernelTranslator
{
    /// <summary>Translates a kernel, or throws a <see cref="TranslationFault"/> that says what it cannot translate.</summary>
    /// <param name="kernel">A static method.</param>
    /// <param name="places">For text that tests its indices (<see cref="CheckedText"/>): takes their places in the source.</param>
    public static KernelProgram Translate(MethodInfo kernel, List<string>? places = null)
    {
        KernelSignature.Check(kernel);
        var program = new KernelProgram(kernel, places);
        var parameters = kernel.GetParameters();
        var values = new Expression[parameters.Length];
        for (int i = 0; i < parameters.Length; i++)
        {
            var type = parameters[i].ParameterType;
            string name = parameters[i].Name ?? $"argument{i}";
            var mapped = program.Types.Of(type)!;
            var memory = mapped is ViewType view ? view.Element : mapped;
            if (TypeMap.LayoutFlaw(mapped is ViewType ? type.GenericTypeArguments[0] : type, memory) is { } flaw)
                throw new TranslationFault($"{kernel.Name}: argument {i} ({name}) is of type {KernelSignature.TypeName(type)}, but {flaw}.");
            values[i] = Variable.New(name, mapped).Read();
        }

        new MethodTranslator(program, program.EntryPoint, values).Translate();
        return program;
    }
}
