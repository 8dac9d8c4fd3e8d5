using System.Reflection;

namespace EMDC.Translate;

/// <summary>The OpenCL C types of a program: what C# types become, and the records that must be declared.</summary>
internal sealed class TypeMap
{
    private readonly Dictionary<Type, ClType> types = new()
    {
        [typeof(void)] = ClType.Void,
        [typeof(bool)] = ClType.Bool,
        [typeof(int)] = ClType.Int,
        [typeof(uint)] = ClType.UInt,
        [typeof(long)] = ClType.Long,
        [typeof(ulong)] = ClType.ULong,
        [typeof(float)] = ClType.Float,

        // On IL's stack there is nothing smaller than int.
        [typeof(sbyte)] = ClType.Int,
        [typeof(byte)] = ClType.Int,
        [typeof(short)] = ClType.Int,
        [typeof(ushort)] = ClType.Int,
        [typeof(char)] = ClType.Int,
    };

    private readonly List<RecordType> records = [];

    /// <summary>The records in use, each after those that it contains.</summary>
    public IReadOnlyList<RecordType> Records => records;

    /// <summary>What a type becomes, or null if there is nothing for it in the dialect.</summary>
    public ClType? Of(Type type, AddressSpace space = AddressSpace.Global)
    {
        if (types.TryGetValue(type, out var known)) return known;
        if (type.IsByRef) return Of(type.GetElementType()!, space) is { } target ? new PointerType(target) : null;
        if (Views.IsView(type)) return Of(type.GenericTypeArguments[0]) is { } element ? new ViewType(element, space) : null;
        if (type.IsEnum) return types[type] = Of(type.GetEnumUnderlyingType())!;
        if (!type.IsValueType || type.IsPrimitive || type.IsPointer) return null;
        var fields = new List<RecordField>();
        foreach (var field in Fields(type))
        {
            if (Of(field.FieldType) is not { } fieldType || fieldType is ViewType or PointerType) return null;
            fields.Add(new RecordField(Names.Identifier(Name(field)), fieldType));
        }
        return fields.Count == 0 ? null : types[type] = Record(type, fields);
    }

    /// <summary>The fields of a record, in order.</summary>
    public static FieldInfo[] Fields(Type type) =>
        [.. type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).OrderBy(field => field.MetadataToken)];

    /// <summary>A field as part of an expression.</summary>
    public Expression Field(Expression target, FieldInfo field)
    {
        var fields = Fields(field.DeclaringType!);
        if (fields.Length == 1) return target;
        int index = Array.FindIndex(fields, one => one.MetadataToken == field.MetadataToken);
        if (target is Build { Parts.Count: > 1 } build) return build.Parts[index];
        return target.Type switch
        {
            VectorType vector when target is Build all => all.Parts[0],
            VectorType vector => new Member(target, Vectors.Components[index], vector.Element),
            RecordType record => new Member(target, record.Fields[index].Name, record.Fields[index].Type),
            _ => throw new InvalidOperationException($"{field} is no field of {target.Type}."),
        };
    }

    /// <summary>A part of a record that was just built.</summary>
    public static Expression Component(Build build, string name)
    {
        if (build.Parts.Count == 1) return build.Parts[0];
        int index = build.Type is RecordType record
            ? record.Fields.ToList().FindIndex(field => field.Name == name)
            : Array.IndexOf(Vectors.Components, name);
        return build.Parts[index];
    }

    /// <summary>The bytes of a value of the type in C#, where nothing is aligned to more than four bytes.</summary>
    public static int PackedSize(ClType type) => type switch
    {
        ScalarType scalar => scalar.Size,
        VectorType vector => 4 * vector.Element.Size,
        RecordType record => record.Fields.Sum(field => PackedSize(field.Type)),
        _ => throw new InvalidOperationException($"{type} does not lie in memory."),
    };

    /// <summary>Why values of the type cannot lie in memory that both C# and OpenCL C see, or null.</summary>
    public static string? LayoutFlaw(Type type, ClType mapped) =>
        KernelSignature.Flaw(type) ?? (Size(mapped) == PackedSize(mapped)
            ? null
            : $"{KernelSignature.TypeName(type)} has a record of four numbers X, Y, Z, W that OpenCL C would move to a multiple of 16 bytes");

    private static int Size(ClType type)
    {
        if (type is not RecordType record) return PackedSize(type);
        int size = record.Fields.Aggregate(0, (size, field) => Round(size, Alignment(field.Type)) + Size(field.Type));
        return Round(size, Alignment(type));
    }

    private static int Alignment(ClType type) => type switch
    {
        VectorType => 16,
        RecordType record => record.Fields.Max(field => Alignment(field.Type)),
        ScalarType scalar => scalar.Size,
        _ => 4,
    };

    private static int Round(int size, int alignment) => (size + alignment - 1) / alignment * alignment;

    private ClType Record(Type type, List<RecordField> fields)
    {
        if (fields.Count == 1) return fields[0].Type;
        if (fields.Select(field => field.Name).SequenceEqual(["X", "Y", "Z", "W"])
            && fields.All(field => field.Type == fields[0].Type) && fields[0].Type is ScalarType { Size: 4 } element)
            return new VectorType(element);
        string name = Names.Identifier(type.Name);
        while (records.Any(one => one.Text == name)) name += "_";
        var record = new RecordType(name, fields);
        records.Add(record);
        return record;
    }

    // Properties' and primary constructors' fields are <X>k__BackingField and <x>P.
    private static string Name(FieldInfo field) => field.Name[0] == '<' ? field.Name[1..field.Name.IndexOf('>')] : field.Name;
}
