using System.Numerics;
using System.Runtime.Intrinsics;
using EMDC.Scenes.World;

namespace EMDC.Scenes.Render;

/// <summary>
/// Smooths the picture, not the depth, where different solids meet: four more rays through a pixel tell which solids share it, and each
/// lends the colour that it has in the pixel or beside it.
/// </summary>
internal sealed class EdgeSmoothing
{
    private const int Tile = 16;

    private readonly int _width, _height, _tiles;
    private readonly List<int>[] _seen;
    private readonly float[] _before;
    private readonly int[] _ids = new int[8];

    public EdgeSmoothing(int width, int height)
    {
        (_width, _height, _tiles) = (width, height, (width + Tile - 1) / Tile);
        _seen = new List<int>[_tiles * ((height + Tile - 1) / Tile)];
        for (int i = 0; i < _seen.Length; i++)
        {
            _seen[i] = [];
        }

        _before = new float[3 * width * height];
    }

    /// <summary>Remembers which solids a tile may show.</summary>
    public void Keep(int x, int y, List<int> seen)
    {
        List<int> tile = _seen[y / Tile * _tiles + x / Tile];
        tile.Clear();
        tile.AddRange(seen);
    }

    public void Apply(ReadOnlySpan<Solid> solids, View view, Rendering picture)
    {
        picture.Radiance.CopyTo(_before, 0);
        for (int y = 0; y < _height; y++)
        {
            for (int x = 0; x < _width; x++)
            {
                if (IsEdge(picture.Solid, x, y))
                {
                    Smooth(solids, view, picture, x, y);
                }
            }
        }
    }

    private bool IsEdge(int[] solid, int x, int y)
    {
        int at = y * _width + x, own = solid[at];
        return (x > 0 && solid[at - 1] != own) || (x + 1 < _width && solid[at + 1] != own)
            || (y > 0 && solid[at - _width] != own) || (y + 1 < _height && solid[at + _width] != own);
    }

    private void Smooth(ReadOnlySpan<Solid> solids, View view, Rendering picture, int x, int y)
    {
        // A rotated grid: steep and flat edges both get steps.
        var rays = view.Rays(
            Vector256.Create((float)x) + Vector256.Create(0.125f, 0.375f, 0.625f, 0.875f, 0.25f, 0.75f, 0.03f, 0.97f),
            Vector256.Create((float)y) + Vector256.Create(0.625f, 0.125f, 0.875f, 0.375f, 0.97f, 0.03f, 0.25f, 0.75f));
        var hits = new Hits(float.PositiveInfinity);
        var near = Vector256.Create(Rendering.Nearest);
        foreach (int i in _seen[y / Tile * _tiles + x / Tile])
        {
            Intersection.Nearest(solids[i], i, rays, near, ref hits);
        }

        hits.Solid.CopyTo(_ids);
        Vector3 sum = Vector3.Zero;
        foreach (int id in _ids)
        {
            sum += ColourOf(picture.Solid, id, x, y);
        }

        (sum / _ids.Length).CopyTo(picture.Radiance, 3 * (y * _width + x));
    }

    /// <summary>The colour of a solid in or next to a pixel; the pixel's own if it shows up nowhere there.</summary>
    private Vector3 ColourOf(int[] solid, int id, int x, int y)
    {
        int own = y * _width + x;
        if (solid[own] != id)
        {
            for (int j = Math.Max(y - 1, 0); j <= Math.Min(y + 1, _height - 1); j++)
            {
                for (int i = Math.Max(x - 1, 0); i <= Math.Min(x + 1, _width - 1); i++)
                {
                    if (solid[j * _width + i] == id)
                    {
                        return new(_before.AsSpan(3 * (j * _width + i), 3));
                    }
                }
            }
        }

        return new(_before.AsSpan(3 * own, 3));
    }
}
