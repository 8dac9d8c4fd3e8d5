using System.Numerics;
using EMDC.Scenes.Photographs;
using EMDC.Scenes.Render;

namespace EMDC.Scenes.Collages;

/// <summary>Puts things into a picture, behind what is nearer and before what is farther.</summary>
internal sealed class Paste
{
    private readonly Rendering _picture;
    private readonly Backdrop _backdrop;
    private readonly float[] _rgb, _alpha, _shade;
    private readonly int[] _inside;
    private readonly int _width, _height;

    public Paste(Rendering picture, float[] rgb, Backdrop backdrop)
    {
        (_picture, _rgb, _backdrop, _width, _height) = (picture, rgb, backdrop, picture.Width, picture.Height);
        (_alpha, _shade, _inside) = (new float[_width * _height], new float[_width * _height], new int[_width * _height]);
    }

    /// <param name="rng">Draws where and how large.</param>
    /// <param name="thing">What.</param>
    /// <param name="number">Its number among the solids.</param>
    public void Add(Rng rng, CutOut thing, int number)
    {
        Box box = Extent(thing.Mask);
        float tall = rng.LogRange(0.12f, 1.1f) * _height, step = box.Height / tall;
        float turn = rng.Chance(0.8f) ? rng.Normal(0, 0.12f) : rng.Range(-3, 3), cos = step * MathF.Cos(turn), sin = step * MathF.Sin(turn), mirror = rng.Sign();
        float centreX = rng.Range(0, _width), centreY = rng.Range(0.1f, 1) * _height;
        float toMask = (float)thing.Colours.Width / thing.Mask.Width;
        int lowest = -1, area = 0;
        for (int i = 0; i < _alpha.Length; i++)
        {
            float dx = i % _width - centreX, dy = i / _width - centreY;
            float x = box.X + mirror * (cos * dx + sin * dy), y = box.Y + (cos * dy - sin * dx);
            bool isWithin = x > box.Left - 2 && x < box.Right + 2 && y > box.Top - 2 && y < box.Bottom + 2 && x > 0 && y > 0 && x < thing.Mask.Width && y < thing.Mask.Height;
            // One pixel wide at any scale: an enlarged mask is made steeper.
            _alpha[i] = isWithin ? Math.Clamp((thing.Mask.At(x, y, step).X - 0.5f) / MathF.Min(step, 1) + 0.5f, 0, 1) : 0;
            _inside[i] = _alpha[i] >= 0.5f ? 1 : 0;
            (lowest, area) = _inside[i] == 1 ? (i, area + 1) : (lowest, area);
        }

        if (area < 12)
        {
            return;
        }

        float[] inside = Inside.Distances(_inside, _height, _width);
        float deepest = 0;
        for (int i = 0; i < inside.Length; i++)
        {
            deepest = MathF.Max(deepest, _inside[i] * inside[i]);
        }

        bool stands = rng.Chance(0.5f);
        int foot = lowest / _width;
        float depth = stands
            ? _backdrop.Depth(lowest % _width, foot) * (foot < _height - 1 ? rng.Range(0.85f, 1) : rng.LogRange(0.4f, 1))
            : _backdrop.Depth(Math.Clamp(centreX, 0, _width - 1), Math.Clamp(centreY, 0, _height - 1)) * rng.LogRange(0.25f, 0.95f);
        Relief relief = Relief.Thing(rng, _backdrop, lowest % _width, foot, MathF.Max(depth, Backdrop.Nearest), deepest);
        if (rng.Chance(0.4f))
        {
            Shadow(rng, depth);
        }

        Vector3 gain = rng.LogRange(0.7f, 1.35f) * new Vector3(rng.Range(0.93f, 1.07f), 1, rng.Range(0.93f, 1.07f));
        float returns = rng.Chance(0.06f) ? 0.05f : rng.Range(0.6f, 1);
        for (int i = 0; i < _alpha.Length; i++)
        {
            int column = i % _width, row = i / _width;
            if (_alpha[i] == 0)
            {
                continue;
            }

            float metres = relief.Depth(column, row, inside[i] * _inside[i]);
            if (metres >= _picture.Depth[i])
            {
                continue;
            }

            float dx = column - centreX, dy = row - centreY;
            float x = (box.X + mirror * (cos * dx + sin * dy)) * toMask, y = (box.Y + (cos * dy - sin * dx)) * toMask;
            Vector3 colour = gain * thing.Colours.At(x, y, step * toMask);
            Vector3.Lerp(new Vector3(_rgb.AsSpan(3 * i, 3)), colour, _alpha[i]).CopyTo(_rgb, 3 * i);
            if (_inside[i] == 1)
            {
                (_picture.Depth[i], _picture.Solid[i], _picture.Returns[i]) = (metres, number, returns);
            }
        }
    }

    /// <summary>Darkens what lies behind the thing, beside it.</summary>
    private void Shadow(Rng rng, float depth)
    {
        int right = rng.Int(-12, 12), down = rng.Int(-4, 8), soft = rng.Int(1, 5);
        float dark = rng.Range(0.2f, 0.7f);
        for (int i = 0; i < _shade.Length; i++)
        {
            int x = i % _width - right, y = i / _width - down;
            _shade[i] = (uint)x < (uint)_width && (uint)y < (uint)_height ? _alpha[y * _width + x] : 0;
        }

        for (int pass = 0; pass < 2; pass++)
        {
            Smooth(1, _width, soft);
            Smooth(_width, _height, soft);
        }

        for (int i = 0; i < _shade.Length; i++)
        {
            if (_shade[i] > 0 && _picture.Depth[i] > depth)
            {
                (new Vector3(_rgb.AsSpan(3 * i, 3)) * (1 - dark * _shade[i])).CopyTo(_rgb, 3 * i);
            }
        }
    }

    /// <summary>Running means of 2·soft + 1 pixels along rows (stride 1) or columns.</summary>
    private void Smooth(int stride, int length, int soft)
    {
        int lines = _shade.Length / length;
        Span<float> line = stackalloc float[length];
        for (int k = 0; k < lines; k++)
        {
            int start = stride == 1 ? k * length : k;
            for (int i = 0; i < length; i++)
            {
                line[i] = _shade[start + i * stride];
            }

            float sum = 0;
            for (int i = -soft; i < length; i++)
            {
                sum += i + soft < length ? line[i + soft] : 0;
                sum -= i - soft - 1 >= 0 ? line[i - soft - 1] : 0;
                if (i >= 0)
                {
                    _shade[start + i * stride] = sum / (2 * soft + 1);
                }
            }
        }
    }

    /// <summary>The rectangle of the mask's white pixels.</summary>
    private static Box Extent(Picture mask)
    {
        int left = mask.Width, top = mask.Height, right = 0, bottom = 0;
        for (int y = 0; y < mask.Height; y++)
        {
            for (int x = 0; x < mask.Width; x++)
            {
                if (mask.At(x + 0.5f, y + 0.5f, 1).X > 0.5f)
                {
                    (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x + 1), Math.Max(bottom, y + 1));
                }
            }
        }

        return new Box(left, top, right, bottom);
    }

    private readonly record struct Box(int Left, int Top, int Right, int Bottom)
    {
        public float X => (Left + Right) / 2f;

        public float Y => (Top + Bottom) / 2f;

        public float Height => MathF.Max(Bottom - Top, 1);
    }
}
