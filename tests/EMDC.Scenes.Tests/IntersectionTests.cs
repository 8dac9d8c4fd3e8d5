using System.Numerics;
using System.Runtime.Intrinsics;
using EMDC.Scenes.Render;
using EMDC.Scenes.World;
using FsCheck.Xunit;

namespace EMDC.Scenes.Tests;

/// <summary>Rays against solids, checked by what it means to be inside, in double precision.</summary>
public sealed class IntersectionTests
{
    private const int Steps = 200;

    private static readonly Material Grey = new(Texture.Plain(new Vector3(0.5f)));

    [Property(MaxTest = 300)]
    public void A_hit_lies_on_the_surface_and_nothing_lies_before_it(int seed)
    {
        var rng = new Rng((ulong)seed, 1);
        Shape shape = rng.Of(Shape.Box, Shape.Ellipsoid, Shape.Cone);
        Vector3 half = new(rng.LogRange(0.02f, 1), rng.LogRange(0.02f, 1), rng.LogRange(0.02f, 1));
        half.Z = shape == Shape.Cone && rng.Chance(0.3f) ? rng.Of(0, half.X) : half.Z;
        var solid = new Solid(shape, Pose.Of(rng.InBox(new Vector3(2)), rng.Range(-3, 3), rng.Range(-3, 3), rng.Range(-3, 3)), half, Grey);
        Vector3 from = solid.Pose.At + 4 * Vector3.Normalize(rng.InBox(Vector3.One) + new Vector3(1e-3f));
        Vector3 direction = solid.Pose.ToWorld(rng.InBox(solid.Extent)) - from;

        float t = Distance(solid, from, direction);
        // Inside the box around the solid, which the ray leaves before t = 2.
        double end = float.IsPositiveInfinity(t) ? 2 : t;
        for (int i = 0; i < Steps; i++)
        {
            if (Depth(solid, from, direction, end * (i + 0.5) / Steps) > 1e-3)
            {
                Assert.Fail($"{shape} {half}: inside at {end * (i + 0.5) / Steps}, but the ray meets it at {t}.");
            }
        }

        if (!float.IsPositiveInfinity(t))
        {
            Assert.InRange(Depth(solid, from, direction, t), -2e-3, 2e-3);
            Vector3 normal = Surface.At(solid, from + t * direction, direction).Normal;
            Assert.Equal(1, normal.Length(), 1e-4f);
            Assert.True(Vector3.Dot(normal, direction) <= 1e-4f, "The normal points away from the viewer.");
        }
    }

    [Property(MaxTest = 200)]
    public void A_ray_into_a_solid_meets_it(int seed)
    {
        var rng = new Rng((ulong)seed, 2);
        Shape shape = rng.Of(Shape.Box, Shape.Ellipsoid, Shape.Cone);
        var solid = new Solid(shape, Pose.Of(rng.InBox(new Vector3(2)), rng.Range(-3, 3), rng.Range(-3, 3)), new(0.5f, 0.3f, 0.2f), Grey);
        // The middle of every one of these shapes is inside of it.
        Vector3 from = solid.Pose.At + 3 * Vector3.Normalize(rng.InBox(Vector3.One) + new Vector3(1e-3f));
        Assert.InRange(Distance(solid, from, solid.Pose.At - from), 0.5f, 1);
    }

    [Property(MaxTest = 200)]
    public void Whatever_stands_between_a_surface_and_a_lamp_is_kept(int seed)
    {
        var rng = new Rng((ulong)seed, 3);
        Vector3 centre = rng.InBox(Vector3.One), lamp = rng.InBox(new Vector3(3));
        float radius = rng.Range(0, 0.5f), size = rng.Range(0, 0.3f);
        Vector3 from = centre + radius * rng.Unit() * Vector3.Normalize(rng.InBox(Vector3.One) + new Vector3(1e-3f));
        Vector3 to = lamp + size * rng.Unit() * Vector3.Normalize(rng.InBox(Vector3.One) + new Vector3(1e-3f));
        var solid = new Solid(
            rng.Of(Shape.Box, Shape.Ellipsoid, Shape.Cone, Shape.Panel),
            Pose.Of(Vector3.Lerp(from, to, rng.Unit()) + rng.InBox(new Vector3(0.3f)), rng.Range(-3, 3), rng.Range(-3, 3)),
            new(rng.LogRange(0.01f, 1), rng.LogRange(0.01f, 1), rng.LogRange(0.01f, 1)),
            Grey);
        bool isHit = Distance(solid, from, to - from) < 1;
        Assert.True(!isHit || TileCull.IsBetween(solid, centre, radius, lamp, size));
    }

    private static float Distance(Solid solid, Vector3 from, Vector3 direction) =>
        Intersection.Distance(solid, Rays.Same(from, direction), Vector256<float>.Zero)[0];

    /// <summary>How far inside a point of the ray is, in units of the solid's half sizes; negative outside.</summary>
    private static double Depth(Solid solid, Vector3 from, Vector3 direction, double t)
    {
        (double x, double y, double z) = (Along(solid.Pose.X), Along(solid.Pose.Y), Along(solid.Pose.Z));
        Vector3 half = solid.Half;
        switch (solid.Shape)
        {
            case Shape.Box:
                return Math.Min(1 - Math.Abs(x) / half.X, Math.Min(1 - Math.Abs(y) / half.Y, 1 - Math.Abs(z) / half.Z));
            case Shape.Ellipsoid:
                return 1 - Math.Sqrt(x * x / half.X / half.X + y * y / half.Y / half.Y + z * z / half.Z / half.Z);
            default:
                double radius = half.X + (half.Z - half.X) * (y / half.Y + 1) / 2;
                return Math.Min(1 - Math.Abs(y) / half.Y, (radius - Math.Sqrt(x * x + z * z)) / Math.Max(half.X, half.Z));
        }

        double Along(Vector3 axis) =>
            axis.X * (from.X + t * direction.X - solid.Pose.At.X) + axis.Y * (from.Y + t * direction.Y - solid.Pose.At.Y)
            + axis.Z * (from.Z + t * direction.Z - solid.Pose.At.Z);
    }
}
