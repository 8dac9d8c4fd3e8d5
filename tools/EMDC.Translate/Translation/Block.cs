namespace EMDC.Translate;

/// <summary>Instructions that run one after the other: first as IL, then as statements.</summary>
internal sealed class Block(int first)
{
    /// <summary>The first instruction.</summary>
    public int First { get; } = first;

    /// <summary>Behind the last instruction.</summary>
    public int End { get; set; }

    /// <summary>Where the last instruction leads; in front of the other targets the one that follows in the text.</summary>
    public List<Block> Next { get; } = [];

    public List<Statement> Statements { get; } = [];

    /// <summary>How the block ends, once it is translated.</summary>
    public Ending? Ending { get; set; }

    /// <summary>What the block leaves on the evaluation stack.</summary>
    public List<Expression> Left { get; set; } = [];

    public bool IsTranslated => Ending is not null;

    public IEnumerable<Block> Successors => Ending?.Targets ?? Next;
}

/// <summary>Where a block leads.</summary>
internal abstract record Ending
{
    public abstract IEnumerable<Block> Targets { get; }

    /// <summary>The same with another target.</summary>
    public abstract Ending Redirect(Block from, Block to);
}

internal sealed record Jump(Block Target) : Ending
{
    public override IEnumerable<Block> Targets => [Target];

    public override Ending Redirect(Block from, Block to) => Target == from ? new Jump(to) : this;
}

/// <summary>To Then where the condition holds, else to Else, which is what follows in the text.</summary>
internal sealed record Branch(Expression Condition, Block Then, Block Else) : Ending
{
    public override IEnumerable<Block> Targets => Then == Else ? [Then] : [Else, Then];

    public override Ending Redirect(Block from, Block to)
    {
        var changed = new Branch(Condition, Then == from ? to : Then, Else == from ? to : Else);
        return changed.Then == changed.Else ? new Jump(changed.Then) : changed;
    }
}

internal sealed record Select(Expression Value, IReadOnlyList<Block> Cases, Block Default) : Ending
{
    public override IEnumerable<Block> Targets => Cases.Prepend(Default).Distinct();

    public override Ending Redirect(Block from, Block to) =>
        new Select(Value, [.. Cases.Select(one => one == from ? to : one)], Default == from ? to : Default);
}

internal sealed record Leave(Expression? Value) : Ending
{
    public override IEnumerable<Block> Targets => [];

    public override Ending Redirect(Block from, Block to) => this;
}
