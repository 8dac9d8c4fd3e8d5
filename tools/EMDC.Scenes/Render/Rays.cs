using System.Runtime.Intrinsics;

namespace EMDC.Scenes.Render;

/// <summary>Eight rays o + t·d.</summary>
internal struct Rays
{
    public Vector256<float> Ox, Oy, Oz, Dx, Dy, Dz;
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
