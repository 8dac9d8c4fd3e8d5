using System.Reflection;

namespace EMDC.Translate;

/// <summary>A kernel and its helpers while they are translated.</summary>
/// <param name="kernel">A static method.</param>
/// <param name="places">For text that tests its indices (<see cref="CheckedText"/>): where each of them stands in the source; else null.</param>
internal sealed class KernelProgram(MethodInfo kernel, List<string>? places)
{
    private readonly Dictionary<(MethodBase Method, string Spaces), Function> helpers = [];
    private readonly HashSet<MethodBase> open = [kernel];
    private readonly HashSet<string> names = [kernel.Name];

    public MethodInfo Kernel => kernel;

    /// <summary>The kernel itself.</summary>
    public Function EntryPoint { get; } = new(kernel, Names.Identifier(kernel.Name)) { IsKernel = true, IsChecked = places is not null };

    public TypeMap Types { get; } = new();

    /// <summary>Each function after those that it calls, without the kernel itself.</summary>
    public List<Function> Functions { get; } = [];

    /// <summary>The arrays in shared memory, in order.</summary>
    public List<Variable> Shared { get; } = [];

    /// <summary>Whether anything stores to global memory: then barriers must order it too.</summary>
    public bool WritesGlobal { get; set; }

    public List<string>? Places => places;

    /// <summary>The function for a helper, called with certain arguments.</summary>
    public Function Helper(MethodBase method, Expression[] arguments, Func<string, TranslationFault> fault)
    {
        var spaces = arguments.Select(argument => argument.Type).OfType<ViewType>().Select(view => view.Space).ToArray();
        string key = string.Concat(spaces.Select(space => space == AddressSpace.Global ? 'g' : 'l'));
        if (helpers.TryGetValue((method, key), out var known)) return known;
        if (!open.Add(method)) throw fault($"calls {method.Name}, which calls itself, but OpenCL C has no recursion");

        string name = method.IsConstructor
            ? $"{Names.Identifier(method.DeclaringType!.Name)}_New{Overload(method)}"
            : Names.Identifier($"{method.DeclaringType!.Name}_{method.Name}{Overload(method)}");
        if (spaces.Contains(AddressSpace.Local)) name += $"_{key}";
        while (!names.Add(name)) name += "_";
        var function = new Function(method, name) { IsChecked = places is not null };
        new MethodTranslator(this, function, arguments).Translate();
        helpers[(method, key)] = function;
        open.Remove(method);
        Functions.Add(function);
        return function;
    }

    /// <summary>The number, from 1 on, of a place in the source.</summary>
    public int Place(MethodBase method, int offset)
    {
        string place = $"{kernel.Name}: {Line(method, offset)}";
        int known = places!.IndexOf(place);
        if (known < 0) places.Add(place);
        return known < 0 ? places.Count : known + 1;
    }

    /// <summary>Why the kernel cannot be translated, and where that stands.</summary>
    public TranslationFault Fault(MethodBase method, int offset, string construct) =>
        new($"{kernel.Name}: {Line(method, offset)} {construct}.");

    /// <summary>A number for the second and later methods of a name, the same in whichever kernel they are called.</summary>
    private static string Overload(MethodBase method)
    {
        const BindingFlags all = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        int before = method.DeclaringType!.GetMembers(all)
            .Count(member => member.Name == method.Name && member is MethodBase && member.MetadataToken < method.MetadataToken);
        return before == 0 ? "" : $"{before + 1}";
    }

    private static string Line(MethodBase method, int offset) =>
        DebugInformation.Of(method).Line(offset) ?? $"{method.Name} at IL_{offset:x4}";
}
