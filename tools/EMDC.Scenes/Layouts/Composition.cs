using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using EMDC.Scenes.Render;
using EMDC.Scenes.World;

namespace EMDC.Scenes.Layouts;

/// <summary>Looks at a scene through a few rays.</summary>
internal static class Composition
{
    private const int Columns = 16, Rows = 12;
    private const float Share = 0.7f;

    /// <summary>Whether one surface, or nothing that has a depth, fills most of the picture.</summary>
    public static bool IsDull(Scene scene)
    {
        ReadOnlySpan<Solid> solids = CollectionsMarshal.AsSpan(scene.Solids);
        var view = new View(scene.Camera, Columns, Rows);
        var counts = new int[solids.Length + 1];
        for (int k = 0; k < Columns * Rows; k += 8)
        {
            var rays = view.Rays(Vector256.Create(k % Columns + 0.5f) + Vector256.Create(0f, 1, 2, 3, 4, 5, 6, 7), Vector256.Create(k / Columns + 0.5f));
            var hits = new Hits(Rendering.Farthest);
            for (int i = 0; i < solids.Length; i++)
            {
                Intersection.Nearest(solids[i], i, rays, Vector256.Create(Rendering.Nearest), ref hits);
            }

            for (int lane = 0; lane < 8; lane++)
            {
                int solid = hits.Solid[lane];
                counts[solid >= 0 && solids[solid].Material.HasDepth ? solid : solids.Length]++;
            }
        }

        return counts.Max() > Share * Columns * Rows;
    }
}
