using System.Reflection;

namespace EMDC.Translate;

/// <summary>What a kernel may look like, so that it compiles and means the same on every accelerator.</summary>
internal static class KernelSignature
{
    private static readonly Type[] Words = [typeof(int), typeof(uint), typeof(float)];

    /// <summary>Throws for a method that is no kernel.</summary>
    public static void Check(MethodInfo method)
    {
        if (!method.IsStatic || method.Name.Contains('<'))
            throw new TranslationFault($"{method.Name} is a lambda or an instance method, but kernels are static methods.");
        if (method.IsGenericMethod || method.DeclaringType is { IsGenericType: true })
            throw new TranslationFault($"{method.Name} is generic, but kernels are not.");
        foreach (var parameter in method.GetParameters())
        {
            var contents = Contents(parameter.ParameterType);
            // ILGPU's launchers are emitted into another assembly.
            string? flaw = Flaw(contents) ?? (contents.IsNestedPrivate ? $"{TypeName(contents)} is private" : null);
            if (flaw is not null)
                throw new TranslationFault(
                    $"{method.Name}: argument {parameter.Position} ({parameter.Name}) is of type " +
                    $"{TypeName(parameter.ParameterType)}, but {flaw}.");
        }
    }

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

    private static Type Contents(Type parameter) => Views.IsView(parameter) ? parameter.GenericTypeArguments[0] : parameter;

    public static string TypeName(Type type) =>
        type.IsGenericType
            ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GenericTypeArguments.Select(TypeName))}>"
            : Type.GetTypeCode(type) switch
            {
                TypeCode.Boolean => "bool",
                TypeCode.Char => "char",
                TypeCode.Byte => "byte",
                TypeCode.Int16 => "short",
                TypeCode.Int32 when !type.IsEnum => "int",
                TypeCode.Single => "float",
                TypeCode.Int64 => "long",
                TypeCode.Double => "double",
                _ => type.Name,
            };
}
