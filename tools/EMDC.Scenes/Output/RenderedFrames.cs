namespace EMDC.Scenes.Output;

/// <summary>The frames of a shard in memory, for samples to be drawn from.</summary>
internal sealed class RenderedFrames : IFrames
{
    private readonly ShardPlan _plan;
    private readonly byte[][] _rgb;
    private readonly ushort[][] _depth, _spots;

    public RenderedFrames(ShardPlan plan, int threads, CancellationToken interrupt)
    {
        (_plan, _rgb, _depth, _spots) = (plan, new byte[plan.Frames][], new ushort[plan.Frames][], new ushort[plan.Frames][]);
        Workers.ForEach(plan.Frames, threads, () => new FrameBytes(plan), (bytes, i) =>
        {
            bytes.Render(plan.First + i);
            (_rgb[i], _depth[i], _spots[i]) = ([.. bytes.Rgb], [.. bytes.Depth], [.. bytes.Spots]);
        }, interrupt);
    }

    public int Count => _plan.Frames;

    public StoredFrame Read(int frame, int draw)
    {
        int pixels = _plan.Height * _plan.Width;
        return new StoredFrame
        {
            Height = _plan.Height,
            Width = _plan.Width,
            Rgb = _rgb[frame],
            Depth = _depth[frame],
            Spots = _spots[frame].AsSpan(draw % _plan.Draws * pixels, pixels),
            Unit = 1f / ShardPlan.UnitsPerMetre,
        };
    }

    public void Dispose()
    {
    }
}
