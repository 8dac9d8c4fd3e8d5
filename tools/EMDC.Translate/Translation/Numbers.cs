namespace EMDC.Translate;

/// <summary>
/// IL's arithmetic as expressions. IL's stack has one 32-bit integer, and the instruction says how to read it; OpenCL C has
/// two types, so operands are converted where an instruction reads them otherwise than they are.
/// </summary>
internal static class Numbers
{
    /// <summary>add, sub, mul, and, or, xor: the same bits whether signed or not.</summary>
    public static Expression Arithmetic(string operation, Expression left, Expression right)
    {
        if (left.Type == ClType.Bool && right.Type == ClType.Bool && operation is "&" or "|" or "^")
            return new Binary(operation, left, right, ClType.Bool);
        var type = Common(left, right);
        return Simplify(new Binary(operation, Convert(left, type), Convert(right, type), type));
    }

    /// <summary>div and rem, or with <paramref name="unsigned"/> div.un and rem.un.</summary>
    public static Expression Divide(string operation, Expression left, Expression right, bool unsigned)
    {
        if (left.Type == ClType.Float)
            return operation == "/"
                ? new Binary("/", left, right, ClType.Float)
                : new Call("fmod", null, [left, right], ClType.Float);
        var type = Integer(left.Type.IsWide || right.Type.IsWide, unsigned);
        return new Binary(operation, Convert(left, type), Convert(right, type), type);
    }

    /// <summary>neg and not.</summary>
    public static Expression Negate(string operation, Expression value) => value switch
    {
        Literal { Value: float number } => Literal.Float(-number),
        Literal { Value: int number } => Literal.Int(operation == "-" ? unchecked(-number) : ~number),
        { Type: ScalarType { Text: "bool" } } => new Unary(operation, Convert(value, ClType.Int), ClType.Int),
        _ => new Unary(operation, value, value.Type),
    };

    /// <summary>shl, shr and shr.un; both languages take the low five (six) bits of the count.</summary>
    public static Expression Shift(string operation, Expression left, Expression right, bool unsigned)
    {
        var type = operation == "<<" && left.Type != ClType.Bool ? left.Type : Integer(left.Type.IsWide, unsigned);
        return new Binary(operation, Convert(left, type), Convert(right, ClType.Int), type);
    }

    /// <summary>
    /// A comparison; <paramref name="unordered"/> is what IL calls .un: unsigned on integers, and on floats true if an operand
    /// is NaN.
    /// </summary>
    public static Expression Compare(string operation, Expression left, Expression right, bool unordered)
    {
        if (left.Type == ClType.Float)
        {
            bool equality = operation is "==" or "!=";
            return unordered && !equality
                ? new Unary("!", new Binary(Opposite(operation), left, right, ClType.Bool), ClType.Bool)
                : new Binary(operation, left, right, ClType.Bool);
        }
        if (left.Type == ClType.Bool && right is Literal { Value: 0 or false })
        {
            // b == 0 and b > 0 are how IL says !b and b.
            if (operation == "==") return Not(left);
            if (operation is "!=" or ">") return left;
        }
        // x > 0 without sign is how IL says x != 0.
        if (operation == ">" && unordered && right is Literal { Value: 0 }) (operation, unordered) = ("!=", false);
        ClType type;
        if (operation is "==" or "!=") type = Common(left, right);
        else type = Integer(left.Type.IsWide || right.Type.IsWide, unordered);
        return new Binary(operation, Convert(left, type), Convert(right, type), ClType.Bool);
    }

    /// <summary>Whether a value is not zero, as brtrue asks.</summary>
    public static Expression Truth(Expression value) => value switch
    {
        { Type: ScalarType { Text: "bool" } } => value,
        Conditional { Then: Literal { Value: 1 }, Else: Literal { Value: 0 } } choice => choice.Condition,
        Conditional { Then: Literal { Value: 0 }, Else: Literal { Value: 1 } } choice => Not(choice.Condition),
        _ => new Binary("!=", value, Convert(Literal.Int(0), value.Type), ClType.Bool),
    };

