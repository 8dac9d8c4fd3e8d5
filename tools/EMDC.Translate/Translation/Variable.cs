namespace EMDC.Translate;

/// <summary>A parameter, a local variable or an array in shared memory, under the source's name if it has one.</summary>
internal sealed class Variable(string? name, ClType type)
{
    public string? Name { get; set; } = name;

    public ClType Type { get; } = type;

    /// <summary>Of a view: the variable of its length.</summary>
    public Variable? Length { get; init; }

    /// <summary>Whether this is the length of a view; these are left out where nobody asks for them.</summary>
    public bool IsLength { get; init; }

    /// <summary>Whether it has one value wherever it can be read.</summary>
    public bool IsFixed { get; init; }

    /// <summary>Of an array in shared memory: its elements.</summary>
    public int SharedElements { get; init; }

    /// <summary>What the text calls it.</summary>
    public string? Printed { get; set; }

    /// <summary>A variable of the type, with a length if it is a view.</summary>
    public static Variable New(string? name, ClType type, bool isFixed = false) => new(name, type)
    {
        IsFixed = isFixed,
        Length = type is ViewType ? new Variable($"{name ?? "view"}_length", ClType.Int) { IsLength = true, IsFixed = isFixed } : null,
    };

    /// <summary>Its value.</summary>
    public Expression Read() => Length is null ? new Local(this) : new ViewValue(new Local(this), new Local(Length));
}
