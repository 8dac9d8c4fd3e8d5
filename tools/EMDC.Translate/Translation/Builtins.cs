using System.Reflection;
using ILGPU;
using ILGPU.Algorithms;

namespace EMDC.Translate;

/// <summary>.NET's and ILGPU's functions of numbers in OpenCL C.</summary>
internal static class Builtins
{
    // Accurate functions throughout: the native_ ones have no bounds.
    private static readonly Dictionary<string, string> OfFloats = new()
    {
        ["Abs"] = "fabs",
        ["Acos"] = "acos",
        ["Asin"] = "asin",
        ["Atan"] = "atan",
        ["Atan2"] = "atan2",
        ["Cbrt"] = "cbrt",
        ["Ceiling"] = "ceil",
        ["CopySign"] = "copysign",
        ["Cos"] = "cos",
        ["Cosh"] = "cosh",
        ["Exp"] = "exp",
        ["Exp2"] = "exp2",
        ["Floor"] = "floor",
        ["FusedMultiplyAdd"] = "fma",
        ["IsFinite"] = "isfinite",
        ["IsInfinity"] = "isinf",
        ["IsNaN"] = "isnan",
        ["Log"] = "log",
        ["Log10"] = "log10",
        ["Log2"] = "log2",
        ["Max"] = "net_max",
        ["Min"] = "net_min",
        ["Pow"] = "pow",
        ["Round"] = "rint",
        ["Rsqrt"] = "rsqrt",
        ["Sin"] = "sin",
        ["Sinh"] = "sinh",
        ["Sqrt"] = "sqrt",
        ["Tan"] = "tan",
        ["Tanh"] = "tanh",
        ["Truncate"] = "trunc",
    };

    // One argument, but for these.
    private static readonly Dictionary<string, int> Arguments = new()
    {
        ["atan2"] = 2,
        ["copysign"] = 2,
        ["fma"] = 3,
        ["net_max"] = 2,
        ["net_min"] = 2,
        ["pow"] = 2,
    };

    private static readonly Dictionary<string, (string Name, int Arguments)> OfIntegers = new()
    {
        ["Abs"] = ("abs", 1),
        ["Clamp"] = ("clamp", 3),
        ["Max"] = ("max", 2),
        ["Min"] = ("min", 2),
    };

    private static readonly Type[] Owners = [typeof(XMath), typeof(IntrinsicMath), typeof(MathF), typeof(Math), typeof(float)];

    /// <summary>The functions that programs may need and OpenCL C does not have.</summary>
    public static readonly IReadOnlyDictionary<string, string> Definitions = new Dictionary<string, string>
    {
        ["net_max"] =
            "// .NET's maximum: NaN if an argument is, and 0 above -0.\n" +
            "static inline float net_max(float a, float b)\n{\n    return a > b || isnan(a) || (a == b && !signbit(a)) ? a : b;\n}\n",
        ["net_min"] =
            "// .NET's minimum: NaN if an argument is, and -0 below 0.\n" +
            "static inline float net_min(float a, float b)\n{\n    return a < b || isnan(a) || (a == b && signbit(a)) ? a : b;\n}\n",
    };

    /// <summary>Every name used here.</summary>
    public static IEnumerable<string> Names => OfFloats.Values.Concat(OfIntegers.Values.Select(one => one.Name)).Append("fmod").Append("signbit");

    /// <summary>The call of a function in OpenCL C, or null if there is none for the method.</summary>
    public static Expression? Call(MethodBase method, IReadOnlyList<Expression> arguments)
    {
        var parameters = method.GetParameters().Select(parameter => parameter.ParameterType).ToArray();
        if (method.DeclaringType == typeof(Interop))
            return (method.Name, method.GetParameters()[0].ParameterType) switch
            {
                (nameof(Interop.FloatAsInt), var from) when from == typeof(float) => new Call("as_uint", null, arguments, ClType.UInt),
                (nameof(Interop.IntAsFloat), var from) when from == typeof(uint) => new Call("as_float", null, arguments, ClType.Float),
                _ => null,
            };
        if (!Owners.Contains(method.DeclaringType)) return null;
        if (parameters.All(type => type == typeof(float)))
        {
            if (method.Name == nameof(XMath.Rcp)) return new Binary("/", Literal.Float(1), arguments[0], ClType.Float);
            if (!OfFloats.TryGetValue(method.Name, out string? name) || parameters.Length != Arguments.GetValueOrDefault(name, 1)) return null;
            return new Call(name, null, arguments, name.StartsWith("is") ? ClType.Bool : ClType.Float);
        }
        bool signed = parameters.All(type => type == typeof(int));
        if (!signed && !parameters.All(type => type == typeof(uint))) return null;
        if (!OfIntegers.TryGetValue(method.Name, out var function) || parameters.Length != function.Arguments) return null;
        var type = signed ? ClType.Int : ClType.UInt;
        Expression[] converted = [.. arguments.Select(argument => Numbers.Convert(argument, type))];

        // OpenCL's absolute value is unsigned.
        return function.Name == "abs"
            ? new Cast(type, new Call("abs", null, converted, ClType.UInt))
            : new Call(function.Name, null, converted, type);
    }
}
