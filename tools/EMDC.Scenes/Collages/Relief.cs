using System.Numerics;

namespace EMDC.Scenes.Collages;

/// <summary>The surface of one thing of a collage: a plane through a point, bulging towards the viewer away from the outline.</summary>
internal sealed class Relief
{
    // How far a slanted thing may reach before and behind its anchor.
    private const float Slenderest = 0.6f, Longest = 1.7f;

    private readonly Backdrop _backdrop;
    private readonly Vector3 _plane;
    private readonly float _anchor, _bulge, _reach;

    private Relief(Backdrop backdrop, Vector3 plane, float anchor, float bulge, float reach) =>
        (_backdrop, _plane, _anchor, _bulge, _reach) = (backdrop, plane, anchor, bulge, reach);

    /// <summary>A thing at a depth of its own.</summary>
    /// <param name="rng">Draws slant and bulge.</param>
    /// <param name="backdrop">The space around it.</param>
    /// <param name="x">Column of the point whose depth is given.</param>
    /// <param name="y">Its row.</param>
    /// <param name="depth">Metres there.</param>
    /// <param name="inside">The largest distance of its pixels from its outline, in pixels.</param>
    public static Relief Thing(Rng rng, Backdrop backdrop, float x, float y, float depth, float inside)
    {
        bool isUpright = rng.Chance(0.6f);
        Vector3 normal = isUpright ? new(rng.Normal(0, 0.35f), rng.Normal(0, 0.1f), 1) : new(rng.Normal(0, 0.5f), rng.Normal(0, 0.5f), 1);
        float bulge = rng.Chance(0.45f) ? rng.LogRange(0.1f, 1) * inside * depth / backdrop.Focal : 0;
        return new(backdrop, normal / (Vector3.Dot(normal, backdrop.Ray(x, y)) * depth), depth, MathF.Min(bulge, 0.4f * depth), inside * rng.Range(0.4f, 1));
    }

    /// <summary>Metres at a pixel.</summary>
    /// <param name="x">Column.</param>
    /// <param name="y">Row.</param>
    /// <param name="inside">The pixel's distance from the outline.</param>
    public float Depth(float x, float y, float inside)
    {
        float plane = 1 / MathF.Max(Vector3.Dot(_plane, _backdrop.Ray(x, y)), 1e-3f);
        float rim = 1 - Math.Clamp(inside / _reach, 0, 1);
        return Math.Clamp(Math.Clamp(plane, Slenderest * _anchor, Longest * _anchor) - _bulge * MathF.Sqrt(1 - rim * rim), Backdrop.Nearest, Backdrop.Farthest);
    }
}
