namespace EMDC.Scenes.World;

/// <summary>Value noise on a lattice of hashed numbers; everything is in 0…1.</summary>
internal static class Noise
{
    /// <summary>A hash of two whole numbers.</summary>
    public static float Lattice(int i, int j, uint seed)
    {
        uint n = (uint)i * 0x9E3779B1 ^ (uint)j * 0x85EBCA77 ^ seed * 0xC2B2AE3D;
        n = (n ^ (n >> 15)) * 0x2C1B3C6D;
        n = (n ^ (n >> 12)) * 0x297A2D39;
        return ((n ^ (n >> 15)) >> 8) * (1f / (1 << 24));
    }

    /// <summary>One octave; a cell has the side 1.</summary>
    public static float Smooth(float u, float v, uint seed)
    {
        float fu = MathF.Floor(u), fv = MathF.Floor(v);
        int i = (int)fu, j = (int)fv;
        float a = u - fu, b = v - fv;
        a = a * a * (3 - 2 * a);
        b = b * b * (3 - 2 * b);
        float top = Lattice(i, j, seed), low = Lattice(i, j + 1, seed);
        top += (Lattice(i + 1, j, seed) - top) * a;
        low += (Lattice(i + 1, j + 1, seed) - low) * a;
        return top + (low - top) * b;
    }

    /// <summary>Octaves of halved size and amplitude; those finer than <paramref name="footprint"/> (in cells) are left out.</summary>
    public static float Octaves(float u, float v, uint seed, int count, float footprint)
    {
        float sum = 0, weight = 0.5f, left = 1;
        for (int k = 0; k < count && footprint < 0.6f; k++)
        {
            sum += weight * Smooth(u, v, seed + (uint)k);
            left -= weight;
            weight /= 2;
            (u, v, footprint) = (1.93f * u + 0.37f, 1.93f * v + 0.71f, 1.93f * footprint);
        }

        return sum + left / 2;
    }
}
