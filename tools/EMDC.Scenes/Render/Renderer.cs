using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using EMDC.Scenes.World;

namespace EMDC.Scenes.Render;

/// <summary>
/// Ray-traces scenes, eight rays at a time. Tile by tile: the nearest surfaces; their colours; light from every lamp with one shadow ray
/// to a point of it and from short rays that look for corners. Lamps' points and corner rays follow a pattern of 4 × 4 pixels, and the
/// light is then averaged over 4 × 4 pixels of the same surface, which makes soft shadows of one ray a pixel. Mirrors show one bounce.
/// One renderer serves one thread; its buffers are used again for the next scene.
/// </summary>
internal sealed class Renderer
{
    private const int Tile = 16, Lanes = 8, TilePixels = Tile * Tile;
    private const float Bias = 1e-3f, CornerReach = 0.35f;

    private readonly int _width, _height;
    private readonly Rendering _picture;
    private readonly LightFilter _light;
    private readonly EdgeSmoothing _edges;
    private readonly float[] _albedo, _extra;
    private readonly List<int> _row = [], _seen = [], _near = [], _between = [];
    private readonly float[] _t = new float[TilePixels];
    private readonly int[] _id = new int[TilePixels];
    private readonly float[] _px = new float[TilePixels], _py = new float[TilePixels], _pz = new float[TilePixels];
    private readonly float[] _nx = new float[TilePixels], _ny = new float[TilePixels], _nz = new float[TilePixels];
    private readonly float[] _gloss = new float[TilePixels], _shininess = new float[TilePixels];
    private readonly float[] _er = new float[TilePixels], _eg = new float[TilePixels], _eb = new float[TilePixels];
    private readonly float[] _visible = new float[TilePixels];
    private readonly Vector3[] _shine = new Vector3[TilePixels];

    public Renderer(int width, int height)
    {
        (_width, _height) = (width, height);
        _picture = new Rendering(width, height);
        _light = new LightFilter(width, height);
        _edges = new EdgeSmoothing(width, height);
        _albedo = new float[3 * width * height];
        _extra = new float[3 * width * height];
    }

    /// <summary>The picture of a scene; it is overwritten by the next one.</summary>
    public Rendering Render(Scene scene)
    {
        ReadOnlySpan<Solid> solids = CollectionsMarshal.AsSpan(scene.Solids);
        var view = new View(scene.Camera, _width, _height);
        for (int y = 0; y < _height; y += Tile)
        {
            CullRow(solids, view, y);
            for (int x = 0; x < _width; x += Tile)
            {
                CullTile(solids, view, x, y);
                Trace(solids, view, x, y);
                _edges.Keep(x, y, _seen);
                Shade(scene, view, x, y);
                Illuminate(scene, view, x, y);
            }
        }

        _light.Average();
        Compose();
        _edges.Apply(solids, view, _picture);
        return _picture;
    }

    private void CullRow(ReadOnlySpan<Solid> solids, View view, int y)
    {
        Vector3 top = view.RowNormal(y - 0.5f, below: true), low = view.RowNormal(y + Tile + 0.5f, below: false);
        _row.Clear();
        for (int i = 0; i < solids.Length; i++)
        {
            if (TileCull.Reaches(solids[i], view.Z, view.Eye) && TileCull.Reaches(solids[i], top, view.Eye)
                && TileCull.Reaches(solids[i], low, view.Eye))
            {
                _row.Add(i);
            }
        }
    }

    private void CullTile(ReadOnlySpan<Solid> solids, View view, int x, int y)
    {
        Vector3 left = view.ColumnNormal(x - 0.5f, toRight: true), right = view.ColumnNormal(x + Tile + 0.5f, toRight: false);
        _seen.Clear();
        foreach (int i in _row)
        {
            if (TileCull.Reaches(solids[i], left, view.Eye) && TileCull.Reaches(solids[i], right, view.Eye))
            {
                _seen.Add(i);
            }
        }
    }

    private void Trace(ReadOnlySpan<Solid> solids, View view, int x, int y)
    {
        var near = Vector256.Create(Rendering.Nearest);
        for (int k = 0; k < TilePixels; k += Lanes)
        {
            var rays = view.Rays(Vector256.Create(x + k % Tile + 0.5f) + Vector256.Create(0f, 1, 2, 3, 4, 5, 6, 7), Vector256.Create(y + k / Tile + 0.5f));
            var hits = new Hits(float.PositiveInfinity);
            foreach (int i in _seen)
            {
                Intersection.Nearest(solids[i], i, rays, near, ref hits);
            }

            hits.T.CopyTo(_t, k);
            hits.Solid.CopyTo(_id, k);
        }
    }

