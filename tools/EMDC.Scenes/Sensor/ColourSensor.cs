using System.Numerics;
using EMDC.Scenes.Render;

namespace EMDC.Scenes.Sensor;

/// <summary>
/// From light to bytes: exposure, white balance, vignette, the lens's blur, shot and read noise, tone curve, 8 bit, and sometimes
/// the losses of JPEG. What belongs to the camera is drawn once per scene; the noise anew for every frame.
/// </summary>
internal sealed class ColourSensor
{
    private readonly float _exposure, _vignette, _blur, _shot, _read, _gamma, _curve;
    private readonly Vector3 _balance;
    private readonly int _jpeg;
    private float[] _blurred = [];

    public ColourSensor(Rng rng)
    {
        _exposure = rng.LogRange(0.55f, 1.7f);
        _vignette = rng.Chance(0.6f) ? rng.Range(0, 0.45f) : 0;
        _blur = rng.Range(0.02f, 0.16f);
        float noise = rng.Weighted(0.35f, 0.45f, 0.2f) switch { 0 => 0.15f, 1 => 0.6f, _ => 1.4f } * rng.Range(0.4f, 1);
        (_shot, _read) = (0.035f * noise, 0.012f * noise);
        _gamma = 1 / rng.Range(1.9f, 2.5f);
        _curve = rng.Range(0, 0.8f);
        _balance = new(rng.Range(0.85f, 1.18f), 1, rng.Range(0.82f, 1.2f));
        _jpeg = rng.Chance(0.5f) ? rng.Int(2, 9) : 0;
    }

    /// <summary>Height × Width × 3 bytes.</summary>
    public void Expose(Rendering picture, Rng rng, Span<byte> rgb)
    {
        int width = picture.Width, height = picture.Height;
        float[] light = Blur(picture);
        var noise = new Gaussian(rng);
        Vector3 gain = _exposure * 0.22f / MathF.Max(Metered(picture.Radiance), 1e-4f) * _balance;
        float corner = 4f / (width * width + height * height);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int at = 3 * (y * width + x);
                float dx = x + 0.5f - width / 2f, dy = y + 0.5f - height / 2f;
                Vector3 value = new Vector3(light.AsSpan(at, 3)) * gain * (1 - _vignette * (dx * dx + dy * dy) * corner);
                for (int c = 0; c < 3; c++)
                {
                    float v = value[c];
                    v += noise.Next() * MathF.Sqrt(_shot * _shot * MathF.Max(v, 0) + _read * _read);
                    rgb[at + c] = ToneCurve.Byte(v, _gamma, _curve);
                }
            }
        }

        if (_jpeg > 0)
        {
            JpegLoss.Apply(rgb, width, height, _jpeg);
        }
    }

    /// <summary>What a camera's meter aims at: the mean of the brightness, bright parts clipped.</summary>
    private static float Metered(float[] radiance)
    {
        double sum = 0, logarithms = 0;
        int count = radiance.Length / 3;
        for (int i = 1; i < radiance.Length; i += 3)
        {
            logarithms += MathF.Log2(radiance[i] + 1e-3f);
        }

        float clip = 6 * MathF.Pow(2, (float)(logarithms / count));
        for (int i = 1; i < radiance.Length; i += 3)
        {
            sum += MathF.Min(radiance[i], clip);
        }

        return (float)(sum / count);
    }

    /// <summary>A point spreads to its neighbours: a 3 × 3 kernel of (b, 1 − 2b, b) in both directions.</summary>
    private float[] Blur(Rendering picture)
    {
        int width = picture.Width, height = picture.Height, stride = 3 * width;
        float[] source = picture.Radiance;
        if (_blurred.Length != 2 * source.Length)
        {
            _blurred = new float[2 * source.Length];
        }

        Span<float> rows = _blurred.AsSpan(source.Length);
        for (int y = 0; y < height; y++)
        {
            for (int i = 0; i < stride; i++)
            {
                int at = y * stride + i;
                float left = source[i >= 3 ? at - 3 : at], right = source[i < stride - 3 ? at + 3 : at];
                rows[at] = source[at] + _blur * (left + right - 2 * source[at]);
            }
        }

        for (int y = 0; y < height; y++)
        {
            int above = y > 0 ? -stride : 0, below = y < height - 1 ? stride : 0;
            for (int at = y * stride; at < (y + 1) * stride; at++)
            {
                _blurred[at] = rows[at] + _blur * (rows[at + above] + rows[at + below] - 2 * rows[at]);
            }
        }

        return _blurred;
    }
}
