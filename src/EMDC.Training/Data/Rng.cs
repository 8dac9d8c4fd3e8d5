using System.Numerics;

namespace EMDC.Training.Data;

/// <summary>
/// Random numbers that are the same on every runtime: SplitMix64. A generator is keyed by numbers that say what it is for, so that a
/// sample or a frame never depends on which others, or which threads, came before it.
/// </summary>
internal sealed class Rng
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    private ulong _state;

    public Rng(params ReadOnlySpan<ulong> key)
    {
        foreach (ulong part in key)
        {
            _state = Mix(_state + Step + part);
        }
    }

    /// <summary>64 random bits.</summary>
    public ulong Next() => Mix(_state += Step);

    /// <summary>Uniform in 0…1, 1 excluded.</summary>
    public float Unit() => (Next() >> 40) * (1f / (1 << 24));

    /// <summary>Uniform in <paramref name="low"/>…<paramref name="high"/>.</summary>
    public float Range(float low, float high) => low + (high - low) * Unit();

    /// <summary>Uniform in the logarithm: as many between 1 and 2 as between 2 and 4.</summary>
    public float LogRange(float low, float high) => MathF.Exp(Range(MathF.Log(low), MathF.Log(high)));

    /// <summary>A whole number from <paramref name="low"/> to <paramref name="high"/>, both included.</summary>
    public int Int(int low, int high) => low + (int)((Next() >> 32) * (ulong)(high - low + 1) >> 32);

    public bool Chance(float probability) => Unit() < probability;

    public float Sign() => Chance(0.5f) ? -1 : 1;

    /// <summary>Normally distributed (Box–Muller).</summary>
    public float Normal(float mean, float deviation)
    {
        float radius = MathF.Sqrt(-2 * MathF.Log(1 - Unit()));
        return mean + deviation * radius * MathF.Cos(2 * MathF.PI * Unit());
    }

    public Vector3 InBox(Vector3 half) => new(Range(-half.X, half.X), Range(-half.Y, half.Y), Range(-half.Z, half.Z));

    public T Of<T>(params ReadOnlySpan<T> choices) => choices[Int(0, choices.Length - 1)];

    /// <summary>The index of one of the weights, drawn in proportion to them.</summary>
    public int Weighted(params ReadOnlySpan<float> weights)
    {
        float sum = 0;
        foreach (float weight in weights)
        {
            sum += weight;
        }

        float at = Unit() * sum;
        for (int i = 0; i < weights.Length - 1; i++)
        {
            if ((at -= weights[i]) < 0)
            {
                return i;
            }
        }

        return weights.Length - 1;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
