using System.Numerics;
using System.Runtime.Intrinsics;

namespace EMDC.Scenes.Render;

/// <summary>
/// Averages the light over 4 × 4 pixels, of which only those count that lie in nearly the same plane: |n·p − n'·p'| small and n·n' large.
/// </summary>
internal sealed class LightFilter
{
    private const int Margin = 8;

    private readonly int _width, _height, _stride;
    private readonly float[] _r, _g, _b, _nx, _ny, _nz, _plane, _depth, _outR, _outG, _outB;

    public LightFilter(int width, int height)
    {
        (_width, _height, _stride) = (width, height, (width + 7) / 8 * 8 + 2 * Margin);
        int size = _stride * (height + 2 * Margin);
        _r = new float[size];
        _g = new float[size];
        _b = new float[size];
        _nx = new float[size];
        _ny = new float[size];
        _nz = new float[size];
        _plane = new float[size];
        _depth = new float[size];
        _outR = new float[size];
        _outG = new float[size];
        _outB = new float[size];
    }

    /// <param name="x">Column.</param>
    /// <param name="y">Row.</param>
    /// <param name="light">Light before averaging.</param>
    /// <param name="normal">Unit normal; 0 where there is no surface.</param>
    /// <param name="plane">normal · (point − eye).</param>
    /// <param name="depth">Metres, for the tolerance.</param>
    public void Set(int x, int y, Vector3 light, Vector3 normal, float plane, float depth)
    {
        int at = At(x, y);
        (_r[at], _g[at], _b[at]) = (light.X, light.Y, light.Z);
        (_nx[at], _ny[at], _nz[at]) = (normal.X, normal.Y, normal.Z);
        (_plane[at], _depth[at]) = (plane, depth);
    }

    public Vector3 Get(int x, int y)
    {
        int at = At(x, y);
        return new(_outR[at], _outG[at], _outB[at]);
    }

    public void Average()
    {
        for (int y = 0; y < _height; y++)
        {
            for (int x = 0; x < _width; x += 8)
            {
                Average(At(x, y));
            }
        }
    }

    private void Average(int at)
    {
        Vector256<float> nx = Load(_nx, at), ny = Load(_ny, at), nz = Load(_nz, at), plane = Load(_plane, at);
        Vector256<float> tolerance = Load(_depth, at) * 0.01f, alike = Vector256.Create(0.9f);
        Vector256<float> r = Load(_r, at), g = Load(_g, at), b = Load(_b, at), count = Vector256<float>.One;
        for (int dy = -2; dy < 2; dy++)
        {
            for (int dx = -2; dx < 2; dx++)
            {
                if (dx == 0 && dy == 0)
                {
                    continue;
                }

                int to = at + dy * _stride + dx;
                Vector256<float> cos = nx * Load(_nx, to) + ny * Load(_ny, to) + nz * Load(_nz, to);
                Vector256<float> same = Vector256.GreaterThan(cos, alike)
                    & Vector256.LessThan(Vector256.Abs(plane - Load(_plane, to)), tolerance);
                r += same & Load(_r, to);
                g += same & Load(_g, to);
                b += same & Load(_b, to);
                count += same & Vector256<float>.One;
            }
        }

        (r / count).CopyTo(_outR, at);
        (g / count).CopyTo(_outG, at);
        (b / count).CopyTo(_outB, at);
    }

    private int At(int x, int y) => (y + Margin) * _stride + x + Margin;

    private static Vector256<float> Load(float[] plane, int at) => Vector256.LoadUnsafe(ref plane[at]);
}