    /// <summary>Positions, normals and colours of what the tile shows.</summary>
    private void Shade(Scene scene, View view, int x, int y)
    {
        for (int k = 0; k < TilePixels; k++)
        {
            int px = x + k % Tile, py = y + k / Tile;
            bool isInside = px < _width && py < _height;
            int at = isInside ? py * _width + px : -1;
            Vector3 direction = view.Direction(px + 0.5f, py + 0.5f);
            if (_id[k] < 0)
            {
                (_nx[k], _ny[k], _nz[k], _px[k], _py[k], _pz[k], _gloss[k]) = (0, 0, 0, 0, 0, 0, 0);
                if (isInside)
                {
                    Put(_albedo, at, Vector3.Zero);
                    Put(_extra, at, scene.Background);
                    (_picture.Depth[at], _picture.Returns[at], _picture.Solid[at]) = (0, 0, -1);
                }

                continue;
            }

            Solid solid = scene.Solids[_id[k]];
            Material material = solid.Material;
            Vector3 point = view.Eye + _t[k] * direction;
            Surface surface = Surface.At(solid, point, direction);
            float cos = MathF.Max(-Vector3.Dot(surface.Normal, direction) / direction.Length(), 0.05f);
            float footprint = _t[k] * view.PixelSize / cos;
            Vector3 colour = material.Texture.IsPlain
                ? material.Texture.At(surface.U, surface.V, footprint)
                : Supersampled(solid, view, px, py, point, surface.Normal, footprint / 2);
            (_nx[k], _ny[k], _nz[k]) = (surface.Normal.X, surface.Normal.Y, surface.Normal.Z);
            (_px[k], _py[k], _pz[k]) = (point.X, point.Y, point.Z);
            (_gloss[k], _shininess[k]) = (material.Gloss, material.Shininess);
            if (!isInside)
            {
                continue;
            }

            Vector3 extra = material.Glow * colour;
            if (material.Mirror > 0)
            {
                extra += material.Mirror * Reflection(scene, point + Bias * surface.Normal, Vector3.Reflect(direction, surface.Normal));
            }

            Put(_albedo, at, colour * (1 - material.Mirror));
            Put(_extra, at, extra);
            bool hasDepth = material.HasDepth && _t[k] <= Rendering.Farthest;
            _picture.Depth[at] = hasDepth ? _t[k] : 0;
            // The sensor's light is infrared: correlated with the colour, not equal to it.
            float bright = 0.1f + 0.9f * MathF.Sqrt(MathF.Max((colour.X + colour.X + colour.Y + colour.Z) / 4, 0));
            _picture.Returns[at] = hasDepth ? material.Returns * (1 - material.Mirror) * bright * MathF.Sqrt(cos) : 0;
            _picture.Solid[at] = _id[k];
        }
    }

    /// <summary>The mean of the texture at four points of a pixel, on the plane that touches the surface in its middle.</summary>
    private static Vector3 Supersampled(Solid solid, View view, int x, int y, Vector3 point, Vector3 normal, float footprint)
    {
        float plane = Vector3.Dot(normal, point - view.Eye);
        Vector3 sum = Vector3.Zero;
        for (int k = 0; k < 4; k++)
        {
            // A rotated grid, as at edges.
            Vector3 direction = view.Direction(x + (k * 0.25f + 0.125f), y + (k * 2 % 4 + k / 2) * 0.25f + 0.125f);
            Surface near = Surface.At(solid, view.Eye + plane / MathF.Min(Vector3.Dot(normal, direction), -1e-3f) * direction, direction);
            sum += solid.Material.Texture.At(near.U, near.V, footprint);
        }

        return sum / 4;
    }

