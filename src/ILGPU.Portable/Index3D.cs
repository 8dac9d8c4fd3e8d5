namespace ILGPU;

/// <summary>An index or extent of three dimensions; X is the fastest.</summary>
public readonly struct Index3D : IIndex, IEquatable<Index3D>
{
    public static readonly Index3D Invalid = new(-1, -1, -1);
    public static readonly Index3D Zero = new(0, 0, 0);
    public static readonly Index3D One = new(1, 1, 1);

    public Index3D(int x, int y, int z)
    {
        X = x;
        Y = y;
        Z = z;
    }

    public Index3D(Index2D xy, int z) : this(xy.X, xy.Y, z) { }

    public Index3D(int x, Index2D yz) : this(x, yz.X, yz.Y) { }

    public int X { get; }

    public int Y { get; }

    public int Z { get; }

    public Index2D XY => new(X, Y);

    public Index2D YZ => new(Y, Z);

    public bool IsFirst => X == 0 && Y == 0 && Z == 0;

    public int Size => X * Y * Z;

    public long LongSize => (long)X * Y * Z;

    long IIndex.Size => LongSize;

    public bool InBounds(Index3D dimension) => X >= 0 && X < dimension.X && Y >= 0 && Y < dimension.Y && Z >= 0 && Z < dimension.Z;

    public void Deconstruct(out int x, out int y, out int z) => (x, y, z) = (X, Y, Z);

    public bool Equals(Index3D other) => X == other.X && Y == other.Y && Z == other.Z;

    public override bool Equals(object? obj) => obj is Index3D other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(X, Y, Z);

    public override string ToString() => $"({X}, {Y}, {Z})";

    public static Index3D operator +(Index3D first, Index3D second) => new(first.X + second.X, first.Y + second.Y, first.Z + second.Z);

    public static Index3D operator -(Index3D first, Index3D second) => new(first.X - second.X, first.Y - second.Y, first.Z - second.Z);

    public static Index3D operator *(Index3D first, Index3D second) => new(first.X * second.X, first.Y * second.Y, first.Z * second.Z);

    public static Index3D operator /(Index3D first, Index3D second) => new(first.X / second.X, first.Y / second.Y, first.Z / second.Z);

    public static bool operator ==(Index3D first, Index3D second) => first.Equals(second);

    public static bool operator !=(Index3D first, Index3D second) => !first.Equals(second);

    public static implicit operator Index3D((int x, int y, int z) values) => new(values.x, values.y, values.z);
}
