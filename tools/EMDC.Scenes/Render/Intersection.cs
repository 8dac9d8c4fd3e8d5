using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using EMDC.Scenes.World;

namespace EMDC.Scenes.Render;

/// <summary>Where eight rays meet a solid.</summary>
internal static class Intersection
{
    private const float Tiny = 1e-20f;

    /// <summary>Keeps in <paramref name="hits"/> what is nearer than <paramref name="near"/>…T allows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Nearest(Solid solid, int number, in Rays rays, Vector256<float> near, ref Hits hits)
    {
        Vector256<float> t = Distance(solid, rays, near);
        Vector256<float> closer = Vector256.LessThan(t, hits.T);
        hits.T = Vector256.ConditionalSelect(closer, t, hits.T);
        hits.Solid = Vector256.ConditionalSelect(closer.AsInt32(), Vector256.Create(number), hits.Solid);
    }

    /// <summary>The smallest t > near at which each ray meets the solid's surface; +∞ where it does not.</summary>
    public static Vector256<float> Distance(Solid solid, in Rays rays, Vector256<float> near)
    {
        Pose pose = solid.Pose;
        Vector256<float> px = rays.Ox - Vector256.Create(pose.At.X), py = rays.Oy - Vector256.Create(pose.At.Y), pz = rays.Oz - Vector256.Create(pose.At.Z);
        var local = new Rays
        {
            Ox = Dot(pose.X, px, py, pz),
            Oy = Dot(pose.Y, px, py, pz),
            Oz = Dot(pose.Z, px, py, pz),
            Dx = Away(Dot(pose.X, rays.Dx, rays.Dy, rays.Dz)),
            Dy = Away(Dot(pose.Y, rays.Dx, rays.Dy, rays.Dz)),
            Dz = Away(Dot(pose.Z, rays.Dx, rays.Dy, rays.Dz)),
        };
        return solid.Shape switch
        {
            Shape.Box => Box(solid.Half, local, near),
            Shape.Ellipsoid => Ellipsoid(solid.Half, local, near),
            Shape.Cone => Cone(solid.Half, local, near, isClosed: true),
            Shape.Tube => Cone(solid.Half, local, near, isClosed: false),
            _ => Flat(solid, local, near),
        };
    }

    private static Vector256<float> Dot(Vector3 a, Vector256<float> x, Vector256<float> y, Vector256<float> z) =>
        Vector256.Create(a.X) * x + Vector256.Create(a.Y) * y + Vector256.Create(a.Z) * z;

    /// <summary>A direction's component that is not 0, so that its reciprocal is finite.</summary>
    private static Vector256<float> Away(Vector256<float> d)
    {
        var tiny = Vector256.Create(Tiny);
        return Vector256.ConditionalSelect(Vector256.LessThan(Vector256.Abs(d), tiny), tiny, d);
    }

    private static Vector256<float> Box(Vector3 half, in Rays r, Vector256<float> near)
    {
        Vector256<float> ix = Vector256<float>.One / r.Dx, iy = Vector256<float>.One / r.Dy, iz = Vector256<float>.One / r.Dz;
        Vector256<float> mx = -r.Ox * ix, my = -r.Oy * iy, mz = -r.Oz * iz;
        Vector256<float> hx = Vector256.Abs(ix) * half.X, hy = Vector256.Abs(iy) * half.Y, hz = Vector256.Abs(iz) * half.Z;
        Vector256<float> enter = Vector256.Max(Vector256.Max(mx - hx, my - hy), mz - hz);
        Vector256<float> leave = Vector256.Min(Vector256.Min(mx + hx, my + hy), mz + hz);
        return Select(Vector256.LessThan(enter, leave), First(enter, leave, near));
    }

    private static Vector256<float> Ellipsoid(Vector3 half, in Rays r, Vector256<float> near)
    {
        Vector256<float> ox = r.Ox * (1 / half.X), oy = r.Oy * (1 / half.Y), oz = r.Oz * (1 / half.Z);
        Vector256<float> dx = r.Dx * (1 / half.X), dy = r.Dy * (1 / half.Y), dz = r.Dz * (1 / half.Z);
        Vector256<float> a = dx * dx + dy * dy + dz * dz, b = ox * dx + oy * dy + oz * dz;
        // The distance of the ray from the centre, not |o|² − 1, which loses its digits for small far ellipsoids.
        Vector256<float> s = b / a;
        Vector256<float> qx = ox - s * dx, qy = oy - s * dy, qz = oz - s * dz;
        Vector256<float> rest = Vector256<float>.One - (qx * qx + qy * qy + qz * qz);
        Vector256<float> root = Vector256.Sqrt(Vector256.Max(rest, Vector256<float>.Zero) / a);
        return Select(Vector256.GreaterThan(rest, Vector256<float>.Zero), First(-s - root, root - s, near));
    }

