using System.Numerics;
using EMDC.Scenes.Photographs;
using EMDC.Scenes.World;

namespace EMDC.Scenes.Layouts;

/// <summary>What layouts have in common: a scene, its materials and furniture, lamps, cameras and things close to them.</summary>
internal sealed class Stage
{
    private const float WallMargin = 0.15f;

    private Vector3 _room = new(1000);

    public Stage(Scene scene, Rng rng, Family family, PhotoLibrary? photographs)
    {
        (Scene, Rng) = (scene, rng);
        Palette = new Palette(rng, family, photographs);
        Furniture = new Furniture(scene, rng, Palette);
        Fixtures = new Fixtures(scene, rng, Palette, Furniture);
    }

    public Scene Scene { get; }

    public Rng Rng { get; }

    public Palette Palette { get; }

    public Furniture Furniture { get; }

    public Fixtures Fixtures { get; }

    public Room Room(Vector3 size, bool withOpenings = true)
    {
        _room = size;
        var room = new Room(Scene, Rng, Palette, Fixtures, size);
        room.Build(withOpenings);
        return room;
    }

    /// <summary>A camera that stands and looks somewhere, tilted a little, seldom a lot, with one of the usual angles of view.</summary>
    public void Look(Vector3 from, Vector3 at)
    {
        // Not behind a wall, which would show from its back.
        Vector3 reach = new(_room.X / 2 - WallMargin, _room.Y / 2 - WallMargin, _room.Z / 2 - WallMargin);
        Vector3 middle = new(0, _room.Y / 2, 0);
        from = Vector3.Clamp(from, middle - reach, middle + reach);
        float roll = Rng.Chance(0.12f) ? Rng.Normal(0, 0.35f) : Rng.Normal(0, 0.04f);
        Scene.Camera = Camera.Looking(from, at, roll, Rng.Range(0.65f, 1.25f));
        Scene.Path = new CameraPath(Rng, Scene.Camera, middle - reach, middle + reach);
    }

    /// <summary>A place on the floor of a room.</summary>
    public Vector3 OnFloor(Vector3 size, float margin) =>
        new(Rng.Range(-1, 1) * MathF.Max(size.X / 2 - margin, 0.05f), 0, Rng.Range(-1, 1) * MathF.Max(size.Z / 2 - margin, 0.05f));

    /// <summary>Things right in front of the camera, at 0.13 to 0.7 m, that cover a part of the picture.</summary>
    public void Near(int count)
    {
        Pose eye = Scene.Camera.Pose;
        for (int i = 0; i < count; i++)
        {
            float z = Rng.LogRange(0.16f, 0.75f), wide = z / Scene.Camera.Focal;
            Vector3 at = new(Rng.Range(-0.55f, 0.55f) * wide, Rng.Range(-0.42f, 0.42f) * wide, z);
            float size = wide * Rng.LogRange(0.04f, 0.3f);
            Pose pose = eye.Child(Pose.Of(at, Rng.Range(-3, 3), Rng.Range(-1, 1), Rng.Range(-1, 1)));
            Material material = Palette.Any();
            switch (Rng.Int(0, 6))
            {
                case 0:
                case 1:
                    Scene.Add(Shape.Box, pose, Vector3.Max(new Vector3(0.003f), size * new Vector3(Rng.Range(0.1f, 1), Rng.Range(0.3f, 1), Rng.Range(0.02f, 0.5f))), material);
                    break;
                case 2:
                    Scene.Add(Shape.Ellipsoid, pose, size * new Vector3(Rng.Range(0.4f, 1), Rng.Range(0.4f, 1), Rng.Range(0.4f, 1)), material);
                    break;
                case 3:
                    Scene.Add(Shape.Cone, pose, new(size * Rng.Range(0.2f, 0.6f), size, size * Rng.Range(0.2f, 0.6f)), material);
                    break;
                case 4:
                    Scene.Add(Shape.Cone, pose, new(Rng.LogRange(0.002f, 0.012f), size * 4, Rng.LogRange(0.002f, 0.012f)), material);
                    break;
                case 5:
                    Furniture.Item(eye.Child(Pose.Of(at, Rng.Range(-3, 3), Rng.Range(-0.3f, 0.3f), Rng.Range(-0.3f, 0.3f))), size * 2);
                    break;
                default:
                    // A wall, a board or a back that takes a side of the picture.
                    Vector3 aside = new(Rng.Sign() * wide * Rng.Range(0.35f, 0.6f), at.Y, z);
                    Scene.Add(Shape.Box, eye.Child(Pose.Of(aside, Rng.Range(-0.7f, 0.7f), Rng.Range(-0.5f, 0.5f))), new(wide * Rng.Range(0.1f, 0.35f), wide * Rng.Range(0.2f, 1), Rng.LogRange(0.005f, 0.1f)), material);
                    break;
            }
        }
    }

    /// <summary>One to four lamps under the ceiling, on the walls or at the camera, and light from all around.</summary>
    public void Light(Vector3 size)
    {
        int count = Rng.Weighted(0, 0.45f, 0.35f, 0.2f);
        for (int i = 0; i < count; i++)
        {
            Vector3 colour = Warmth() * Rng.LogRange(0.8f, 5) * MathF.Max(1, size.X * size.Z / 14);
            switch (Rng.Weighted(0.65f, 0.2f, 0.15f))
            {
                case 0:
                    Vector3 at = OnFloor(size, 0.4f) + new Vector3(0, size.Y - Rng.Range(0.03f, 0.3f), 0);
                    float wide = Rng.LogRange(0.02f, 0.6f);
                    Scene.Lights.Add(new Light(at, new(wide, 0, 0), new(0, 0, wide * Rng.Range(0.3f, 1)), colour));
                    break;
                case 1:
                    Scene.Lights.Add(new Light(OnFloor(size, 0.3f) + new Vector3(0, Rng.Range(0.6f, 1.8f), 0), new(0.05f, 0, 0), new(0, 0.05f, 0), colour * 0.4f));
                    break;
                default:
                    Pose eye = Scene.Camera.Pose;
                    Scene.Lights.Add(new Light(eye.ToWorld(new(Rng.Range(-0.15f, 0.15f), Rng.Range(0, 0.15f), 0)), Vector3.Zero, Vector3.Zero, colour * 0.25f));
                    break;
            }
        }

        Vector3 around = Warmth() * Rng.LogRange(0.05f, 0.6f);
        Scene.AmbientAbove = around;
        Scene.AmbientBelow = around * Rng.Range(0.4f, 0.9f);
        Scene.Background = around * Rng.Range(0.5f, 3);
    }

    private Vector3 Warmth()
    {
        float t = Rng.Range(-1, 1);
        return new Vector3(1 + 0.2f * t, 1, 1 - 0.25f * t);
    }
}
