using EMDC.Scenes.Render;
using EMDC.Scenes.Sensor;

namespace EMDC.Scenes.Output;

/// <summary>Makes the frames of a set, one at a time into buffers that the next one overwrites. One maker serves one thread.</summary>
internal sealed class FrameMaker(FrameSet set)
{
    private readonly Frames _frames = new(set.Family, set.Seed, set.Width, set.Height, set.Photographs);

    /// <summary>Height × Width × 3.</summary>
    public byte[] Rgb { get; } = new byte[3 * set.Height * set.Width];

    /// <summary>Height × Width metres.</summary>
    public float[] Depth { get; private set; } = [];

    /// <summary>Height × Width metres.</summary>
    public float[] Spots { get; } = new float[set.Height * set.Width];

    public void Make(int i)
    {
        int scene = i / set.Shots, shot = i % set.Shots;
        (int step, int steps) = set.IsMoving ? (shot, set.Shots) : (0, 1);
        Rendering picture = _frames.Render(scene, step, steps);
        _frames.Colour(set.Beside == 0 ? picture : _frames.RenderBeside(set.Beside, scene, step, steps), scene, shot, Rgb);
        SpotOptions options = set.Sensor is { } kind ? _frames.Sensor(scene, kind.Pattern, kind.Count, kind.Effects) : _frames.Mix(scene, 0);
        _frames.Spots(options, picture, scene, 0, shot, Spots);
        Depth = picture.Depth;
    }
}
