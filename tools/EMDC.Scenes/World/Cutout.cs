using System.Numerics;
using System.Runtime.Intrinsics;

namespace EMDC.Scenes.World;

/// <summary>Where a panel is open: (x, y) in the panel's own coordinates.</summary>
internal abstract class Cutout
{
    /// <summary>All bits set where a ray passes.</summary>
    public abstract Vector256<float> IsOpen(Vector256<float> x, Vector256<float> y);

    protected static Vector256<float> Fraction(Vector256<float> v) => v - Vector256.Floor(v);
}

/// <summary>Rectangular openings: windows and doors.</summary>
internal sealed class Openings(params (Vector2 Low, Vector2 High)[] rectangles) : Cutout
{
    public override Vector256<float> IsOpen(Vector256<float> x, Vector256<float> y)
    {
        var open = Vector256<float>.Zero;
        foreach (var (low, high) in rectangles)
        {
            open |= Vector256.GreaterThan(x, Vector256.Create(low.X)) & Vector256.LessThan(x, Vector256.Create(high.X))
                & Vector256.GreaterThan(y, Vector256.Create(low.Y)) & Vector256.LessThan(y, Vector256.Create(high.Y));
        }

        return open;
    }
}

/// <summary>
/// Bars that repeat: open where both x and y lie outside of a bar. A period of 0 has no bars in that direction, so that slats, pickets
/// and meshes are all this.
/// </summary>
internal sealed class Bars(float periodX, float barX, float periodY, float barY) : Cutout
{
    public override Vector256<float> IsOpen(Vector256<float> x, Vector256<float> y)
    {
        var open = Vector256<float>.AllBitsSet;
        if (periodX > 0)
        {
            open &= Vector256.GreaterThan(Fraction(x * (1 / periodX)), Vector256.Create(barX / periodX));
        }

        if (periodY > 0)
        {
            open &= Vector256.GreaterThan(Fraction(y * (1 / periodY)), Vector256.Create(barY / periodY));
        }

        return open;
    }
}

/// <summary>Round holes on a square grid: pegboards, grilles.</summary>
internal sealed class Perforation(float period, float radius) : Cutout
{
    public override Vector256<float> IsOpen(Vector256<float> x, Vector256<float> y)
    {
        var half = Vector256.Create(0.5f);
        Vector256<float> a = Fraction(x * (1 / period)) - half, b = Fraction(y * (1 / period)) - half;
        return Vector256.LessThan(a * a + b * b, Vector256.Create(radius * radius / (period * period)));
    }
}
