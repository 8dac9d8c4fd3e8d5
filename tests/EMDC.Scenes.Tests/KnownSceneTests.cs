using System.Numerics;
using EMDC.Scenes.Render;
using EMDC.Scenes.World;

namespace EMDC.Scenes.Tests;

/// <summary>Pictures of which everything is known beforehand.</summary>
public sealed class KnownSceneTests
{
    private const int Height = 48, Width = 64;

    private static readonly Material Grey = new(Texture.Plain(new Vector3(0.5f)));

    [Fact]
    public void A_wall_across_the_view_has_the_same_z_everywhere()
    {
        Rendering picture = Render(Wall(2));
        Assert.All(picture.Depth, depth => Assert.Equal(2, depth, 5e-6f));
    }

    [Fact]
    public void A_slanted_wall_has_the_z_of_its_plane()
    {
        // n · (z·d) = n · p0 with the pinhole's d, in double precision and without any code of the renderer.
        const float Yaw = 0.6f, Focal = 0.9f;
        var scene = new Scene { Camera = new Camera(Pose.Identity, Focal) };
        scene.Add(Shape.Panel, Pose.Of(new(0.1f, 0.2f, 3), Yaw), new(50, 50, 0), Grey);
        Rendering picture = Render(scene);
        (double nx, double nz) = (Math.Sin(Yaw), Math.Cos(Yaw));
        for (int i = 0; i < picture.Depth.Length; i++)
        {
            double dx = (i % Width + 0.5 - Width / 2.0) / (Focal * Width), z = (nx * 0.1 + nz * 3) / (nx * dx + nz);
            Assert.Equal(z <= 10 ? z : 0, picture.Depth[i], 1e-4);
        }
    }

    [Fact]
    public void A_sphere_is_nearest_in_its_middle_and_has_z_not_ray_length()
    {
        var scene = new Scene { Camera = new Camera(Pose.Identity, 1) };
        scene.Add(Shape.Ellipsoid, Pose.Of(new(0, 0, 3)), new(1), Grey);
        Rendering picture = Render(scene);
        Assert.Equal(2, picture.Depth.Where(depth => depth > 0).Min(), 1e-3f);
        for (int i = 0; i < picture.Depth.Length; i++)
        {
            double x = (i % Width + 0.5 - Width / 2.0) / Width, y = (Height / 2.0 - i / Width - 0.5) / Width, a = x * x + y * y + 1;
            // |t·d − (0, 0, 3)|² = 1; d has z = 1, so that t is z.
            double disc = 9 - 8 * a;
            Assert.Equal(disc > 0 ? (3 - Math.Sqrt(disc)) / a : 0, picture.Depth[i], 2e-4);
        }
    }

    [Fact]
    public void What_lies_beyond_ten_metres_or_nearer_than_the_near_plane_has_no_depth()
    {
        Assert.All(Render(Wall(10.01f)).Depth, depth => Assert.Equal(0, depth));
        Assert.All(Render(Wall(0.09f)).Depth, depth => Assert.Equal(0, depth));
        Assert.All(Render(Wall(9.99f)).Depth, depth => Assert.Equal(9.99f, depth, 5e-5f));
    }

    [Fact]
    public void Through_an_opening_one_sees_what_is_behind()
    {
        Scene scene = Wall(4);
        scene.Add(Shape.Panel, Pose.Of(new(0, 0, 2)), new(9, 9, 0), Grey, new Openings((new(-0.3f, -9), new(0.3f, 9))));
        Rendering picture = Render(scene);
        // At z = 2 a pixel is 2/64 m wide: the opening covers 19.2 columns.
        Assert.Equal(20 * Height, picture.Depth.Count(depth => depth > 3));
        Assert.Equal(4, picture.Depth[Height / 2 * Width + Width / 2], 1e-5f);
        Assert.Equal(2, picture.Depth[0], 1e-5f);
    }

