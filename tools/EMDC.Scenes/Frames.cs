using EMDC.Scenes.Layouts;
using EMDC.Scenes.Render;
using EMDC.Scenes.Sensor;
using EMDC.Scenes.World;

namespace EMDC.Scenes;

/// <summary>
/// Makes frames of one family and seed. Frame i depends on (seed, i, family) only: every part of it has a generator of its own, keyed
/// by what it is for. One maker serves one thread.
/// </summary>
internal sealed class Frames(Family family, ulong seed, int width, int height)
{
    private enum Purpose : ulong
    {
        Colour = 1,
        ColourNoise,
        Device,
        Mix,
        SpotNoise,
    }

    private readonly Renderer _renderer = new(width, height);

    public int Width => width;

    public int Height => height;

    /// <summary>Renders a scene; the result holds until the next call.</summary>
    public Rendering Render(long number) => _renderer.Render(SceneBuilder.Build(family, seed, number));

    /// <summary>The colour frame of a rendering: the same camera for a scene, new noise for every shot of it.</summary>
    public void Colour(Rendering picture, long number, long shot, Span<byte> rgb) =>
        new ColourSensor(Key(Purpose.Colour, number)).Expose(picture, Key(Purpose.ColourNoise, number, shot), rgb);

    /// <summary>Spots by options drawn for this scene and draw, as the training mix has them.</summary>
    public void Spots(Rendering picture, long number, long draw, Span<float> spots)
    {
        SpotOptions options = SpotOptions.Draw(Key(Purpose.Mix, number, draw));
        new SpotSensor(options, Key(Purpose.Device, number, draw)).Measure(picture, Key(Purpose.SpotNoise, number, draw), spots);
    }

    private Rng Key(Purpose purpose, long number, long shot = 0) => new(seed, (ulong)family, (ulong)number, (ulong)purpose, (ulong)shot);
}
