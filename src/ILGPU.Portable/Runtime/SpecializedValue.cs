namespace ILGPU.Runtime;

/// <summary>A kernel argument that ILGPU compiles in as a constant; here a value like any other.</summary>
public struct SpecializedValue<T>(T value) : IEquatable<SpecializedValue<T>>, ISpecializedValue where T : unmanaged, IEquatable<T>
{
    public T Value { get; set; } = value;

    readonly object ISpecializedValue.Boxed => Value;

    public readonly bool Equals(SpecializedValue<T> other) => Value.Equals(other.Value);

    public override readonly bool Equals(object? obj) => obj is SpecializedValue<T> other && Equals(other);

    public override readonly int GetHashCode() => Value.GetHashCode();

    public override readonly string ToString() => Value.ToString() ?? "";

    public static implicit operator T(SpecializedValue<T> value) => value.Value;

    public static bool operator ==(SpecializedValue<T> first, SpecializedValue<T> second) => first.Equals(second);

    public static bool operator !=(SpecializedValue<T> first, SpecializedValue<T> second) => !first.Equals(second);
}

/// <summary>Makes specialized values without naming their type.</summary>
public static class SpecializedValue
{
    public static SpecializedValue<T> New<T>(T value) where T : unmanaged, IEquatable<T> => new(value);
}
