using System.Numerics;

namespace EMDC.Scenes.World;

/// <summary>A pinhole. Its pose has x to the right, y up and z into the picture.</summary>
/// <param name="Pose">Where it stands and looks.</param>
/// <param name="Focal">Focal length in widths of the picture.</param>
internal sealed record Camera(Pose Pose, float Focal)
{
    public static Camera Looking(Vector3 from, Vector3 at, float roll, float focal)
    {
        Vector3 z = Vector3.Normalize(at - from);
        Vector3 x = Vector3.Normalize(Vector3.Cross(MathF.Abs(z.Y) < 0.999f ? Vector3.UnitY : Vector3.UnitX, z));
        Vector3 y = Vector3.Cross(z, x);
        float c = MathF.Cos(roll), s = MathF.Sin(roll);
        return new Camera(new Pose(from, c * x + s * y, c * y - s * x, z), focal);
    }
}
