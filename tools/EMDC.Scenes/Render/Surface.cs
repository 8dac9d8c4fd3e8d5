using System.Numerics;
using EMDC.Scenes.World;

namespace EMDC.Scenes.Render;

/// <summary>A point of a surface: its normal towards the viewer, and texture coordinates in metres.</summary>
internal readonly record struct Surface(Vector3 Normal, float U, float V)
{
    public static Surface At(Solid solid, Vector3 point, Vector3 direction)
    {
        Vector3 p = solid.Pose.ToLocal(point), half = solid.Half;
        Surface found = solid.Shape switch
        {
            Shape.Box => Box(p, half),
            Shape.Ellipsoid => new(p / (half * half), MathF.Atan2(p.Z, p.X) * half.X, p.Y),
            Shape.Cone or Shape.Tube => Cone(p, half, solid.Shape == Shape.Cone),
            _ => new(Vector3.UnitZ, p.X, p.Y),
        };
        Vector3 normal = Vector3.Normalize(solid.Pose.Turn(found.Normal));
        return found with { Normal = Vector3.Dot(normal, direction) > 0 ? -normal : normal };
    }

    private static Surface Box(Vector3 p, Vector3 half)
    {
        Vector3 gap = half - Vector3.Abs(p);
        // The sides get offsets, so that a pattern does not run on around the edge as if it were printed through.
        return gap.X < gap.Y && gap.X < gap.Z ? new(MathF.Sign(p.X) * Vector3.UnitX, p.Z + 1.7f, p.Y)
            : gap.Y < gap.Z ? new(MathF.Sign(p.Y) * Vector3.UnitY, p.X, p.Z + 2.3f)
            : new(MathF.Sign(p.Z) * Vector3.UnitZ, p.X, p.Y);
    }

    private static Surface Cone(Vector3 p, Vector3 half, bool isClosed)
    {
        float k = (half.Z - half.X) / (2 * half.Y), radius = (half.X + half.Z) / 2 + k * p.Y;
        float around = MathF.Sqrt(p.X * p.X + p.Z * p.Z);
        if (isClosed && half.Y - MathF.Abs(p.Y) < MathF.Abs(radius - around))
        {
            return new(MathF.Sign(p.Y) * Vector3.UnitY, p.X, p.Z);
        }

        return new(new Vector3(p.X, -k * around, p.Z), MathF.Atan2(p.Z, p.X) * MathF.Max(half.X, half.Z), p.Y);
    }
}