    /// <summary>Light from the lamps, highlights, and light from all around where no corner keeps it away.</summary>
    private void Illuminate(Scene scene, View view, int x, int y)
    {
        ReadOnlySpan<Solid> solids = CollectionsMarshal.AsSpan(scene.Solids);
        (Vector3 centre, float radius) = Bounds();
        Array.Clear(_shine);
        Ambient(scene, solids, x, y, centre, radius);
        foreach (Light light in scene.Lights)
        {
            _between.Clear();
            float size = light.U.Length() + light.V.Length();
            for (int i = 0; i < solids.Length; i++)
            {
                if (solids[i].CastsShadow && TileCull.IsBetween(solids[i], centre, radius, light.At, size))
                {
                    _between.Add(i);
                }
            }

            for (int k = 0; k < TilePixels; k += Lanes)
            {
                Lamp(light, solids, view, x, y, k);
            }
        }

        for (int k = 0; k < TilePixels; k++)
        {
            if (x + k % Tile < _width && y + k / Tile < _height)
            {
                Vector3 normal = new(_nx[k], _ny[k], _nz[k]);
                float depth = _id[k] < 0 ? 0 : _t[k];
                _light.Set(x + k % Tile, y + k / Tile, new(_er[k], _eg[k], _eb[k]), _shine[k], normal, Vector3.Dot(normal, new Vector3(_px[k], _py[k], _pz[k]) - view.Eye), depth);
            }
        }
    }

    /// <summary>A sphere around the tile's surfaces.</summary>
    private (Vector3 Centre, float Radius) Bounds()
    {
        Vector3 low = new(float.PositiveInfinity), high = new(float.NegativeInfinity);
        for (int k = 0; k < TilePixels; k++)
        {
            if (_id[k] >= 0)
            {
                Vector3 p = new(_px[k], _py[k], _pz[k]);
                low = Vector3.Min(low, p);
                high = Vector3.Max(high, p);
            }
        }

        return low.X <= high.X ? ((low + high) / 2, (high - low).Length() / 2) : (Vector3.Zero, 0);
    }

    private void Ambient(Scene scene, ReadOnlySpan<Solid> solids, int x, int y, Vector3 centre, float radius)
    {
        _near.Clear();
        for (int i = 0; i < solids.Length; i++)
        {
            if (TileCull.IsBetween(solids[i], centre, radius + CornerReach, centre, 0))
            {
                _near.Add(i);
            }
        }

        var near = Vector256.Create(0f);
        for (int k = 0; k < TilePixels; k += Lanes)
        {
            Vector256<float> nx = Load(_nx, k), ny = Load(_ny, k), nz = Load(_nz, k);
            // A direction about the normal, of the 16 of the pixel's place in the pattern.
            var (dx, dy, dz) = Samples.Directions(y + k / Tile);
            var rays = new Rays
            {
                Ox = Load(_px, k) + nx * Bias,
                Oy = Load(_py, k) + ny * Bias,
                Oz = Load(_pz, k) + nz * Bias,
                Dx = nx + 0.95f * dx,
                Dy = ny + 0.95f * dy,
                Dz = nz + 0.95f * dz,
            };
            var hits = new Hits(CornerReach);
            foreach (int i in _near)
            {
                Intersection.Nearest(solids[i], i, rays, near, ref hits);
            }

            Vector256<float> open = Vector256.Create(0.35f) + hits.T * (0.65f / CornerReach);
            Vector256<float> up = ny * 0.5f + Vector256.Create(0.5f);
            Vector3 a = scene.AmbientBelow, d = scene.AmbientAbove - scene.AmbientBelow;
            (open * (Vector256.Create(a.X) + up * d.X)).CopyTo(_er, k);
            (open * (Vector256.Create(a.Y) + up * d.Y)).CopyTo(_eg, k);
            (open * (Vector256.Create(a.Z) + up * d.Z)).CopyTo(_eb, k);
        }
    }

