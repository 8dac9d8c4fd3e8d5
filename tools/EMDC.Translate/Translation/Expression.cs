namespace EMDC.Translate;

/// <summary>A value without side effects.</summary>
internal abstract record Expression(ClType Type)
{
    public virtual IEnumerable<Expression> Children => [];

    /// <summary>The same expression over other children.</summary>
    public virtual Expression Map(Func<Expression, Expression> change) => this;

    /// <summary>This expression and all below it.</summary>
    public IEnumerable<Expression> Tree => Children.SelectMany(child => child.Tree).Prepend(this);

    public bool Mentions(Variable variable) => Tree.Any(part => part is Local local && local.Variable == variable);

    public bool ReadsMemory => Tree.Any(part => part is Element or Call { Helper: not null } or Dereference);

    /// <summary>Whether the value is the same wherever the expression stands, and costs nothing to write twice.</summary>
    public bool IsStable => this switch
    {
        Literal => true,
        Local local => local.Variable.IsFixed,
        Member member => member.Target.IsStable,
        ViewValue view => view.Pointer.IsStable && view.Length.IsStable,
        AddressOf address => address.Location.IsFixedPlace,
        _ => false,
    };

    /// <summary>The element of a view that the place is or is a part of, or null.</summary>
    public Element? InMemory => this switch
    {
        Element element => element,
        Member member => member.Target.InMemory,
        _ => null,
    };

    /// <summary>Whether the place is the same wherever the expression stands, whatever it holds.</summary>
    private bool IsFixedPlace => this switch
    {
        Local => true,
        Member member => member.Target.IsFixedPlace,
        Element element => element.Pointer.IsStable && element.Index.IsStable,
        Dereference known => known.Pointer.IsStable,
        ViewValue { Pointer: Local } => true,
        _ => IsStable,
    };

    /// <summary>Whether it costs nothing to write the expression twice in the same place.</summary>
    public bool IsTrivial => this is Literal or Local || this is Member member && member.Target.IsTrivial;

    protected static Expression[] MapAll(IReadOnlyList<Expression> children, Func<Expression, Expression> change) =>
        [.. children.Select(change)];
}

internal sealed record Literal(ClType Type, object Value) : Expression(Type)
{
    public static Literal Int(int value) => new(ClType.Int, value);

    public static Literal Float(float value) => new(ClType.Float, value);

    // 0 and −0 are two values.
    public bool Equals(Literal? other) =>
        other is not null && Type == other.Type
        && (Value is float a && other.Value is float b
            ? BitConverter.SingleToInt32Bits(a) == BitConverter.SingleToInt32Bits(b)
            : Value.Equals(other.Value));

    public override int GetHashCode() => Value.GetHashCode();
}

internal sealed record Local(Variable Variable) : Expression(Variable.Type);

/// <summary>A field of a record or a component (x, y, z, w) of a vector.</summary>
internal sealed record Member(Expression Target, string Name, ClType Type) : Expression(Type)
{
    public override IEnumerable<Expression> Children => [Target];

    public override Expression Map(Func<Expression, Expression> change) => new Member(change(Target), Name, Type);
}

internal sealed record Unary(string Operator, Expression Operand, ClType Type) : Expression(Type)
{
    public override IEnumerable<Expression> Children => [Operand];

    public override Expression Map(Func<Expression, Expression> change) => this with { Operand = change(Operand) };
}

internal sealed record Binary(string Operator, Expression Left, Expression Right, ClType Type) : Expression(Type)
{
    public override IEnumerable<Expression> Children => [Left, Right];

    public override Expression Map(Func<Expression, Expression> change) =>
        Numbers.Simplify(this with { Left = change(Left), Right = change(Right) });
}

internal sealed record Conditional(Expression Condition, Expression Then, Expression Else, ClType Type) : Expression(Type)
{
    public override IEnumerable<Expression> Children => [Condition, Then, Else];

    public override Expression Map(Func<Expression, Expression> change) =>
        new Conditional(change(Condition), change(Then), change(Else), Type);
}

internal sealed record Cast(ClType Type, Expression Operand) : Expression(Type)
{
    public override IEnumerable<Expression> Children => [Operand];

    public override Expression Map(Func<Expression, Expression> change) => this with { Operand = change(Operand) };
}

/// <summary>A call of OpenCL C's own function, or of a helper.</summary>
internal sealed record Call(string Name, Function? Helper, IReadOnlyList<Expression> Arguments, ClType Type) : Expression(Type)
{
    public override IEnumerable<Expression> Children => Arguments;

    public override Expression Map(Func<Expression, Expression> change) => this with { Arguments = MapAll(Arguments, change) };
}

/// <summary>An element of a view.</summary>
internal sealed record Element(Expression Pointer, Expression Index, ClType Type) : Expression(Type)
{
    public override IEnumerable<Expression> Children => [Pointer, Index];

    public override Expression Map(Func<Expression, Expression> change) =>
        new Element(change(Pointer), change(Index), Type);
}

/// <summary>A new record out of the values of its fields; a new vector out of one value for all components, or of four.</summary>
internal sealed record Build(ClType Type, IReadOnlyList<Expression> Parts) : Expression(Type)
{
    public override IEnumerable<Expression> Children => Parts;

    public override Expression Map(Func<Expression, Expression> change) => Records.Build(Type, MapAll(Parts, change));
}

/// <summary>A view: address and length.</summary>
internal sealed record ViewValue(Expression Pointer, Expression Length) : Expression(Pointer.Type)
{
    public override IEnumerable<Expression> Children => [Pointer, Length];

    public override Expression Map(Func<Expression, Expression> change) => new ViewValue(change(Pointer), change(Length));
}

/// <summary>The address of a variable, of an element of a view, or of a part of either.</summary>
internal sealed record AddressOf(Expression Location) : Expression(new PointerType(Location.Type))
{
    public override IEnumerable<Expression> Children => [Location];

    public override Expression Map(Func<Expression, Expression> change) => new AddressOf(change(Location));
}

/// <summary>The variable that a <c>ref</c> parameter stands for.</summary>
internal sealed record Dereference(Expression Pointer, ClType Type) : Expression(Type)
{
    public override IEnumerable<Expression> Children => [Pointer];

    public override Expression Map(Func<Expression, Expression> change) => new Dereference(change(Pointer), Type);
}
