namespace EMDC.Imaging;

/// <summary>What some sources do with the 16 bits of a depth; all but the depth in millimetres.</summary>
internal static class SensorBits
{
    /// <summary>SUN RGB-D: millimetres, rotated to the left by three bits.</summary>
    public static int Sun(int stored) => (stored >> 3) | ((stored & 7) << 13);

    /// <summary>ARCore (Android's DEPTH16): 13 bits of millimetres below 3 of confidence, of which 1 means none.</summary>
    public static int ARCore(int stored) => stored >> 13 == 1 ? 0 : stored & 0x1FFF;

    /// <summary>The bytes in the other order.</summary>
    public static int Swapped(int stored) => ((stored & 0xFF) << 8) | (stored >> 8);
}
