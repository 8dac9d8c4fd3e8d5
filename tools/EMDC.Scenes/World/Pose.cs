using System.Numerics;

namespace EMDC.Scenes.World;

/// <summary>A place and three axes of unit length in the world; local coordinates are p = (x·(q − at), y·(q − at), z·(q − at)).</summary>
internal readonly record struct Pose(Vector3 At, Vector3 X, Vector3 Y, Vector3 Z)
{
    public static Pose Identity => new(Vector3.Zero, Vector3.UnitX, Vector3.UnitY, Vector3.UnitZ);

    public static Pose Of(Vector3 at, float yaw = 0, float pitch = 0, float roll = 0)
    {
        Matrix4x4 m = Matrix4x4.CreateFromYawPitchRoll(yaw, pitch, roll);
        return new Pose(at, new(m.M11, m.M12, m.M13), new(m.M21, m.M22, m.M23), new(m.M31, m.M32, m.M33));
    }

    /// <summary>With y along <paramref name="axis"/>, which need not have unit length.</summary>
    public static Pose Along(Vector3 at, Vector3 axis)
    {
        Vector3 y = Vector3.Normalize(axis);
        Vector3 x = Vector3.Normalize(Vector3.Cross(y, MathF.Abs(y.Y) < 0.9f ? Vector3.UnitY : Vector3.UnitX));
        return new Pose(at, x, y, Vector3.Cross(x, y));
    }

    public Vector3 ToWorld(Vector3 p) => At + Turn(p);

    public Vector3 Turn(Vector3 d) => d.X * X + d.Y * Y + d.Z * Z;

    public Vector3 ToLocal(Vector3 q) => TurnBack(q - At);

    public Vector3 TurnBack(Vector3 d) => new(Vector3.Dot(X, d), Vector3.Dot(Y, d), Vector3.Dot(Z, d));

    /// <summary>A pose given in this pose's coordinates, in the world.</summary>
    public Pose Child(Pose inner) => new(ToWorld(inner.At), Turn(inner.X), Turn(inner.Y), Turn(inner.Z));
}
