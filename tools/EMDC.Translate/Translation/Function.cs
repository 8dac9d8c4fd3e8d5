using System.Reflection;

namespace EMDC.Translate;

/// <summary>A method as a function of OpenCL C, for arguments in certain address spaces.</summary>
internal sealed class Function(MethodBase method, string name)
{
    public MethodBase Method { get; } = method;

    public string Name { get; } = name;

    public List<Variable> Parameters { get; } = [];

    public ClType Type { get; set; } = ClType.Void;

    public List<Statement> Body { get; set; } = [];

    /// <summary>Whether a call does more than give a value.</summary>
    public bool HasEffects { get; set; }

    public bool IsKernel { get; init; }

    /// <summary>Whether it takes the buffer of <see cref="CheckedText"/>.</summary>
    public bool IsChecked { get; init; }

    /// <summary>Whether one of its parameters is in shared memory.</summary>
    public bool TakesShared => Parameters.Any(parameter => parameter.Type is ViewType { Space: AddressSpace.Local });

    /// <summary>Whether it asks for the length of a view among its parameters.</summary>
    public bool Takes(Variable parameter) => parameter.Length is { } length && UsedLengths.Contains(length);

    /// <summary>The lengths of views that somebody asks for.</summary>
    public HashSet<Variable> UsedLengths { get; set; } = [];
}
