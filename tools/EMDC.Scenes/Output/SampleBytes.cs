namespace EMDC.Scenes.Output;

/// <summary>A sample as a shard stores it. One serves one thread.</summary>
internal sealed class SampleBytes(SamplePlan plan, ISampleSource source, ulong seed)
{
    private readonly Sample _sample = new();

    /// <summary>Height × Width × 3.</summary>
    public byte[] Rgb { get; } = new byte[3 * plan.Height * plan.Width];

    /// <summary>Height × Width, in units of the shard.</summary>
    public ushort[] Depth { get; } = new ushort[plan.Height * plan.Width];

    /// <summary>Height × Width, in units of the shard.</summary>
    public ushort[] Spots { get; } = new ushort[plan.Height * plan.Width];

    /// <exception cref="InvalidDataException">No frame of the shard gives a sample.</exception>
    public void Draw(long number)
    {
        source.Draw(seed, number, plan.Height, plan.Width, _sample);
        int pixels = plan.Height * plan.Width;
        for (int c = 0; c < 3; c++)
        {
            float deviation = 255 * Normalisation.Deviation[c], mean = 255 * Normalisation.Mean[c] + 0.5f;
            for (int i = 0; i < pixels; i++)
            {
                Rgb[3 * i + c] = (byte)Math.Clamp(_sample.Rgb[c * pixels + i] * deviation + mean, 0, 255);
            }
        }

        ShardPlan.Store(_sample.Depth, Depth);
        ShardPlan.Store(_sample.Spots, Spots);
    }
}
