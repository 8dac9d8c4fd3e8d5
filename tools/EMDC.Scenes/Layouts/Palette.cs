using System.Numerics;
using EMDC.Scenes.Photographs;
using EMDC.Scenes.World;

namespace EMDC.Scenes.Layouts;

/// <summary>
/// Draws materials. A scene has a few tones that come back on many things, so that neighbours in depth often share their colour; and
/// contrasts from none to black on white. Where there are photographs, most patterns are parts of them.
/// </summary>
internal sealed class Palette
{
    private static readonly Pattern[] TrainPatterns =
    [
        Pattern.Checker, Pattern.Stripes, Pattern.Bricks, Pattern.Planks, Pattern.Cloud, Pattern.Blotches, Pattern.Waves,
        Pattern.Glyphs, Pattern.Gradient, Pattern.Dots, Pattern.Speckle, Pattern.Photo, Pattern.Wood,
    ];

    private static readonly Pattern[] TestPatterns =
    [
        Pattern.Hexagons, Pattern.Plaid, Pattern.Terrazzo, Pattern.Marble, Pattern.Zigzag, Pattern.Rings, Pattern.Parquet, Pattern.Print,
    ];

    /// <summary>Patterns and plain tones that are a photograph instead. Even paint is seldom of one tone: light, dirt and grain.</summary>
    private const float PhotographedPattern = 0.75f, PhotographedPlain = 0.25f;

    private readonly Rng _rng;
    private readonly PhotoLibrary? _photographs;
    private readonly Pattern[] _patterns;
    private readonly Vector3[] _tones;
    private readonly List<Material> _used = [];
    private readonly float _textured, _glossy, _dark;

    public Palette(Rng rng, Family family, PhotoLibrary? photographs)
    {
        _photographs = photographs;
        _rng = rng;
        _patterns = family == Family.Train ? TrainPatterns : TestPatterns;
        _textured = rng.Range(0.15f, 0.85f);
        _glossy = rng.Range(0, 0.5f);
        _dark = rng.Chance(0.25f) ? rng.Range(0.2f, 0.6f) : 0.08f;
        float saturation = rng.Range(0.05f, 0.8f);
        _tones = new Vector3[rng.Int(3, 6)];
        for (int i = 0; i < _tones.Length; i++)
        {
            _tones[i] = FreshColour(saturation);
        }
    }

    /// <summary>What things are made of.</summary>
    public Material Any()
    {
        if (_used.Count > 0 && _rng.Chance(0.25f))
        {
            return _rng.Of<Material>([.. _used]);
        }

        Material material = Finish(_rng.Chance(_textured) ? Patterned(0.03f, 0.6f) : Plain());
        _used.Add(material);
        return material;
    }

    /// <summary>What walls, floors and ceilings are made of: plainer, and patterned on a larger scale.</summary>
    public Material Large()
    {
        Texture texture = _rng.Chance(0.3f + 0.5f * _textured) ? Patterned(0.12f, 1.6f) : Plain();
        return new Material(texture)
        {
            Gloss = _rng.Chance(_glossy) ? _rng.Range(0.05f, 0.5f) : 0,
            Shininess = _rng.LogRange(10, 120),
            // Polished floors: the sensor still sees them, the picture shows what stands on them upside down.
            Mirror = _rng.Chance(0.06f) ? _rng.Range(0.05f, 0.3f) : 0,
        };
    }

    /// <summary>One tone all over.</summary>
    public Texture Plain() => _photographs is not null && _rng.Chance(PhotographedPlain)
        ? Texture.Photographed(_rng.Of(_photographs.Photographs), _rng.LogRange(1.5f, 12), _rng.Range(0, 6.28f), Colour(), _rng.Range(0.1f, 0.5f), Seed())
        : Texture.Plain(Colour(), _rng.Chance(0.5f) ? _rng.Range(0, 0.25f) : 0, Seed());

    /// <summary>A picture or a poster: a pattern that has nothing to do with the room.</summary>
    public Material Poster(float size) =>
        new(_photographs is not null && _rng.Chance(PhotographedPattern) ? Photographed(size, 2.5f * size) : new Texture(_rng.Of(_patterns), FreshColour(0.9f), FreshColour(0.9f), FreshColour(0.9f), _rng.LogRange(size / 8, size), _rng.Range(-0.1f, 0.1f), 0, Seed()))
        {
            Gloss = _rng.Chance(0.3f) ? 0.4f : 0,
            Shininess = 80,
        };

    /// <summary>Lacquer, leather, a screen that is off: little light comes back, of a spot's too.</summary>
    public Material Black() => new(Texture.Plain(new Vector3(_rng.Range(0.01f, 0.12f)), 0.2f, Seed()))
    {
        Gloss = _rng.Range(0, 0.8f),
        Shininess = _rng.LogRange(20, 300),
        Returns = _rng.Range(0.05f, 0.4f),
    };

