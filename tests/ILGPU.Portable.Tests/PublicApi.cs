using System.Reflection;
using System.Runtime.CompilerServices;

namespace ILGPU.Tests;

/// <summary>Writes public members down, one a line, so that two assemblies can be compared by text.</summary>
/// <remarks>Left out: what <see cref="object"/> gives to every type, and whether a member is virtual.</remarks>
internal static class PublicApi
{
    private const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.FlattenHierarchy;

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void", [typeof(bool)] = "bool", [typeof(byte)] = "byte", [typeof(char)] = "char",
        [typeof(short)] = "short", [typeof(int)] = "int", [typeof(uint)] = "uint", [typeof(long)] = "long",
        [typeof(ulong)] = "ulong", [typeof(float)] = "float", [typeof(double)] = "double",
        [typeof(string)] = "string", [typeof(object)] = "object",
    };

    /// <summary><c>Namespace.Type</c>, the key under which the members of a type stand.</summary>
    public static string Header(Type type) => $"# {type.Namespace}.{Name(type)}";

    public static IEnumerable<string> Lines(Type type)
    {
        if (type.IsEnum)
            return Enum.GetNames(type).Select(name => $"{name} = {Convert.ToInt32(Enum.Parse(type, name))}");
        return type.GetMembers(Everything)
            .Where(member => member.DeclaringType != typeof(object) && member.DeclaringType != typeof(ValueType)
                && member.DeclaringType != typeof(Exception))
            .Select(Line).OfType<string>().Distinct().Order(StringComparer.Ordinal);
    }

    private static string? Line(MemberInfo member) => member switch
    {
        ConstructorInfo constructor => $"ctor({Parameters(constructor)})",
        FieldInfo field => $"{(field.IsLiteral ? "const " : field.IsStatic ? "static readonly " : "")}{Name(field.FieldType)} {field.Name}",
        PropertyInfo property => Property(property),
        MethodInfo { IsSpecialName: true } method when !method.Name.StartsWith("op_") => null,
        MethodInfo method =>
            $"{(method.IsStatic ? "static " : "")}{Name(method.ReturnType)} {method.Name}{TypeParameters(method)}" +
            $"({Parameters(method)}){Constraints(method)}",
        _ => null,
    };

    private static string Property(PropertyInfo property)
    {
        var getter = property.GetMethod;
        var index = property.GetIndexParameters();
        string name = index.Length == 0 ? property.Name : $"this[{string.Join(", ", index.Select(Parameter))}]";
        return $"{(getter is { IsStatic: true } ? "static " : "")}{Name(property.PropertyType)} {name} {{ get; " +
            (property.SetMethod is { IsPublic: true } ? "set; }" : "}");
    }

    private static string Parameters(MethodBase method)
    {
        string all = string.Join(", ", method.GetParameters().Select(Parameter));
        return method.IsDefined(typeof(ExtensionAttribute), false) ? "this " + all : all;
    }

    private static string Parameter(ParameterInfo parameter)
    {
        string kind = !parameter.ParameterType.IsByRef ? "" : parameter.IsOut ? "out " : parameter.IsIn ? "in " : "ref ";
        var type = parameter.ParameterType.IsByRef ? parameter.ParameterType.GetElementType()! : parameter.ParameterType;
        return $"{kind}{Name(type)} {parameter.Name}";
    }

    private static string TypeParameters(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";

    private static string Constraints(MethodInfo method) =>
        method.IsGenericMethod ? string.Concat(method.GetGenericArguments().Select(Constraint)) : "";

    private static string Constraint(Type parameter)
    {
        bool value = parameter.GenericParameterAttributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
        bool unmanaged = parameter.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "IsUnmanagedAttribute");
        string[] all =
        [
            .. value ? new[] { unmanaged ? "unmanaged" : "struct" } : [],
            .. parameter.GetGenericParameterConstraints().Where(type => type != typeof(ValueType)).Select(Name),
        ];
        return all.Length == 0 ? "" : $" where {parameter.Name} : {string.Join(", ", all)}";
    }

    private static string Name(Type type)
    {
        if (Keywords.TryGetValue(type, out string? keyword)) return keyword;
        if (type.IsByRef) return "ref " + Name(type.GetElementType()!);
        if (type.IsArray) return $"{Name(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (type.IsGenericParameter) return type.Name;
        int outer = type.DeclaringType?.GetGenericArguments().Length ?? 0;
        string own = type.Name.Split('`')[0];
        var arguments = type.GetGenericArguments().Skip(outer).ToArray();
        if (arguments.Length > 0) own += $"<{string.Join(", ", arguments.Select(Name))}>";
        return type.DeclaringType is { } declaring ? $"{Name(declaring)}.{own}" : own;
    }
}
