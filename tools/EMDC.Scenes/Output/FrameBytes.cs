using EMDC.Scenes.Render;

namespace EMDC.Scenes.Output;

/// <summary>A frame as a shard stores it. One serves one thread.</summary>
internal sealed class FrameBytes(ShardPlan plan)
{
    private readonly Frames _frames = new(plan.Family, plan.Seed, plan.Width, plan.Height, plan.Photographs);
    private readonly float[] _metres = new float[plan.Height * plan.Width];

    /// <summary>Height × Width × 3.</summary>
    public byte[] Rgb { get; } = new byte[3 * plan.Height * plan.Width];

    /// <summary>Height × Width, in units of the shard.</summary>
    public ushort[] Depth { get; } = new ushort[plan.Height * plan.Width];

    /// <summary>Draws × Height × Width, in units of the shard.</summary>
    public ushort[] Spots { get; } = new ushort[plan.Draws * plan.Height * plan.Width];

    public void Render(long number)
    {
        Rendering picture = _frames.Render(number);
        _frames.Colour(picture, number, 0, Rgb);
        ShardPlan.Store(picture.Depth, Depth);
        for (int draw = 0; draw < plan.Draws; draw++)
        {
            _frames.Spots(_frames.Mix(number, draw), picture, number, draw, draw, _metres);
            ShardPlan.Store(_metres, Spots.AsSpan(draw * _metres.Length, _metres.Length));
        }
    }
}
