using System.Numerics;
using EMDC.Scenes.Photographs;

namespace EMDC.Scenes.World;

/// <summary>
/// A colour for every (u, v) in metres on a surface. Its edges are edges of colour, not of depth: that is what the network has to learn.
/// Colours are linear light.
/// </summary>
internal sealed class Texture
{
    private readonly Pattern _pattern;
    private readonly Vector3 _a, _b, _c;
    private readonly float _frequency, _cos, _sin, _offsetU, _offsetV, _grain, _grainFrequency;
    private readonly uint _seed;

    // A part of a real photograph: the pixels of a metre and how much of its contrast is left around _b, tinted by _a.
    private readonly Picture? _photograph;
    private readonly float _contrast;

    /// <param name="pattern">What alternates.</param>
    /// <param name="a">First colour, as it would look on a screen (0…1).</param>
    /// <param name="b">Second colour.</param>
    /// <param name="c">Third colour, for patterns that have one.</param>
    /// <param name="period">Metres of one repetition.</param>
    /// <param name="angle">By which the pattern is turned.</param>
    /// <param name="grain">Depth of a fine cloudiness over all of it, 0…1.</param>
    /// <param name="seed">Chooses among the noises.</param>
    public Texture(Pattern pattern, Vector3 a, Vector3 b, Vector3 c, float period, float angle, float grain, uint seed)
    {
        (_pattern, _a, _b, _c) = (pattern, a * a, b * b, c * c);
        (_frequency, _cos, _sin) = (1 / period, MathF.Cos(angle), MathF.Sin(angle));
        (_grain, _grainFrequency) = (grain, 8 + 60 * Noise.Lattice(1, 2, seed));
        (_offsetU, _offsetV, _seed) = (31 * Noise.Lattice(3, 4, seed), 31 * Noise.Lattice(5, 6, seed), seed);
    }

    private Texture(Picture photograph, float size, float angle, Vector3 tint, float contrast, uint seed)
        : this(Pattern.Photo, tint, Vector3.One, Vector3.One, size / Math.Max(photograph.Width, photograph.Height), angle, 0, seed)
    {
        (_photograph, _contrast) = (photograph, contrast);
        (_offsetU, _offsetV) = (_offsetU * photograph.Width, _offsetV * photograph.Height);
    }

    /// <summary>A photograph.</summary>
    /// <param name="photograph">Which.</param>
    /// <param name="size">Metres of its longer side; beyond its border it is mirrored.</param>
    /// <param name="angle">By which it is turned.</param>
    /// <param name="tint">What its colours are multiplied by, as it would look on a screen.</param>
    /// <param name="contrast">1 for all of its contrast, 0 for a single tone.</param>
    /// <param name="seed">Chooses which part lies at the origin.</param>
    public static Texture Photographed(Picture photograph, float size, float angle, Vector3 tint, float contrast, uint seed) =>
        new(photograph, size, angle, tint, contrast, seed);

    public static Texture Plain(Vector3 colour, float grain = 0, uint seed = 1) => new(Pattern.Plain, colour, colour, colour, 1, 0, grain, seed);

    public Pattern Pattern => _pattern;

    /// <summary>Whether it has no edges that would need more than one sample a pixel.</summary>
    public bool IsPlain => _pattern == Pattern.Plain;

    /// <summary>The colour at a point.</summary>
    /// <param name="u">Metres along the surface.</param>
    /// <param name="v">Metres along the surface, across u.</param>
    /// <param name="footprint">Metres that a pixel covers; contrast that is finer fades to the mean.</param>
    public Vector3 At(float u, float v, float footprint)
    {
        float s = (_cos * u - _sin * v) * _frequency + _offsetU, t = (_sin * u + _cos * v) * _frequency + _offsetV;
        float fine = footprint * _frequency;
        if (_photograph is not null)
        {
            Vector3 seen = Vector3.Clamp(Vector3.Lerp(new Vector3(0.6f), _photograph.At(s, t, fine), _contrast), Vector3.Zero, Vector3.One);
            return Vector3.Min(seen * seen * _a, Vector3.One);
        }

        Vector3 colour = _pattern == Pattern.Plain ? _a : Patterns.Colour(_pattern, s, t, fine, _seed, _a, _b, _c);
        if (_grain > 0 && footprint * _grainFrequency < 0.6f)
        {
            colour *= 1 - _grain * Noise.Smooth(u * _grainFrequency, v * _grainFrequency, _seed ^ 0x5bd1e995);
        }

        return colour;
    }
}
