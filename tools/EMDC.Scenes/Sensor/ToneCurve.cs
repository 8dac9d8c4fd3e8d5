namespace EMDC.Scenes.Sensor;

/// <summary>Linear light to 8 bit: a gamma, mixed with the S-curve 3x² − 2x³.</summary>
internal static class ToneCurve
{
    public static byte Byte(float light, float gamma, float curve)
    {
        float x = MathF.Pow(Math.Clamp(light, 0, 1), gamma);
        x += curve * 0.5f * (x * x * (3 - 2 * x) - x);
        return (byte)(x * 255 + 0.5f);
    }
}
