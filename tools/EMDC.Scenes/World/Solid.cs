using System.Numerics;

namespace EMDC.Scenes.World;

/// <summary>The shapes a ray can meet.</summary>
internal enum Shape : byte
{
    /// <summary>|x| ≤ hx, |y| ≤ hy, |z| ≤ hz.</summary>
    Box,

    /// <summary>(x/hx)² + (y/hy)² + (z/hz)² ≤ 1.</summary>
    Ellipsoid,

    /// <summary>Round about y, radius hx at y = −hy, hz at y = hy, closed by discs: cylinders, cones, poles.</summary>
    Cone,

    /// <summary>As <see cref="Cone"/>, without the discs: lamp shades, pots, bins.</summary>
    Tube,

    /// <summary>The rectangle |x| ≤ hx, |y| ≤ hy in z = 0.</summary>
    Panel,

    /// <summary>The ellipse (x/hx)² + (y/hy)² ≤ 1 in z = 0: leaves, plates.</summary>
    Disc,
}

/// <summary>A surface in the world.</summary>
internal sealed class Solid
{
    public Solid(Shape shape, Pose pose, Vector3 half, Material material, Cutout? cutout = null)
    {
        Shape = shape;
        Pose = pose;
        Half = half;
        Material = material;
        Cutout = cutout;
        Extent = shape switch
        {
            Shape.Panel or Shape.Disc => half with { Z = 0 },
            Shape.Cone or Shape.Tube => new(MathF.Max(half.X, half.Z), half.Y, MathF.Max(half.X, half.Z)),
            _ => half,
        };
        Radius = Extent.Length();
    }

    public Shape Shape { get; }

    public Pose Pose { get; }

    public Vector3 Half { get; }

    public Material Material { get; }

    /// <summary>Holes in a panel.</summary>
    public Cutout? Cutout { get; }

    /// <summary>Half sizes of the box around the shape, in its own axes.</summary>
    public Vector3 Extent { get; }

    /// <summary>Radius of the sphere around the shape.</summary>
    public float Radius { get; }

    /// <summary>False for what never stands between a surface and a lamp, such as the shell of a convex room.</summary>
    public bool CastsShadow { get; init; } = true;
}
