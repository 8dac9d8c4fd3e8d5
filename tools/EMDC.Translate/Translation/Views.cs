using System.Reflection;
using ILGPU;
using ILGPU.Runtime;

namespace EMDC.Translate;

/// <summary>What kernels ask of views, groups and grids.</summary>
internal static class Views
{
    public static bool IsView(Type type) =>
        type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(ArrayView<>)
            || type.GetGenericTypeDefinition() == typeof(ArrayView1D<,>) && type.GenericTypeArguments[1] == typeof(Stride1D.Dense));

    /// <summary>A member of a view that gives a value, or null if kernels cannot use it.</summary>
    public static Expression? Read(TypeMap types, MethodBase method, IReadOnlyList<Expression> arguments)
    {
        if (arguments.Count == 0 || arguments[0] is not ViewValue { Type: ViewType type } view) return null;
        switch (method.Name)
        {
            case "get_IntLength" or "get_IntExtent": return view.Length;
            case "get_Length" or "get_Extent": return Numbers.Convert(view.Length, ClType.Long);
            case "get_LengthInBytes":
                return new Binary(
                    "*", Numbers.Convert(view.Length, ClType.Long), new Literal(ClType.Long, (long)TypeMap.PackedSize(type.Element)), ClType.Long);
            case "get_IsValid": return new Binary(">", view.Length, Literal.Int(0), ClType.Bool);
            case "get_BaseView" or "AsContiguous" or "op_Implicit": return view;
            case "SubView":
                var length = arguments.Count == 2
                    ? new Binary("-", view.Length, arguments[1], ClType.Int)
                    : Narrow(arguments[2]);
                return new ViewValue(new Binary("+", view.Pointer, arguments[1], type), length);
            case "Cast" when types.Of(method.GetGenericArguments()[^1]) is { } element:
                int from = TypeMap.PackedSize(type.Element), to = TypeMap.PackedSize(element);
                return new ViewValue(
                    new Cast(new ViewType(element, type.Space), view.Pointer),
                    from % to == 0
                        ? new Binary("*", view.Length, Literal.Int(from / to), ClType.Int)
                        : new Binary("/", new Binary("*", view.Length, Literal.Int(from), ClType.Int), Literal.Int(to), ClType.Int));
            default: return null;
        }
    }

    /// <summary>A property of <see cref="Group"/> or <see cref="Grid"/>, or null.</summary>
    public static Expression? Place(TypeMap types, MethodBase method)
    {
        bool grid = method.DeclaringType == typeof(Grid);
        string index = grid ? "get_group_id" : "get_local_id", dimension = grid ? "get_num_groups" : "get_local_size";
        string name = method.Name["get_".Length..];
        return name switch
        {
            "IdxX" or "IdxY" or "IdxZ" => Ask(index, name[^1] - 'X'),
            "DimX" or "DimY" or "DimZ" => Ask(dimension, name[^1] - 'X'),
            "Index" => All(types, index),
            "Dimension" => All(types, dimension),
            "GlobalIndex" => All(types, "get_global_id"),
            "LinearIndex" => Linear(),
            "IsFirstThread" => new Binary("==", Linear(), Literal.Int(0), ClType.Bool),
            "IsLastThread" => new Binary(
                "==", Linear(),
                new Binary("-", Times(Times(Ask(dimension, 0), Ask(dimension, 1)), Ask(dimension, 2)), Literal.Int(1), ClType.Int), ClType.Bool),
            _ => null,
        };
    }

    /// <summary>A function of the work-item as an int.</summary>
    public static Expression Ask(string function, int dimension) =>
        new Cast(ClType.Int, new Call(function, null, [Literal.Int(dimension)], ClType.ULong));

    /// <summary>All three dimensions as an Index3D.</summary>
    public static Expression All(TypeMap types, string function) =>
        Records.Build(types.Of(typeof(Index3D))!, [Ask(function, 0), Ask(function, 1), Ask(function, 2)]);

    private static Expression Narrow(Expression length) => length is Cast { Operand.Type: ScalarType { Text: "int" } } widened
        ? widened.Operand
        : Numbers.Convert(length, ClType.Int);

    // X fastest.
    private static Binary Linear() => Plus(
        Times(Plus(Times(Ask("get_local_id", 2), Ask("get_local_size", 1)), Ask("get_local_id", 1)), Ask("get_local_size", 0)),
        Ask("get_local_id", 0));

    private static Binary Plus(Expression left, Expression right) => new("+", left, right, ClType.Int);

    private static Binary Times(Expression left, Expression right) => new("*", left, right, ClType.Int);
}