    /// <summary>The opposite of a condition. Not so (a &lt; b) is not a ≥ b where one may be NaN.</summary>
    public static Expression Not(Expression condition) => condition switch
    {
        Unary { Operator: "!" } not => not.Operand,
        Binary { Operator: "==" or "!=" } equality => equality with { Operator = Opposite(equality.Operator) },
        Binary { Operator: "<" or ">" or "<=" or ">=" } order when order.Left.Type != ClType.Float =>
            order with { Operator = Opposite(order.Operator) },
        Binary { Operator: "&&" or "||" } both =>
            new Binary(both.Operator == "&&" ? "||" : "&&", Not(both.Left), Not(both.Right), ClType.Bool),
        Literal { Value: bool value } => new Literal(ClType.Bool, !value),
        _ => new Unary("!", condition, ClType.Bool),
    };

    /// <summary>condition ? then : otherwise, or the logic that it stands for.</summary>
    public static Expression Choose(Expression condition, Expression then, Expression otherwise)
    {
        if (then is ViewValue first && otherwise is ViewValue second)
            return new ViewValue(
                Choose(condition, first.Pointer, second.Pointer), Choose(condition, first.Length, second.Length));
        if (then.Type == ClType.Bool || otherwise.Type == ClType.Bool)
        {
            switch (then, otherwise)
            {
                case (_, Literal { Value: 0 }): return new Binary("&&", condition, then, ClType.Bool);
                case (Literal { Value: 0 }, _): return new Binary("&&", Not(condition), otherwise, ClType.Bool);
                case (Literal { Value: 1 }, _): return new Binary("||", condition, otherwise, ClType.Bool);
                case (_, Literal { Value: 1 }): return new Binary("||", Not(condition), then, ClType.Bool);
            }
        }
        var type = then.Type == otherwise.Type ? then.Type : Common(then, otherwise);
        return new Conditional(condition, Convert(then, type), Convert(otherwise, type), type);
    }

    /// <summary>The same bits, or the same number, as a type that C converts to without a word or with a cast.</summary>
    public static Expression Convert(Expression value, ClType type)
    {
        if (value.Type == type || value.Type is not ScalarType || type is not ScalarType) return value;
        if (value is Literal literal && literal.Value is not bool)
        {
            if (type == ClType.Bool) return literal.Value is 0 or 1 ? new Literal(type, literal.Value is 1) : new Cast(type, value);
            if (literal.Value is int signed && type == ClType.UInt) return new Literal(type, unchecked((uint)signed));
            if (literal.Value is int number && type == ClType.Long) return new Literal(type, (long)number);
            if (literal.Value is int low && type == ClType.ULong) return new Literal(type, unchecked((ulong)low));
            if (literal.Value is uint bits && type == ClType.Int) return new Literal(type, unchecked((int)bits));
        }
        return type == ClType.Int && value.Type == ClType.Bool ? new Conditional(value, Literal.Int(1), Literal.Int(0), type) : new Cast(type, value);
    }

    /// <summary>The type of an operation on two numbers.</summary>
    public static ClType Common(Expression left, Expression right)
    {
        if (left.Type == right.Type) return left.Type == ClType.Bool ? ClType.Int : left.Type;
        if (left.Type == ClType.Float || right.Type == ClType.Float) return ClType.Float;
        return Integer(left.Type.IsWide || right.Type.IsWide, left.Type.IsUnsigned || right.Type.IsUnsigned);
    }

    private static ScalarType Integer(bool wide, bool unsigned) =>
        wide ? unsigned ? ClType.ULong : ClType.Long : unsigned ? ClType.UInt : ClType.Int;

    private static string Opposite(string operation) => operation switch
    {
        "==" => "!=",
        "!=" => "==",
        "<" => ">=",
        ">=" => "<",
        ">" => "<=",
        _ => ">",
    };

    /// <summary>Sums and products of ints with constants; the sizes of shared memory are such.</summary>
    public static Expression Simplify(Binary sum) => (sum.Operator, sum.Left, sum.Right) switch
    {
        ("+", Literal { Value: int a }, Literal { Value: int b }) => Literal.Int(unchecked(a + b)),
        ("-", Literal { Value: int a }, Literal { Value: int b }) => Literal.Int(unchecked(a - b)),
        ("*", Literal { Value: int a }, Literal { Value: int b }) => Literal.Int(unchecked(a * b)),
        ("*", Literal { Value: 0 }, _) => sum.Left,
        ("*", _, Literal { Value: 0 }) => sum.Right,
        ("+", Literal { Value: 0 }, _) => sum.Right,
        ("+" or "-", _, Literal { Value: 0 }) => sum.Left,
        ("*", _, Literal { Value: 1 }) => sum.Left,
        _ => sum,
    };
}
