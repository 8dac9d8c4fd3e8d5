namespace EMDC.Translate;

internal abstract record Statement
{
    /// <summary>The expressions that stand in the statement itself, not in those inside it.</summary>
    public virtual IEnumerable<Expression> Expressions => [];

    /// <summary>The lists of statements inside.</summary>
    public virtual IEnumerable<List<Statement>> Bodies => [];
}

/// <summary>target = value, of a variable, a part of one, or an element of a view.</summary>
internal sealed record Assign(Expression Target, Expression Value) : Statement
{
    public override IEnumerable<Expression> Expressions => [Target, Value];
}

/// <summary>A variable comes into being, with or without a value.</summary>
internal sealed record Declare(Variable Variable, Expression? Value) : Statement
{
    public override IEnumerable<Expression> Expressions => Value is null ? [] : [Value];
}

/// <summary>A call for what it does.</summary>
internal sealed record Run(Call Call) : Statement
{
    public override IEnumerable<Expression> Expressions => [Call];
}

internal sealed record Barrier : Statement;

internal sealed record Return(Expression? Value) : Statement
{
    public override IEnumerable<Expression> Expressions => Value is null ? [] : [Value];
}

internal sealed record If(Expression Condition, List<Statement> Then, List<Statement> Else) : Statement
{
    public override IEnumerable<Expression> Expressions => [Condition];

    public override IEnumerable<List<Statement>> Bodies => [Then, Else];
}

/// <summary>while (true), until <see cref="Tidy"/> finds a condition; the step is done at the end and by continue.</summary>
internal sealed record Loop(Expression? Condition, List<Statement> Body, List<Statement> Step) : Statement
{
    /// <summary>Runs once, in front of the loop.</summary>
    public Statement? First { get; init; }

    /// <summary>Whether the condition is asked for after the body.</summary>
    public bool ConditionAtEnd { get; init; }

    public override IEnumerable<Expression> Expressions => Condition is null ? [] : [Condition];

    public override IEnumerable<List<Statement>> Bodies => [First is null ? [] : [First], Body, Step];
}

internal sealed record Switch(Expression Value, List<SwitchCase> Cases) : Statement
{
    public override IEnumerable<Expression> Expressions => [Value];

    public override IEnumerable<List<Statement>> Bodies => Cases.Select(one => one.Body);
}

/// <summary>One arm; without labels it is the default.</summary>
internal sealed record SwitchCase(List<int> Labels, List<Statement> Body);

internal sealed record Break : Statement;

internal sealed record Continue : Statement;

internal sealed record Goto(Block Target) : Statement;

internal sealed record Label(Block Block) : Statement;
