using System.Numerics;
using System.Runtime.Intrinsics;

namespace EMDC.Scenes.Render;

/// <summary>Eight rays o + t·d.</summary>
internal struct Rays
{
    public Vector256<float> Ox, Oy, Oz, Dx, Dy, Dz;

    /// <summary>Eight times the same ray.</summary>
    public static Rays Same(Vector3 from, Vector3 direction) => new()
    {
        Ox = Vector256.Create(from.X),
        Oy = Vector256.Create(from.Y),
        Oz = Vector256.Create(from.Z),
        Dx = Vector256.Create(direction.X),
        Dy = Vector256.Create(direction.Y),
        Dz = Vector256.Create(direction.Z),
    };
}

/// <summary>What eight rays met first: distances in units of their direction, and the solids' numbers (−1: nothing).</summary>
internal struct Hits
{
    public Vector256<float> T;
    public Vector256<int> Solid;

    public Hits(float farthest)
    {
        T = Vector256.Create(farthest);
        Solid = Vector256.Create(-1);
    }
}
