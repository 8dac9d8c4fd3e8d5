using EMDC.Scenes.Collages;
using EMDC.Scenes.Layouts;
using EMDC.Scenes.Photographs;
using EMDC.Scenes.Render;
using EMDC.Scenes.Sensor;
using EMDC.Scenes.World;

namespace EMDC.Scenes;

/// <summary>
/// Makes frames of one family and seed. Frame i depends on (seed, i, family) and the photographs only: every part of it has a generator
/// of its own, keyed by what it is for. One maker serves one thread.
/// </summary>
internal sealed class Frames(Family family, ulong seed, int width, int height, PhotoLibrary? photographs = null)
{
    private enum Purpose : ulong
    {
        Colour = 1,
        ColourNoise,
        Device,
        Mix,
        Effects,
        SpotNoise,
        Collage,
    }

    private readonly Renderer _renderer = new(width, height);
    private Renderer? _beside;
    private readonly CollageRenderer? _collages = family == Family.Collage
        ? new(photographs ?? throw new ArgumentException("Collages are made of photographs, but none were given."), width, height)
        : null;

    /// <summary>Renders a scene; the result holds until the next call.</summary>
    /// <param name="number">The scene's number.</param>
    /// <param name="shot">Which picture of a sequence.</param>
    /// <param name="shots">Length of the sequence; 1 where the camera stands still.</param>
    public Rendering Render(long number, int shot = 0, int shots = 1)
    {
        if (_collages is not null)
        {
            return _collages.Render(Key(Purpose.Collage, number));
        }

        return _renderer.Render(Scene(number, shot, shots));
    }

    /// <summary>A scene seen from <paramref name="metres"/> to the right of where <see cref="Render"/> sees it from; the results of both hold until the next call.</summary>
    public Rendering RenderBeside(float metres, long number, int shot, int shots)
    {
        Scene scene = Scene(number, shot, shots);
        Pose pose = scene.Camera.Pose;
        scene.Camera = scene.Camera with { Pose = pose with { At = pose.At + metres * pose.X } };
        return (_beside ??= new Renderer(width, height)).Render(scene);
    }

    /// <summary>The colour frame of a rendering, Height × Width × 3: the same camera for a scene, new noise for every shot of it.</summary>
    public void Colour(Rendering picture, long number, long shot, Span<byte> rgb) =>
        new ColourSensor(Key(Purpose.Colour, number)).Expose(picture, Key(Purpose.ColourNoise, number, shot), rgb);

    /// <summary>A sensor drawn for this scene and draw, as the training mix has them.</summary>
    public SpotOptions Mix(long number, long draw) => SpotOptions.Draw(Key(Purpose.Mix, number, draw));

    /// <summary>A sensor of a given kind, whose faults are drawn for this scene.</summary>
    public SpotOptions Sensor(long number, SpotPattern pattern, int count, SpotEffects effects) =>
        SpotOptions.Draw(Key(Purpose.Effects, number), pattern, count, effects);

    /// <summary>Spots in metres, Height × Width, 0 where nothing was measured.</summary>
    /// <param name="options">The sensor.</param>
    /// <param name="picture">What it looks at.</param>
    /// <param name="number">The scene's number.</param>
    /// <param name="device">Which sensor of this kind: shots of one scene share it, draws for training do not.</param>
    /// <param name="shot">Which measurement.</param>
    /// <param name="spots">The result.</param>
    public void Spots(SpotOptions options, Rendering picture, long number, long device, long shot, Span<float> spots) =>
        new SpotSensor(options, Key(Purpose.Device, number, device)).Measure(picture, Key(Purpose.SpotNoise, number, shot), spots);

    private Scene Scene(long number, int shot, int shots)
    {
        Scene scene = SceneBuilder.Build(family, seed, number, shots, photographs);
        scene.Camera = shots > 1 && scene.Path is { } path ? path.At(shot) : scene.Camera;
        return scene;
    }

    private Rng Key(Purpose purpose, long number, long shot = 0) => new(seed, (ulong)family, (ulong)number, (ulong)purpose, (ulong)shot);
}
