namespace EMDC.Kernels;

/// <summary>
/// Four neighbouring pixels of one row (or four weights): the unit in which kernels load and store, 16 bytes at once.
/// A kernel builds a new value and never changes a field of one that it loaded.
/// </summary>
internal readonly record struct Float4(float X, float Y, float Z, float W)
{
    /// <summary>this + w·x, pixel by pixel. Written a · b + c: the device's assembler fuses it.</summary>
    public Float4 Add(float w, Float4 x) => new(w * x.X + X, w * x.Y + Y, w * x.Z + Z, w * x.W + W);

    /// <summary>this + other.</summary>
    public Float4 Add(Float4 other) => new(X + other.X, Y + other.Y, Z + other.Z, W + other.W);

    /// <summary>All four pixels of one value.</summary>
    public static Float4 All(float value) => new(value, value, value, value);
}
