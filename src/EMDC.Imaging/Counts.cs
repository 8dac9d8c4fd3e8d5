using System.Buffers.Binary;

namespace EMDC.Imaging;

/// <summary>Metres as the 16-bit integers of PNG and PGM.</summary>
internal static class Counts
{
    /// <summary>round(metres / scale) as big-endian 16-bit integers: 0 for what is not positive, at most 65535.</summary>
    public static void ToBigEndian(ReadOnlySpan<float> metres, float scale, Span<byte> row)
    {
        for (int x = 0; x < metres.Length; x++)
        {
            // NaN fails the comparison too.
            double count = metres[x] > 0 ? Math.Min(Math.Round((double)metres[x] / scale), ushort.MaxValue) : 0;
            BinaryPrimitives.WriteUInt16BigEndian(row[(2 * x)..], (ushort)count);
        }
    }
}