    public Material Metal() => new(Texture.Plain(new Vector3(_rng.Range(0.35f, 0.8f)), 0.1f, Seed()))
    {
        Gloss = _rng.Range(0.4f, 1.2f),
        Shininess = _rng.LogRange(30, 200),
        Mirror = _rng.Chance(0.4f) ? _rng.Range(0.1f, 0.6f) : 0,
        Returns = _rng.Range(0.4f, 1),
    };

    public Material Mirror() => new(Texture.Plain(new Vector3(0.5f))) { Mirror = _rng.Range(0.75f, 0.97f), Returns = 0.05f };

    public Material Leaf() => new(new Texture(Pattern.Plain, new(_rng.Range(0.1f, 0.45f), _rng.Range(0.3f, 0.65f), _rng.Range(0.05f, 0.3f)), Vector3.Zero, Vector3.Zero, 0.1f, 0, 0.4f, Seed()));

    /// <summary>The world behind a window: bright, and without depth.</summary>
    public Material Outside()
    {
        Vector3 sky = new(_rng.Range(0.6f, 0.9f), _rng.Range(0.75f, 0.95f), 1);
        return new Material(new Texture(_patterns.Contains(Pattern.Photo) ? Pattern.Photo : Pattern.Print, sky, new(0.45f, 0.55f, 0.4f), new(0.3f, 0.4f, 0.25f), _rng.Range(0.7f, 4), MathF.PI, 0, Seed()))
        {
            Glow = _rng.LogRange(0.4f, 4),
            HasDepth = false,
            Returns = 0,
        };
    }

    public Material Lamp() => new(Texture.Plain(new Vector3(1, 0.95f, 0.85f))) { Glow = _rng.Range(1.5f, 5) };

    public uint Seed() => (uint)_rng.Next();

    /// <summary>Mostly one of the scene's tones.</summary>
    public Vector3 Colour()
    {
        if (_rng.Chance(_dark))
        {
            return new Vector3(_rng.Range(0.02f, 0.2f));
        }

        return _rng.Chance(0.7f) ? Vary(_rng.Of(_tones), 0.08f) : FreshColour(0.8f);
    }

    private Texture Patterned(float low, float high)
    {
        if (_photographs is not null && _rng.Chance(PhotographedPattern))
        {
            return Photographed(3 * low, 3 * high);
        }

        Vector3 a = Colour();
        Vector3 b = _rng.Weighted(0.35f, 0.4f, 0.25f) switch
        {
            0 => Vary(a, 0.1f),
            1 => Colour(),
            _ => FreshColour(1),
        };
        float angle = _rng.Chance(0.7f) ? _rng.Int(0, 1) * MathF.PI / 2 : _rng.Range(0, MathF.PI);
        return new Texture(_rng.Of(_patterns), a, b, FreshColour(0.8f), _rng.LogRange(low, high), angle, _rng.Chance(0.4f) ? _rng.Range(0, 0.35f) : 0, Seed());
    }

    /// <summary>A photograph of <paramref name="low"/> to <paramref name="high"/> metres, here and there tinted or paler.</summary>
    private Texture Photographed(float low, float high)
    {
        Vector3 tint = _rng.Chance(0.4f) ? Vector3.Lerp(Vector3.One, 1.5f * Colour(), _rng.Unit()) : Vector3.One;
        float contrast = _rng.Chance(0.3f) ? _rng.Range(0.2f, 1) : 1, angle = _rng.Chance(0.6f) ? 0 : _rng.Range(0, 6.28f);
        return Texture.Photographed(_rng.Of(_photographs!.Photographs), _rng.LogRange(low, high), angle, tint, contrast, Seed());
    }

    private Material Finish(Texture texture)
    {
        if (_rng.Chance(0.06f))
        {
            return Black();
        }

        return _rng.Chance(0.06f)
            ? Metal()
            : new Material(texture)
            {
                Gloss = _rng.Chance(_glossy) ? _rng.LogRange(0.05f, 0.9f) : 0,
                Shininess = _rng.LogRange(8, 200),
                Returns = _rng.Range(0.75f, 1),
            };
    }

    private Vector3 FreshColour(float saturation)
    {
        float value = _rng.Range(0.15f, 0.98f), hue = _rng.Range(0, 6), s = saturation * _rng.Unit();
        Vector3 pure = new(Ramp(hue), Ramp(hue + 4), Ramp(hue + 2));
        return value * Vector3.Lerp(Vector3.One, pure, s);
    }

    private Vector3 Vary(Vector3 colour, float amount) =>
        Vector3.Clamp(colour + new Vector3(_rng.Normal(0, amount)) + _rng.InBox(new Vector3(amount / 2)), new Vector3(0.01f), Vector3.One);

    /// <summary>One channel of the colour circle.</summary>
    private static float Ramp(float hue) => Math.Clamp(MathF.Abs((hue % 6) - 3) - 1, 0, 1);
}
