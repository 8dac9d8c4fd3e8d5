namespace EMDC.Translate;

/// <summary>Where a view's elements lie.</summary>
internal enum AddressSpace
{
    Global,
    Local,
}

/// <summary>A type of OpenCL C, as it stands in the text.</summary>
internal abstract record ClType(string Text)
{
    public static readonly ScalarType Int = new("int", 4);
    public static readonly ScalarType UInt = new("uint", 4);
    public static readonly ScalarType Long = new("long", 8);
    public static readonly ScalarType ULong = new("ulong", 8);
    public static readonly ScalarType Float = new("float", 4);

    /// <summary>What a comparison gives; IL has int in its place.</summary>
    public static readonly ScalarType Bool = new("bool", 1);

    public static readonly ScalarType Void = new("void", 0);

    public bool IsWide => this == Long || this == ULong;

    public bool IsUnsigned => this == UInt || this == ULong;

    public sealed override string ToString() => Text;
}

internal sealed record ScalarType(string Text, int Size) : ClType(Text);

/// <summary>A record of four numbers X, Y, Z, W of one type: loads, stores and arithmetic are of 16 bytes at once.</summary>
internal sealed record VectorType(ScalarType Element) : ClType($"{Element.Text}4");

/// <summary>Any other record of two or more fields.</summary>
internal sealed record RecordType(string Text, IReadOnlyList<RecordField> Fields) : ClType(Text)
{
    public bool Equals(RecordType? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => Text.GetHashCode();
}

internal readonly record struct RecordField(string Name, ClType Type);

/// <summary>A view's address; its length is a value of its own.</summary>
internal sealed record ViewType(ClType Element, AddressSpace Space) : ClType($"__{Space.ToString().ToLowerInvariant()} {Element.Text} *");

/// <summary>The address of a variable, for <c>ref</c> parameters and methods that change their record.</summary>
internal sealed record PointerType(ClType Target) : ClType($"{Target.Text} *");
