namespace EMDC.Translate;

/// <summary>
/// Finds vector arithmetic in what C# writes component by component:
/// <code>
/// new Float4(w * x.X + X, w * x.Y + Y, w * x.Z + Z, w * x.W + W)  →  w * x + this
/// </code>
/// </summary>
internal static class Vectors
{
    public static readonly string[] Components = ["x", "y", "z", "w"];

    // The same on vectors as on their components, and one operand may be a scalar.
    private static readonly string[] Operators = ["+", "-", "*", "/", "&", "|", "^"];

    private static readonly string[] Functions =
        ["fabs", "ceil", "floor", "trunc", "rint", "sqrt", "rsqrt", "exp", "exp2", "log", "log2", "fma", "tanh"];

    /// <summary>A vector of four components, in the shortest form.</summary>
    public static Expression Build(VectorType type, Expression[] parts) => Lift(type, parts) switch
    {
        null => new Build(type, parts),
        { Type: VectorType } vector => vector,
        var scalar => new Build(type, [scalar]),
    };

    /// <summary>One expression for all four: a scalar if they are the same, a vector, or null.</summary>
    private static Expression? Lift(VectorType type, Expression[] parts)
    {
        switch (parts[0])
        {
            case Literal or Local when parts.All(part => part == parts[0]):
                return parts[0];
            case Member { Target: { Type: VectorType } vector } first when vector.Type == type && vector.IsTrivial:
                if (parts.All(part => part == first)) return first;
                for (int i = 0; i < 4; i++)
                    if (parts[i] is not Member part || part.Name != Components[i] || part.Target != vector) return null;
                return vector;
            case Member when parts.All(part => part == parts[0]) && parts[0].IsTrivial:
                return parts[0];
            case Binary first when Operators.Contains(first.Operator):
                if (!parts.All(part => part is Binary binary && binary.Operator == first.Operator && binary.Type == first.Type)) return null;
                var left = Lift(type, [.. parts.Select(part => ((Binary)part).Left)]);
                var right = Lift(type, [.. parts.Select(part => ((Binary)part).Right)]);
                if (left is null || right is null) return null;
                bool scalar = left.Type is ScalarType && right.Type is ScalarType;
                return new Binary(first.Operator, left, right, scalar ? first.Type : type);
            case Unary { Operator: "-" } first:
                if (!parts.All(part => part is Unary { Operator: "-" } unary && unary.Type == first.Type)) return null;
                var operand = Lift(type, [.. parts.Select(part => ((Unary)part).Operand)]);
                return operand is null ? null : new Unary("-", operand, operand.Type is ScalarType ? first.Type : type);
            case Call { Helper: null } first when Functions.Contains(first.Name):
                if (!parts.All(part => part is Call call && call.Name == first.Name)) return null;
                var arguments = new Expression?[first.Arguments.Count];
                for (int i = 0; i < arguments.Length; i++)
                {
                    int argument = i;
                    arguments[i] = Lift(type, [.. parts.Select(part => ((Call)part).Arguments[argument])]);
                }
                if (arguments.Contains(null)) return null;
                if (arguments.All(argument => argument!.Type is ScalarType)) return new Call(first.Name, null, arguments!, first.Type);
                return new Call(
                    first.Name, null, [.. arguments.Select(one => one!.Type is ScalarType ? new Build(type, [one]) : one)], type);
            default:
                return null;
        }
    }
}
