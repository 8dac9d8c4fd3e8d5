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
    private readonly float[] _nx, _ny, _nz, _plane, _depth;

    // Red, green and blue of the light, then of the highlights.
    private readonly float[][] _in = new float[6][], _out = new float[6][];

    public LightFilter(int width, int height)
    {
        (_width, _height, _stride) = (width, height, (width + 7) / 8 * 8 + 2 * Margin);
        int size = _stride * (height + 2 * Margin);
        (_nx, _ny, _nz, _plane, _depth) = (new float[size], new float[size], new float[size], new float[size], new float[size]);
        for (int c = 0; c < _in.Length; c++)
        {
            (_in[c], _out[c]) = (new float[size], new float[size]);
        }
    }

    /// <param name="x">Column.</param>
    /// <param name="y">Row.</param>
    /// <param name="light">Light before averaging.</param>
    /// <param name="shine">Highlights before averaging.</param>
    /// <param name="normal">Unit normal; 0 where there is no surface.</param>
    /// <param name="plane">normal · (point − eye).</param>
    /// <param name="depth">Metres, for the tolerance.</param>
    public void Set(int x, int y, Vector3 light, Vector3 shine, Vector3 normal, float plane, float depth)
    {
        int at = At(x, y);
        (_in[0][at], _in[1][at], _in[2][at]) = (light.X, light.Y, light.Z);
        (_in[3][at], _in[4][at], _in[5][at]) = (shine.X, shine.Y, shine.Z);
        (_nx[at], _ny[at], _nz[at]) = (normal.X, normal.Y, normal.Z);
        (_plane[at], _depth[at]) = (plane, depth);
    }

    public (Vector3 Light, Vector3 Shine) Get(int x, int y)
    {
        int at = At(x, y);
        return (new(_out[0][at], _out[1][at], _out[2][at]), new(_out[3][at], _out[4][at], _out[5][at]));
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
        Vector256<float> r = Load(_in[0], at), g = Load(_in[1], at), b = Load(_in[2], at), count = Vector256<float>.One;
        Vector256<float> sr = Load(_in[3], at), sg = Load(_in[4], at), sb = Load(_in[5], at);
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
                r += same & Load(_in[0], to);
                g += same & Load(_in[1], to);
                b += same & Load(_in[2], to);
                sr += same & Load(_in[3], to);
                sg += same & Load(_in[4], to);
                sb += same & Load(_in[5], to);
                count += same & Vector256<float>.One;
            }
        }

        Vector256<float> share = Vector256<float>.One / count;
        (r * share).CopyTo(_out[0], at);
        (g * share).CopyTo(_out[1], at);
        (b * share).CopyTo(_out[2], at);
        (sr * share).CopyTo(_out[3], at);
        (sg * share).CopyTo(_out[4], at);
        (sb * share).CopyTo(_out[5], at);
    }

    private int At(int x, int y) => (y + Margin) * _stride + x + Margin;

    private static Vector256<float> Load(float[] plane, int at) => Vector256.LoadUnsafe(ref plane[at]);
}