    private static Vector256<float> Cone(Vector3 half, in Rays r, Vector256<float> near, bool isClosed)
    {
        // x² + z² = (m + k·y)², m the radius in the middle, k its growth.
        float k = (half.Z - half.X) / (2 * half.Y), middle = (half.X + half.Z) / 2;
        // Measured from the point nearest to the axis, for the digits' sake.
        Vector256<float> flat = r.Dx * r.Dx + r.Dz * r.Dz;
        Vector256<float> shift = -(r.Ox * r.Dx + r.Oz * r.Dz) / flat;
        Vector256<float> ox = r.Ox + shift * r.Dx, oy = r.Oy + shift * r.Dy, oz = r.Oz + shift * r.Dz;
        Vector256<float> radius = Vector256.Create(middle) + oy * k, slope = r.Dy * k;
        Vector256<float> a = Away(flat - slope * slope), b = -slope * radius;
        Vector256<float> c = ox * ox + oz * oz - radius * radius;
        Vector256<float> disc = b * b - a * c;
        Vector256<float> root = Vector256.Sqrt(Vector256.Max(disc, Vector256<float>.Zero));
        Vector256<float> real = Vector256.GreaterThan(disc, Vector256<float>.Zero);
        Vector256<float> best = Vector256.Create(float.PositiveInfinity);
        best = Vector256.Min(best, Side(shift + (-b - root) / a, r, near, real, half.Y, k, middle));
        best = Vector256.Min(best, Side(shift + (root - b) / a, r, near, real, half.Y, k, middle));
        if (isClosed)
        {
            best = Vector256.Min(best, Cap(-half.Y, half.X, r, near));
            best = Vector256.Min(best, Cap(half.Y, half.Z, r, near));
        }

        return best;
    }

    private static Vector256<float> Side(
        Vector256<float> t, in Rays r, Vector256<float> near, Vector256<float> real, float height, float k, float middle)
    {
        Vector256<float> y = r.Oy + t * r.Dy;
        // The mirror image of the cone beyond its tip has a negative radius.
        Vector256<float> valid = real & Vector256.LessThan(Vector256.Abs(y), Vector256.Create(height)) & Vector256.GreaterThan(t, near)
            & Vector256.GreaterThanOrEqual(Vector256.Create(middle) + y * k, Vector256<float>.Zero);
        return Select(valid, t);
    }

    private static Vector256<float> Cap(float y, float radius, in Rays r, Vector256<float> near)
    {
        Vector256<float> t = (Vector256.Create(y) - r.Oy) / r.Dy;
        Vector256<float> x = r.Ox + t * r.Dx, z = r.Oz + t * r.Dz;
        return Select(Vector256.LessThan(x * x + z * z, Vector256.Create(radius * radius)) & Vector256.GreaterThan(t, near), t);
    }

    private static Vector256<float> Flat(Solid solid, in Rays r, Vector256<float> near)
    {
        Vector256<float> t = -r.Oz / r.Dz;
        Vector256<float> x = r.Ox + t * r.Dx, y = r.Oy + t * r.Dy;
        Vector256<float> inside;
        if (solid.Shape == Shape.Disc)
        {
            Vector256<float> u = x * (1 / solid.Half.X), v = y * (1 / solid.Half.Y);
            inside = Vector256.LessThan(u * u + v * v, Vector256<float>.One);
        }
        else
        {
            inside = Vector256.LessThan(Vector256.Abs(x), Vector256.Create(solid.Half.X))
                & Vector256.LessThan(Vector256.Abs(y), Vector256.Create(solid.Half.Y));
        }

        inside &= Vector256.GreaterThan(t, near);
        if (solid.Cutout is { } cutout && inside != Vector256<float>.Zero)
        {
            inside = Vector256.AndNot(inside, cutout.IsOpen(x, y));
        }

        return Select(inside, t);
    }

    /// <summary>The first of two distances beyond <paramref name="near"/>.</summary>
    private static Vector256<float> First(Vector256<float> enter, Vector256<float> leave, Vector256<float> near) =>
        Vector256.ConditionalSelect(
            Vector256.GreaterThan(enter, near), enter, Select(Vector256.GreaterThan(leave, near), leave));

    private static Vector256<float> Select(Vector256<float> mask, Vector256<float> t) =>
        Vector256.ConditionalSelect(mask, t, Vector256.Create(float.PositiveInfinity));
}