    private void Lamp(Light light, ReadOnlySpan<Solid> solids, View view, int x, int y, int k)
    {
        var (s, t) = Samples.Points(y + k / Tile);
        Vector256<float> nx = Load(_nx, k), ny = Load(_ny, k), nz = Load(_nz, k);
        Vector256<float> px = Load(_px, k), py = Load(_py, k), pz = Load(_pz, k);
        Vector256<float> lx = Vector256.Create(light.At.X) + s * light.U.X + t * light.V.X - px;
        Vector256<float> ly = Vector256.Create(light.At.Y) + s * light.U.Y + t * light.V.Y - py;
        Vector256<float> lz = Vector256.Create(light.At.Z) + s * light.U.Z + t * light.V.Z - pz;
        Vector256<float> squared = lx * lx + ly * ly + lz * lz, inverse = Vector256<float>.One / Vector256.Sqrt(squared);
        Vector256<float> cos = (lx * nx + ly * ny + lz * nz) * inverse;
        if (!Vector256.GreaterThanAny(cos, Vector256<float>.Zero))
        {
            return;
        }

        Vector256<float> visible = Vector256<float>.One;
        if (_between.Count > 0)
        {
            var rays = new Rays { Ox = px + nx * Bias, Oy = py + ny * Bias, Oz = pz + nz * Bias, Dx = lx, Dy = ly, Dz = lz };
            Vector256<float> near = Vector256<float>.Zero, far = Vector256.Create(0.98f), blocked = Vector256<float>.Zero;
            foreach (int i in _between)
            {
                blocked |= Vector256.LessThan(Intersection.Distance(solids[i], rays, near), far);
                if (Vector256.EqualsAll(blocked.AsInt32(), Vector256.Create(-1)))
                {
                    return;
                }
            }

            visible = Vector256.AndNot(visible, blocked);
        }

        Vector256<float> amount = visible * Vector256.Max(cos, Vector256<float>.Zero) / (squared + Vector256.Create(0.05f));
        (Load(_er, k) + amount * light.Colour.X).CopyTo(_er, k);
        (Load(_eg, k) + amount * light.Colour.Y).CopyTo(_eg, k);
        (Load(_eb, k) + amount * light.Colour.Z).CopyTo(_eb, k);
        visible.CopyTo(_visible, k);
        for (int j = k; j < k + Lanes; j++)
        {
            if (_gloss[j] > 0 && _visible[j] > 0)
            {
                _shine[j] += Highlight(light, view, j);
            }
        }
    }

    /// <summary>Blinn's highlight of the lamp's centre.</summary>
    private Vector3 Highlight(Light light, View view, int k)
    {
        Vector3 point = new(_px[k], _py[k], _pz[k]), normal = new(_nx[k], _ny[k], _nz[k]);
        Vector3 toLight = light.At - point, toEye = Vector3.Normalize(view.Eye - point);
        float distance = toLight.Length(), cos = Vector3.Dot(normal, Vector3.Normalize(toLight / distance + toEye));
        if (cos <= 0 || Vector3.Dot(normal, toLight) <= 0)
        {
            return Vector3.Zero;
        }

        // Far from the highlight the power is a denormal number, which makes every sum with it slow.
        float lobe = MathF.Pow(cos, _shininess[k]);
        lobe = lobe > 1e-4f ? lobe * (_shininess[k] + 8) / 25 * _gloss[k] : 0;
        return lobe / (distance * distance + 0.05f) * light.Colour;
    }

    /// <summary>What a mirror shows: the nearest surface in unshadowed light.</summary>
    private static Vector3 Reflection(Scene scene, Vector3 from, Vector3 direction)
    {
        Rays rays = Rays.Same(from, direction);
        var hits = new Hits(float.PositiveInfinity);
        for (int i = 0; i < scene.Solids.Count; i++)
        {
            Intersection.Nearest(scene.Solids[i], i, rays, Vector256<float>.Zero, ref hits);
        }

        if (hits.Solid[0] < 0)
        {
            return scene.Background;
        }

        Solid solid = scene.Solids[hits.Solid[0]];
        Vector3 point = from + hits.T[0] * direction;
        Surface surface = Surface.At(solid, point, direction);
        Vector3 light = Vector3.Lerp(scene.AmbientBelow, scene.AmbientAbove, surface.Normal.Y * 0.5f + 0.5f);
        foreach (Light lamp in scene.Lights)
        {
            Vector3 to = lamp.At - point;
            light += MathF.Max(Vector3.Dot(to, surface.Normal), 0) / to.Length() / (to.LengthSquared() + 0.05f) * lamp.Colour;
        }

        return solid.Material.Texture.At(surface.U, surface.V, 0.01f) * (light + new Vector3(solid.Material.Glow));
    }

    private void Compose()
    {
        for (int y = 0; y < _height; y++)
        {
            for (int x = 0; x < _width; x++)
            {
                int at = 3 * (y * _width + x);
                Vector3 albedo = new(_albedo.AsSpan(at, 3)), extra = new(_extra.AsSpan(at, 3));
                var (light, shine) = _light.Get(x, y);
                (albedo * light + shine + extra).CopyTo(_picture.Radiance, at);
            }
        }
    }

    private static Vector256<float> Load(float[] plane, int at) => Vector256.LoadUnsafe(ref plane[at]);

    private static void Put(float[] image, int pixel, Vector3 colour) => colour.CopyTo(image, 3 * pixel);
}
