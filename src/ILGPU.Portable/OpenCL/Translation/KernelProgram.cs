using System.Reflection;

namespace ILGPU.OpenCL;

/// <summary>A kernel and its helpers while they are translated.</summary>
internal sealed class KernelProgram(MethodInfo kernel)
{
    private readonly Dictionary<(MethodBase Method, string Spaces), Function> helpers = [];
    private readonly HashSet<MethodBase> open = [kernel];
    private readonly HashSet<string> names = [kernel.Name];

    public MethodInfo Kernel => kernel;

    public TypeMap Types { get; } = new();

    /// <summary>Each function after those that it calls.</summary>
    public List<Function> Functions { get; } = [];

    /// <summary>The arrays in shared memory, in order.</summary>
    public List<Variable> Shared { get; } = [];

    /// <summary>Whether anything stores to global memory: then barriers must order it too.</summary>
    public bool WritesGlobal { get; set; }

    /// <summary>The function for a helper, called with certain arguments.</summary>
    public Function Helper(MethodBase method, Expression[] arguments, Func<string, TranslationFault> fault)
    {
        var spaces = arguments.Select(argument => argument.Type).OfType<ViewType>().Select(view => view.Space).ToArray();
        string key = string.Concat(spaces.Select(space => space == AddressSpace.Global ? 'g' : 'l'));
        if (helpers.TryGetValue((method, key), out var known)) return known;
        if (!open.Add(method)) throw fault($"calls {method.Name}, which calls itself, but OpenCL C has no recursion");

        string name = method.IsConstructor
            ? $"{Names.Identifier(method.DeclaringType!.Name)}_New"
            : Names.Identifier($"{method.DeclaringType!.Name}_{method.Name}");
        if (spaces.Contains(AddressSpace.Local)) name += $"_{key}";
        while (!names.Add(name)) name += "_";
        var function = new Function(method, name);
        new MethodTranslator(this, function, arguments).Translate();
        helpers[(method, key)] = function;
        open.Remove(method);
        Functions.Add(function);
        return function;
    }

    /// <summary>Why the kernel cannot be translated, and where that stands.</summary>
    public TranslationFault Fault(MethodBase method, int offset, string construct)
    {
        string place = DebugInformation.Of(method).Line(offset) ?? $"{method.Name} at IL_{offset:x4}";
        return new TranslationFault($"{kernel.Name}: {place} {construct}.");
    }
}
