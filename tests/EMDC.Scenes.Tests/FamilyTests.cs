using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using EMDC.Scenes.Layouts;
using EMDC.Scenes.Render;
using EMDC.Scenes.World;

namespace EMDC.Scenes.Tests;

/// <summary>What all scenes of the two families have in common, and what they have not.</summary>
public sealed class FamilyTests
{
    private const int Height = 48, Width = 64;

    [Fact]
    public void The_families_share_no_layout_and_no_pattern_but_plain_paint()
    {
        (HashSet<string> Layouts, HashSet<Pattern> Patterns) train = Survey(Family.Train), test = Survey(Family.Test);
        Assert.Equal(9, train.Layouts.Count);
        Assert.Equal(7, test.Layouts.Count);
        Assert.Empty(train.Layouts.Intersect(test.Layouts));
        Assert.Equal([Pattern.Plain], train.Patterns.Intersect(test.Patterns));
        Assert.Equal(Enum.GetValues<Pattern>().Order(), train.Patterns.Union(test.Patterns).Order());
    }

    [Theory]
    [InlineData(Family.Train)]
    [InlineData(Family.Test)]
    internal void Pictures_are_finite_and_mostly_have_a_depth_from_a_tenth_to_ten_metres(Family family)
    {
        var frames = new Frames(family, 3, Width, Height);
        int measured = 0, near = 0, far = 0;
        const int Count = 40;
        for (int i = 0; i < Count; i++)
        {
            Rendering picture = frames.Render(i);
            Assert.DoesNotContain(picture.Depth, depth => depth is not (0 or (>= 0.1f and <= 10)));
            Assert.DoesNotContain(picture.Radiance, light => !float.IsFinite(light) || light < 0);
            Assert.DoesNotContain(picture.Returns, share => share is not (>= 0 and <= 1.0001f));
            measured += picture.Depth.Count(depth => depth > 0);
            near += picture.Depth.Count(depth => depth is > 0 and < 0.6f) > Width * Height / 20 ? 1 : 0;
            far += picture.Depth.Max() > 3 ? 1 : 0;
        }

        Assert.InRange(measured, 0.9 * Count * Width * Height, Count * Width * Height);
        // Close-ups are what depth completion fails at if it never saw them.
        Assert.InRange(near, Count / 8, Count);
        Assert.InRange(far, Count / 3, Count);
    }

    [Theory]
    [InlineData(Family.Train, 11)]
    [InlineData(Family.Test, 12)]
    internal void Tiles_miss_nothing_that_a_ray_would_meet(Family family, ulong seed)
    {
        var renderer = new Renderer(Width, Height);
        for (int number = 0; number < 6; number++)
        {
            Scene scene = SceneBuilder.Build(family, seed, number);
            int[] expected = Trace(scene);
            Assert.Equal(expected, renderer.Render(scene).Solid);
        }
    }

    /// <summary>Every ray against every solid.</summary>
    private static int[] Trace(Scene scene)
    {
        Span<Solid> solids = CollectionsMarshal.AsSpan(scene.Solids);
        var view = new View(scene.Camera, Width, Height);
        var found = new int[Width * Height];
        for (int k = 0; k < found.Length; k += 8)
        {
            var rays = view.Rays(Vector256.Create(k % Width + 0.5f) + Vector256.Create(0f, 1, 2, 3, 4, 5, 6, 7), Vector256.Create(k / Width + 0.5f));
            var hits = new Hits(float.PositiveInfinity);
            for (int i = 0; i < solids.Length; i++)
            {
                Intersection.Nearest(solids[i], i, rays, Vector256.Create(Rendering.Nearest), ref hits);
            }

            hits.Solid.CopyTo(found, k);
        }

        return found;
    }

    private static (HashSet<string> Layouts, HashSet<Pattern> Patterns) Survey(Family family)
    {
        HashSet<string> layouts = [];
        HashSet<Pattern> patterns = [];
        for (int i = 0; i < 300; i++)
        {
            Scene scene = SceneBuilder.Build(family, 1, i);
            layouts.Add(scene.Name);
            patterns.UnionWith(scene.Solids.Select(solid => solid.Material.Texture.Pattern));
        }

        return (layouts, patterns);
    }
}
