using System.Reflection;
using ILGPU.Runtime;

namespace ILGPU.Checked;

/// <summary>What a kernel may look like, so that it compiles and means the same on every accelerator.</summary>
internal static class KernelSignature
{
    private const int MaxArguments = 14;

    private static readonly Type[] Words = [typeof(int), typeof(uint), typeof(float)];

    /// <summary>Throws for a method that is no kernel; <paramref name="skip"/> parameters stand for the index.</summary>
    public static void Check(MethodInfo method, int skip)
    {
        if (!method.IsStatic || method.Name.Contains('<'))
            throw new KernelFault($"{Name(method)} is a lambda or an instance method, but kernels are static methods.");
        if (method.IsGenericMethod || method.DeclaringType is { IsGenericType: true })
            throw new KernelFault($"{Name(method)} is generic, but kernels are not.");
        var parameters = method.GetParameters();
        if (parameters.Length - skip > MaxArguments)
            throw new KernelFault(
                $"{Name(method)} has {parameters.Length - skip} arguments, but a kernel has at most {MaxArguments}.");
        foreach (var parameter in parameters.Skip(skip))
            if (Flaw(Contents(parameter.ParameterType)) is { } flaw)
                throw new KernelFault(
                    $"{Name(method)}: argument {parameter.Position - skip} ({parameter.Name}) is of type " +
                    $"{TypeName(parameter.ParameterType)}, but {flaw}.");
    }

    public static string Name(MethodInfo method) => method.Name;

    /// <summary>Why a type can be neither an element nor an argument, or null if it can.</summary>
    public static string? Flaw(Type type)
    {
        if (Words.Contains(type)) return null;
        if (type.IsPrimitive || type.IsEnum || !type.IsValueType)
            return $"{TypeName(type)} is not int, uint, float or a record of them";
        foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            if (Flaw(field.FieldType) is not null)
                return $"its field {field.Name.Split('>')[0].TrimStart('<')} is of type {TypeName(field.FieldType)}, " +
                    "not int, uint or float";
        return null;
    }

    private static Type Contents(Type parameter)
    {
        if (!parameter.IsGenericType) return parameter;
        var generic = parameter.GetGenericTypeDefinition();
        bool wraps = generic == typeof(ArrayView<>) || generic == typeof(SpecializedValue<>)
            || generic == typeof(ArrayView1D<,>) && parameter.GenericTypeArguments[1] == typeof(Stride1D.Dense);
        return wraps ? parameter.GenericTypeArguments[0] : parameter;
    }

    private static string TypeName(Type type) =>
        type.IsGenericType
            ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GenericTypeArguments.Select(TypeName))}>"
            : Type.GetTypeCode(type) switch
            {
                TypeCode.Boolean => "bool",
                TypeCode.Char => "char",
                TypeCode.Byte => "byte",
                TypeCode.Int16 => "short",
                TypeCode.Int64 => "long",
                TypeCode.Double => "double",
                _ => type.Name,
            };
}
