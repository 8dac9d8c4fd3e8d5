using System.Numerics;
using EMDC.Scenes.World;

namespace EMDC.Scenes.Render;

/// <summary>Which solids can matter for a tile: as seen from the camera, and between the tile's surfaces and a lamp.</summary>
internal static class TileCull
{
    /// <summary>The half space n·(q − eye) ≥ 0 holds a part of the solid's oriented box.</summary>
    public static bool Reaches(Solid solid, Vector3 normal, Vector3 eye)
    {
        Pose pose = solid.Pose;
        Vector3 half = solid.Extent;
        float reach = half.X * MathF.Abs(Vector3.Dot(normal, pose.X)) + half.Y * MathF.Abs(Vector3.Dot(normal, pose.Y))
            + half.Z * MathF.Abs(Vector3.Dot(normal, pose.Z));
        return Vector3.Dot(normal, pose.At - eye) >= -reach;
    }

    /// <summary>
    /// Whether the solid's box can meet the body swept by a ball of <paramref name="radius"/> at <paramref name="from"/> that shrinks to
    /// <paramref name="end"/> at <paramref name="to"/>: the rays from a tile's surfaces to a lamp.
    /// </summary>
    public static bool IsBetween(Solid solid, Vector3 from, float radius, Vector3 to, float end)
    {
        float wide = MathF.Max(radius, end);
        Vector3 along = to - from, offset = solid.Pose.At - from;
        float length = along.LengthSquared(), s = Math.Clamp(Vector3.Dot(offset, along) / MathF.Max(length, 1e-12f), 0, 1);
        if ((offset - s * along).Length() > solid.Radius + wide)
        {
            return false;
        }

        // Long thin solids have large spheres: their box's own three axes separate them better.
        Pose pose = solid.Pose;
        Vector3 a = pose.ToLocal(from), b = pose.ToLocal(to), half = solid.Extent;
        return Overlaps(a.X, b.X, half.X + wide) && Overlaps(a.Y, b.Y, half.Y + wide) && Overlaps(a.Z, b.Z, half.Z + wide);
    }

    private static bool Overlaps(float a, float b, float half) => MathF.Min(a, b) <= half && MathF.Max(a, b) >= -half;
}
