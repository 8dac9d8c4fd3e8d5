using System.Numerics;

namespace EMDC.Scenes.World;

/// <summary>What a texture shows. Each family has its own; both have plain paint.</summary>
internal enum Pattern
{
    Plain,

    // Of the family `train`.
    Checker, Stripes, Bricks, Planks, Cloud, Blotches, Waves, Glyphs, Gradient, Dots, Speckle, Photo, Wood,

    // Of the family `test`.
    Hexagons, Plaid, Terrazzo, Marble, Zigzag, Rings, Parquet, Print,
}

/// <summary>The patterns; s and t count periods.</summary>
internal static class Patterns
{
    /// <summary>The colour at (s, t) where a pixel covers <paramref name="fine"/> periods.</summary>
    public static Vector3 Colour(Pattern pattern, float s, float t, float fine, uint seed, Vector3 a, Vector3 b, Vector3 c)
    {
        switch (pattern)
        {
            case Pattern.Photo:
                Vector3 ground = Vector3.Lerp(a, b, Sharpen(Noise.Octaves(s, t, seed, 5, fine)));
                return Vector3.Lerp(ground, c, Step(Noise.Octaves(s * 0.7f, t * 0.7f, seed + 77, 4, fine), 0.56f, 0.06f));
            case Pattern.Print:
                float sky = Math.Clamp(Fraction(t * 0.5f) * 1.6f, 0, 1);
                float hill = 0.35f + 0.4f * Noise.Octaves(s * 2, 0.5f, seed, 4, fine);
                Vector3 far = Vector3.Lerp(b, a, sky);
                return Fraction(t * 0.5f) < hill ? c * (0.6f + 0.8f * Noise.Octaves(s * 6, t * 6, seed + 5, 3, 6 * fine)) : far;
            case Pattern.Planks:
            case Pattern.Parquet:
                return Boards(pattern, s, t, fine, seed, a, b, c);
            case Pattern.Terrazzo:
                return Chips(s, t, fine, seed, a, b, c);
            case Pattern.Speckle:
                float grain = Noise.Lattice((int)MathF.Floor(s * 4), (int)MathF.Floor(t * 4), seed);
                return Vector3.Lerp(a, grain > 0.85f ? c : b, Keep(4 * fine) * (grain > 0.7f ? 1 : 0) + (1 - Keep(4 * fine)) * 0.3f);
            default:
                float mean = Mean(pattern);
                return Vector3.Lerp(a, b, mean + Keep(fine * Detail(pattern)) * (Mix(pattern, s, t, fine, seed) - mean));
        }
    }

    /// <summary>How far a point lies towards the second colour, 0…1.</summary>
    private static float Mix(Pattern pattern, float s, float t, float fine, uint seed)
    {
        float fs = s - MathF.Floor(s), ft = t - MathF.Floor(t);
        switch (pattern)
        {
            case Pattern.Checker:
                return fs < 0.5f == ft < 0.5f ? 1 : 0;
            case Pattern.Stripes:
                return fs < 0.2f + 0.6f * Noise.Lattice(9, 9, seed) ? 1 : 0;
            case Pattern.Bricks:
                float row = MathF.Floor(2 * t), x = s + 0.5f * (row % 2);
                float inRow = 2 * t - row, inBrick = x - MathF.Floor(x);
                return inRow < 0.1f || inBrick < 0.05f ? 1 : 0.35f * Noise.Lattice((int)MathF.Floor(x), (int)row, seed);
            case Pattern.Cloud:
                return Noise.Smooth(s, t, seed);
            case Pattern.Blotches:
                return Sharpen(Noise.Octaves(s, t, seed, 5, fine));
            case Pattern.Waves:
                return 0.5f + 0.5f * MathF.Sin(6.2832f * (s + 0.8f * Noise.Smooth(s * 0.5f, t * 0.5f, seed)));
            case Pattern.Wood:
                return 0.6f * Noise.Smooth(s, t * 8, seed) + 0.4f * Noise.Smooth(s * 3, t * 25, seed + 1);
            case Pattern.Glyphs:
                return Glyph(s, t, seed);
            case Pattern.Gradient:
                return fs < 0.5f ? 2 * fs : 2 - 2 * fs;
            case Pattern.Dots:
                return Squared(fs - 0.5f) + Squared(ft - 0.5f) < 0.03f + 0.1f * Noise.Lattice(7, 7, seed) ? 1 : 0;
            case Pattern.Hexagons:
                return Hexagon(s, t);
            case Pattern.Plaid:
                float warp = fs < 0.3f ? 0.5f : fs is > 0.6f and < 0.68f ? 0.35f : 0, weft = ft < 0.3f ? 0.5f : ft is > 0.6f and < 0.68f ? 0.35f : 0;
                return warp + weft;
            case Pattern.Marble:
                float vein = MathF.Abs(2 * Noise.Octaves(s + 1.5f * Noise.Smooth(s * 0.7f, t * 0.7f, seed + 9), t, seed, 5, fine) - 1);
                return Step(vein, 0.06f, 0.06f) * 0.8f;
            case Pattern.Zigzag:
                float z = Fraction(t + MathF.Abs(fs - 0.5f));
                return z < 0.5f ? 1 : 0;
            case Pattern.Rings:
                float radius = MathF.Sqrt(Squared(fs - 0.5f) + Squared(ft - 0.5f));
                return Fraction(radius * 5) < 0.5f ? 1 : 0;
            default:
                throw new ArgumentOutOfRangeException(nameof(pattern), pattern, null);
        }
    }

