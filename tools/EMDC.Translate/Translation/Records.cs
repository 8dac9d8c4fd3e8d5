namespace EMDC.Translate;

/// <summary>Puts values of records together.</summary>
internal static class Records
{
    /// <summary>A record out of the values of all its fields; one field alone is the record.</summary>
    public static Expression Build(ClType type, Expression[] parts) => type switch
    {
        VectorType when parts.Length == 1 => new Build(type, parts),
        VectorType vector => Vectors.Build(vector, parts),
        RecordType => new Build(type, parts),
        _ => parts[0],
    };

    /// <summary>The record that initobj leaves: zeros.</summary>
    public static Expression Zero(ClType type) => type switch
    {
        RecordType record => new Build(type, [.. record.Fields.Select(field => Zero(field.Type))]),
        VectorType vector => new Build(type, [Zero(vector.Element)]),
        ScalarType { Text: "float" } => Literal.Float(0),
        _ => Numbers.Convert(Literal.Int(0), type),
    };
}
