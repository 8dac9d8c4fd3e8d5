using System.Numerics;

namespace EMDC.Scenes.Collages;

/// <summary>
/// The space that a collage's things stand in, in camera coordinates (x right, y down, z ahead): a floor and walls, or a single slope.
/// A plane n·p = d has the inverse depth n·(x/f, y/f, 1)/d at a pixel; of several, the nearest is seen from inside.
/// </summary>
internal sealed class Backdrop
{
    public const float Nearest = 0.12f, Farthest = 9.5f;

    private readonly List<Vector3> _planes = [];
    private readonly int _width, _height;

    public Backdrop(Rng rng, int width, int height)
    {
        (_width, _height) = (width, height);
        Focal = width * rng.LogRange(0.65f, 1.3f);
        float size = rng.LogRange(0.4f, 4.5f);
        var tilt = Matrix4x4.CreateRotationX(rng.Normal(0.15f, 0.25f)) * Matrix4x4.CreateRotationZ(rng.Normal(0, 0.05f));
        float yaw = rng.Normal(0, 0.6f), tall = size * rng.LogRange(0.2f, 0.7f);
        Vector3 ahead = new(MathF.Sin(yaw), 0, MathF.Cos(yaw)), aside = new(ahead.Z, 0, -ahead.X);
        switch (rng.Weighted(0.45f, 0.3f, 0.25f))
        {
            case 0: // A room.
                Add(Vector3.UnitY, tall);
                Add(-Vector3.UnitY, tall * rng.LogRange(0.6f, 2.5f));
                Add(ahead, size);
                Add(aside, size * rng.LogRange(0.3f, 1.5f));
                Add(-aside, size * rng.LogRange(0.3f, 1.5f));
                break;
            case 1: // A floor or a table, and something behind.
                Add(Vector3.UnitY, tall);
                Add(ahead, size);
                break;
            default: // One surface, seen more or less head-on.
                Add(Vector3.Normalize(new(rng.Normal(0, 0.4f), rng.Normal(0.2f, 0.5f), 1)), size * 0.7f);
                break;
        }

        void Add(Vector3 normal, float distance) => _planes.Add(Vector3.TransformNormal(normal, tilt) / distance);
    }

    /// <summary>Pixels of the focal length.</summary>
    public float Focal { get; }

    /// <summary>Metres at a pixel.</summary>
    public float Depth(float x, float y)
    {
        Vector3 ray = Ray(x, y);
        float inverse = 0;
        foreach (Vector3 plane in _planes)
        {
            inverse = MathF.Max(inverse, Vector3.Dot(plane, ray));
        }

        return Math.Clamp(1 / MathF.Max(inverse, 1e-3f), Nearest, Farthest);
    }

    /// <summary>The direction that a pixel looks in, with z = 1.</summary>
    public Vector3 Ray(float x, float y) => new((x + 0.5f - _width / 2f) / Focal, (y + 0.5f - _height / 2f) / Focal, 1);
}