    /// <summary>The mean of <see cref="Mix"/>, which is what a camera far away sees.</summary>
    private static float Mean(Pattern pattern) => pattern switch
    {
        Pattern.Bricks => 0.3f,
        Pattern.Dots or Pattern.Hexagons or Pattern.Glyphs => 0.25f,
        Pattern.Marble => 0.7f,
        Pattern.Plaid => 0.35f,
        _ => 0.5f,
    };

    /// <summary>How much finer than the period the pattern's parts are.</summary>
    private static float Detail(Pattern pattern) => pattern switch
    {
        Pattern.Glyphs => 4,
        Pattern.Bricks or Pattern.Rings or Pattern.Plaid => 2.5f,
        Pattern.Wood => 3,
        Pattern.Blotches or Pattern.Marble => 0.3f,
        Pattern.Gradient => 0,
        _ => 1,
    };

    /// <summary>Text of no language: lines of words of marks on a raster of 3 × 5.</summary>
    private static float Glyph(float s, float t, uint seed)
    {
        float line = MathF.Floor(t), letter = MathF.Floor(2 * s);
        float y = t - line, x = 2 * s - letter;
        bool isBlank = y > 0.65f || x > 0.8f || Noise.Lattice((int)letter, (int)line, seed) < 0.22f || Noise.Lattice((int)MathF.Floor(s / 9), (int)line, seed + 3) < 0.15f;
        return !isBlank && Noise.Lattice((int)(letter * 8) + (int)(x * 3.75f), (int)(line * 8) + (int)(y * 7.7f), seed + 1) < 0.55f ? 1 : 0;
    }

    private static float Hexagon(float s, float t)
    {
        // Distance to the nearer of two interleaved grids of centres; the joint is where they are equally near.
        const float Height = 1.7320508f;
        float x0 = Fraction(s) - 0.5f, y0 = (Fraction(t / Height) - 0.5f) * Height;
        float x1 = Fraction(s + 0.5f) - 0.5f, y1 = (Fraction(t / Height + 0.5f) - 0.5f) * Height;
        (float x, float y) = x0 * x0 + y0 * y0 < x1 * x1 + y1 * y1 ? (x0, y0) : (x1, y1);
        x = MathF.Abs(x);
        y = MathF.Abs(y);
        return MathF.Max(x, 0.5f * x + 0.8660254f * y) > 0.46f ? 1 : 0;
    }

    private static Vector3 Boards(Pattern pattern, float s, float t, float fine, uint seed, Vector3 a, Vector3 b, Vector3 c)
    {
        if (pattern == Pattern.Parquet && ((int)MathF.Floor(s) + (int)MathF.Floor(t) & 1) != 0)
        {
            (s, t) = (t, s);
        }

        float row = MathF.Floor(4 * t), along = pattern == Pattern.Parquet ? s : s / 2 + Noise.Lattice((int)row, 0, seed);
        float board = MathF.Floor(along);
        float tone = 0.65f * Noise.Lattice((int)board, (int)row, seed + 1);
        tone += 0.35f * (8 * fine < 0.5f ? Noise.Smooth(s * 3, t * 40, seed + 2) : 0.5f);
        float gap = 4 * t - row < 0.06f || along - board < 0.01f ? Keep(4 * fine) : 0;
        return Vector3.Lerp(Vector3.Lerp(a, b, tone), c * 0.3f, gap);
    }

    /// <summary>Chips of stone: the nearest of jittered points decides on the colour.</summary>
    private static Vector3 Chips(float s, float t, float fine, uint seed, Vector3 a, Vector3 b, Vector3 c)
    {
        int i = (int)MathF.Floor(s), j = (int)MathF.Floor(t);
        float size = 0.15f + 0.3f * Noise.Lattice(i, j, seed + 2);
        float x = s - i - (0.3f + 0.4f * Noise.Lattice(i, j, seed)), y = t - j - (0.3f + 0.4f * Noise.Lattice(i, j, seed + 1));
        float turn = 6.28f * Noise.Lattice(i, j, seed + 3);
        float u = MathF.Abs(x * MathF.Cos(turn) - y * MathF.Sin(turn)), v = MathF.Abs(x * MathF.Sin(turn) + y * MathF.Cos(turn));
        float inside = u + 0.6f * v < size ? 1 : 0;
        return Vector3.Lerp(a, Noise.Lattice(i, j, seed + 4) < 0.5f ? b : c, 0.25f + Keep(fine * 2) * (inside - 0.25f));
    }

    /// <summary>1 while a pixel covers less than a quarter of a period, 0 from half of one on.</summary>
    private static float Keep(float fine) => Math.Clamp(2 - 4 * fine, 0, 1);

    private static float Step(float x, float at, float width) => Math.Clamp((x - at) / width + 0.5f, 0, 1);

    private static float Sharpen(float x) => Math.Clamp((x - 0.5f) * 2.6f + 0.5f, 0, 1);

    private static float Fraction(float x) => x - MathF.Floor(x);

    private static float Squared(float x) => x * x;
}
