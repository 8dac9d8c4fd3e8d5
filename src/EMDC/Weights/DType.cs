namespace EMDC.Weights;

/// <summary>Element types by the names of the safetensors format. Only the floating-point ones become values here.</summary>
public enum DType
{
    /// <summary>IEEE binary16.</summary>
    F16,

    /// <summary>The upper half of a binary32.</summary>
    BF16,

    /// <summary>IEEE binary32.</summary>
    F32,

    /// <summary>IEEE binary64.</summary>
    F64,

    /// <summary>One byte, 0 or 1.</summary>
    BOOL,

    /// <summary>Unsigned byte.</summary>
    U8,

    /// <summary>Signed byte.</summary>
    I8,

    /// <summary>Signed 16-bit integer.</summary>
    I16,

    /// <summary>Signed 32-bit integer.</summary>
    I32,

    /// <summary>Signed 64-bit integer.</summary>
    I64,
}

/// <summary>What the element types are.</summary>
public static class DTypes
{
    // Enum.TryParse would also take numbers and lists.
    internal static bool TryParse(string text, out DType type)
    {
        (bool known, type) = text switch
        {
            "F16" => (true, DType.F16),
            "BF16" => (true, DType.BF16),
            "F32" => (true, DType.F32),
            "F64" => (true, DType.F64),
            "BOOL" => (true, DType.BOOL),
            "U8" => (true, DType.U8),
            "I8" => (true, DType.I8),
            "I16" => (true, DType.I16),
            "I32" => (true, DType.I32),
            "I64" => (true, DType.I64),
            _ => (false, default),
        };
        return known;
    }

    /// <summary>Bytes of one element.</summary>
    public static int Size(this DType type) => type switch
    {
        DType.BOOL or DType.U8 or DType.I8 => 1,
        DType.F16 or DType.BF16 or DType.I16 => 2,
        DType.F32 or DType.I32 => 4,
        _ => 8,
    };

    /// <summary>Whether the type is a floating-point one.</summary>
    public static bool IsFloat(this DType type) => type is DType.F16 or DType.BF16 or DType.F32 or DType.F64;
}
