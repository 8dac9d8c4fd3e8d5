using System.Text;

namespace EMDC.Tests.Parity;

/// <summary>Exact numbers from an integer hash: the same bits as tools/train/golden/hashing.py.</summary>
public static class GoldenHash
{
    /// <summary>FNV-1a, 32 bits, over the name's UTF-8 bytes.</summary>
    public static uint Name(string name)
    {
        uint value = 0x811C9DC5;
        foreach (byte b in Encoding.UTF8.GetBytes(name))
        {
            value = (value ^ b) * 0x01000193;
        }

        return value;
    }

    /// <summary>32 well-mixed bits of a name and an index: MurmurHash3's finaliser of Name + index · 2³²/φ.</summary>
    public static uint Bits(uint name, int index)
    {
        uint value = name + (uint)index * 0x9E3779B9;
        value = (value ^ (value >> 16)) * 0x85EBCA6B;
        value = (value ^ (value >> 13)) * 0xC2B2AE35;
        return value ^ (value >> 16);
    }

    /// <summary>[−1, 1) in multiples of 2⁻²³, so that nothing is rounded.</summary>
    public static float Symmetric(uint name, int index) => ((int)(Bits(name, index) >> 8) - (1 << 23)) * (1f / (1 << 23));

    /// <summary>The product of a gradient with direction number <paramref name="projection"/>, whose entries are hashed.</summary>
    public static double Projected(float[] gradient, int projection)
    {
        uint hash = Name($"projection.{projection}");
        double sum = 0;
        for (int i = 0; i < gradient.Length; i++)
        {
            sum += (double)gradient[i] * Symmetric(hash, i);
        }

        return sum;
    }
}
