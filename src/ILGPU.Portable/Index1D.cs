namespace ILGPU;

/// <summary>An index or extent of one dimension.</summary>
public readonly struct Index1D : IIndex, IEquatable<Index1D>
{
    public static readonly Index1D Invalid = new(-1);
    public static readonly Index1D Zero = new(0);
    public static readonly Index1D One = new(1);

    public Index1D(int x)
    {
        X = x;
    }

    public int X { get; }

    public bool IsFirst => X == 0;

    public int Size => X;

    public long LongSize => (long)X;

    long IIndex.Size => LongSize;

    public bool InBounds(Index1D dimension) => X >= 0 && X < dimension.X;

    public bool Equals(Index1D other) => X == other.X;

    public override bool Equals(object? obj) => obj is Index1D other && Equals(other);

    public override int GetHashCode() => X.GetHashCode();

    public override string ToString() => $"({X})";

    public static Index1D operator +(Index1D first, Index1D second) => new(first.X + second.X);

    public static Index1D operator -(Index1D first, Index1D second) => new(first.X - second.X);

    public static Index1D operator *(Index1D first, Index1D second) => new(first.X * second.X);

    public static Index1D operator /(Index1D first, Index1D second) => new(first.X / second.X);

    public static bool operator ==(Index1D first, Index1D second) => first.Equals(second);

    public static bool operator !=(Index1D first, Index1D second) => !first.Equals(second);

    public static implicit operator int(Index1D idx) => idx.X;

    public static implicit operator Index1D(int idx) => new(idx);

    public static implicit operator LongIndex1D(Index1D index) => new(index.X);
}