    [Fact]
    public void Windows_have_no_depth_and_mirrors_have_one_but_return_nothing()
    {
        var outside = Grey with { HasDepth = false };
        Assert.All(Render(Wall(2, outside)).Depth, depth => Assert.Equal(0, depth));
        Rendering mirror = Render(Wall(2, Grey with { Mirror = 0.95f, Returns = 0.05f }));
        Assert.All(mirror.Depth, depth => Assert.Equal(2, depth, 5e-6f));
        Assert.All(mirror.Returns, share => Assert.InRange(share, 0, 0.01f));
    }

    [Fact]
    public void A_mirror_shows_what_stands_behind_the_camera()
    {
        Scene scene = Wall(2, new Material(Texture.Plain(Vector3.One)) { Mirror = 1 });
        scene.AmbientAbove = scene.AmbientBelow = Vector3.One;
        scene.Add(Shape.Panel, Pose.Of(new(0, 0, -1)), new(50, 50, 0), new Material(Texture.Plain(new(0.5f, 0, 0))));
        Rendering picture = Render(scene);
        Assert.All(Enumerable.Range(0, Width * Height), i => Assert.Equal((0.25f, 0f), (picture.Radiance[3 * i], picture.Radiance[3 * i + 1])));
    }

    [Fact]
    public void Things_throw_shadows_and_corners_are_darker()
    {
        var scene = new Scene { Camera = Camera.Looking(new(0, 3, -2), Vector3.Zero, 0, 1), AmbientAbove = Vector3.Zero, AmbientBelow = Vector3.Zero };
        Solid floor = new(Shape.Panel, new Pose(Vector3.Zero, Vector3.UnitX, -Vector3.UnitZ, Vector3.UnitY), new(9, 9, 0), Grey);
        scene.Solids.Add(floor);
        scene.Lights.Add(new Light(new(0, 4, 0), Vector3.Zero, Vector3.Zero, new(5)));
        float lit = Middle(Render(scene));
        scene.Add(Shape.Box, Pose.Of(new(0, 3.5f, 0)), new(0.2f, 0.1f, 0.2f), Grey);
        Assert.True(lit > 0);
        Assert.Equal(0, Middle(Render(scene)));

        scene.Lights.Clear();
        scene.AmbientAbove = scene.AmbientBelow = Vector3.One;
        float open = Middle(Render(scene));
        scene.Add(Shape.Panel, Pose.Of(new(0, 0, 0.02f)), new(5, 5, 0), Grey);
        Assert.InRange(Middle(Render(scene)), 0.3f * open, 0.9f * open);
    }

    [Fact]
    public void Colour_edges_are_smooth_and_depth_edges_are_not()
    {
        Scene scene = Wall(4, new Material(Texture.Plain(Vector3.One)));
        scene.AmbientAbove = scene.AmbientBelow = Vector3.One;
        scene.Add(Shape.Panel, Pose.Of(new(0.01f, 0, 2), 0, 0, 0.2f), new(0.5f, 9, 0), new Material(Texture.Plain(Vector3.Zero)));
        Rendering picture = Render(scene);
        Assert.All(picture.Depth, depth => Assert.True(Math.Abs(depth - 2) < 1e-4 || Math.Abs(depth - 4) < 1e-4));
        // Pixels of neither colour: about one on each side of the board in every row.
        int between = Enumerable.Range(0, Width * Height).Count(i => picture.Radiance[3 * i] is > 0.06f and < 0.94f);
        Assert.InRange(between, Height, 4 * Height);
    }

    private static float Middle(Rendering picture) => picture.Radiance[3 * (Height / 2 * Width + Width / 2)];

    private static Scene Wall(float z, Material? material = null)
    {
        var scene = new Scene { Camera = new Camera(Pose.Identity, 1) };
        scene.Add(Shape.Panel, Pose.Of(new(0, 0, z)), new(50, 50, 0), material ?? Grey);
        return scene;
    }

    private static Rendering Render(Scene scene) => new Renderer(Width, Height).Render(scene);
}
