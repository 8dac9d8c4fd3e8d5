using System.Reflection;
using System.Text;

namespace EMDC.Translate;

/// <summary>Kernels as files of OpenCL C.</summary>
internal static class KernelTexts
{
    /// <summary>The file that a host puts in front of each of the others.</summary>
    public const string Common = "Common.cl";

    private const string Pragma = "// The compiler may fuse a * b + c, as it does in CUDA.\n#pragma OPENCL FP_CONTRACT ON\n";

    /// <summary>The kernels of an assembly: its static methods whose names end in Kernel.</summary>
    public static IEnumerable<MethodInfo> Kernels(Assembly assembly) => assembly.GetTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
        .Where(method => method.Name.EndsWith("Kernel", StringComparison.Ordinal))
        .OrderBy(method => method.Name, StringComparer.Ordinal);

    /// <summary>
    /// A file for each kernel, under its name, and <see cref="Common"/> with the records and helpers that several kernels need.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Files(IEnumerable<MethodInfo> kernels)
    {
        var programs = kernels.Select(kernel => (Kernel: kernel, Definitions: Printer.Print(KernelTranslator.Translate(kernel)))).ToList();
        var shared = new List<(string Name, string Text)>();
        foreach (var same in programs.SelectMany(program => program.Definitions).GroupBy(definition => definition.Name))
        {
            if (same.Distinct().Count() > 1)
                throw new TranslationFault($"{same.Key} means different things in several kernels, but there is one {Common} for all.");
            if (same.Count() > 1) shared.Add(same.First());
        }

        // What one of them needs is needed wherever it is: by several kernels as well, and in front of it in each.
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [Common] = Text($"// What several kernels need, translated from IL; OpenCL C 1.2. Stands in front of each of them.\n{Pragma}", shared),
        };
        foreach (var (kernel, definitions) in programs)
            files[$"{kernel.Name}.cl"] = Text(
                $"// {kernel.DeclaringType!.Name}.{kernel.Name}, translated from IL; OpenCL C 1.2. Comes after {Common}.\n", definitions.Except(shared));
        return files;
    }

    /// <summary>A kernel with all that it needs as one text.</summary>
    /// <param name="kernel">A static method.</param>
    /// <param name="places">For text that tests its indices (<see cref="CheckedText"/>): takes their places in the source.</param>
    public static string Whole(MethodInfo kernel, List<string>? places = null)
    {
        var definitions = Printer.Print(KernelTranslator.Translate(kernel, places));
        return Text(
            $"// {kernel.DeclaringType!.Name}.{kernel.Name}, translated from IL; OpenCL C 1.2.\n{Pragma}",
            places is null ? definitions : definitions.Prepend((CheckedText.At, CheckedText.Definitions.ReplaceLineEndings("\n"))));
    }

    private static string Text(string head, IEnumerable<(string Name, string Text)> definitions)
    {
        var text = new StringBuilder(head);
        foreach (var (_, definition) in definitions) text.Append('\n').Append(definition);
        return text.ToString();
    }
}
