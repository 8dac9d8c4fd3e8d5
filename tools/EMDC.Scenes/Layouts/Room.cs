using System.Numerics;
using EMDC.Scenes.World;

namespace EMDC.Scenes.Layouts;

/// <summary>A rectangular room: the floor at y = 0, from −Size/2 to Size/2 in x and z. Wall k faces inwards: 0 at −z, 1 at −x, 2 at +z, 3 at +x.</summary>
internal sealed class Room(Scene scene, Rng rng, Palette palette, Fixtures fixtures, Vector3 size)
{
    public Vector3 Size => size;

    /// <summary>The four walls, floor and ceiling.</summary>
    /// <param name="withOpenings">Whether walls may have windows and doors.</param>
    public void Build(bool withOpenings = true)
    {
        Vector3 half = size / 2;
        Add(new Pose(Vector3.Zero, Vector3.UnitX, -Vector3.UnitZ, Vector3.UnitY), new(half.X, half.Z, 0), palette.Large(), null);
        Material ceiling = rng.Chance(0.7f) ? new(Texture.Plain(new Vector3(rng.Range(0.6f, 0.98f)), 0.1f, palette.Seed())) : palette.Large();
        Add(new Pose(new(0, size.Y, 0), Vector3.UnitX, Vector3.UnitZ, -Vector3.UnitY), new(half.X, half.Z, 0), ceiling, null);
        Material paint = palette.Large();
        for (int wall = 0; wall < 4; wall++)
        {
            Material material = rng.Chance(0.75f) ? paint : palette.Large();
            Pose pose = Wall(wall);
            Vector3 panel = new(wall % 2 == 0 ? half.X : half.Z, half.Y, 0);
            Cutout? cutout = withOpenings && rng.Chance(0.35f) ? Open(pose, panel) : null;
            Add(pose, panel, material, cutout);
        }
    }

    /// <summary>A wall's middle, with x along it, y up and z into the room.</summary>
    public Pose Wall(int wall)
    {
        float s = wall is 0 or 1 ? -1 : 1;
        Vector3 inwards = wall % 2 == 0 ? new(0, 0, -s) : new(-s, 0, 0);
        Vector3 at = -inwards * (wall % 2 == 0 ? size.Z : size.X) / 2 + new Vector3(0, size.Y / 2, 0);
        return new Pose(at, Vector3.Cross(Vector3.UnitY, inwards), Vector3.UnitY, inwards);
    }

    /// <summary>Half the length of a wall.</summary>
    public float HalfWidth(int wall) => (wall % 2 == 0 ? size.X : size.Z) / 2;

    /// <summary>A window or a doorway, with its frame and what lies behind it.</summary>
    private Openings Open(Pose wall, Vector3 half)
    {
        bool isDoor = rng.Chance(0.35f);
        float width = isDoor ? rng.Range(0.7f, 1.1f) : rng.Range(0.6f, MathF.Min(2.4f, half.X * 1.6f));
        float low = isDoor ? -half.Y : rng.Range(-half.Y + 0.5f, 0), high = isDoor ? MathF.Min(half.Y - 0.15f, 2.1f - half.Y) : rng.Range(low + 0.5f, half.Y - 0.1f);
        high = MathF.Max(high, low + 0.4f);
        float centre = rng.Range(-1, 1) * MathF.Max(half.X - width / 2 - 0.2f, 0);
        Vector3 middle = new(centre, (low + high) / 2, 0), size = new(width / 2, (high - low) / 2, 0);
        Material frame = palette.Any();
        float thick = rng.Range(0.02f, 0.06f);
        foreach (float side in (ReadOnlySpan<float>)[-1, 1])
        {
            scene.Add(Shape.Box, Local(wall, middle + new Vector3(side * size.X, 0, 0)), new(thick, size.Y + thick, thick * 1.5f), frame);
            scene.Add(Shape.Box, Local(wall, middle + new Vector3(0, side * size.Y, 0)), new(size.X + thick, thick, thick * 1.5f), frame);
        }

        if (isDoor)
        {
            Beyond(wall, middle, size);
        }
        else
        {
            for (int bar = rng.Int(0, 3); bar > 0; bar--)
            {
                bool upright = rng.Chance(0.6f);
                Vector3 at = middle + (upright ? new Vector3(rng.Range(-0.7f, 0.7f) * size.X, 0, 0) : new Vector3(0, rng.Range(-0.7f, 0.7f) * size.Y, 0));
                scene.Add(Shape.Box, Local(wall, at), upright ? new(0.015f, size.Y, 0.02f) : new(size.X, 0.015f, 0.02f), frame);
            }

            if (rng.Chance(0.2f))
            {
                fixtures.Blinds(Local(wall, middle + new Vector3(0, size.Y * 0.3f, 0.03f)), size.X, size.Y * rng.Range(0.4f, 0.7f));
            }

            scene.Solids.Add(new Solid(Shape.Panel, Local(wall, middle - new Vector3(0, 0, 0.05f)), size + new Vector3(0.1f, 0.1f, 0), palette.Outside()) { CastsShadow = false });
            if (rng.Chance(0.5f))
            {
                Vector3 colour = rng.LogRange(1, 8) * size.X * size.Y * new Vector3(0.9f, 0.97f, 1.1f);
                scene.Lights.Add(new Light(wall.ToWorld(middle + new Vector3(0, 0, 0.1f)), wall.X * size.X, wall.Y * size.Y, colour));
            }
        }

        Vector2 centre2 = new(middle.X, middle.Y), size2 = new(size.X, size.Y);
        return new Openings((centre2 - size2, centre2 + size2));
    }

    /// <summary>The next room, seen through a doorway: its floor, its sides and a wall somewhere behind.</summary>
    private void Beyond(Pose wall, Vector3 door, Vector3 size)
    {
        float deep = rng.Range(0.8f, 4), wide = rng.Range(size.X + 0.3f, 2.5f), high = size.Y * rng.Range(1.05f, 1.3f);
        float foot = door.Y - size.Y;
        Material paint = palette.Large(), floor = palette.Large();
        void Panel(Vector3 at, Vector3 x, Vector3 y, Vector3 half, Material material) =>
            scene.Solids.Add(new Solid(Shape.Panel, wall.Child(new Pose(at, x, y, Vector3.Cross(x, y))), half, material));

        Panel(new(door.X, foot + high, -deep), Vector3.UnitX, Vector3.UnitY, new(wide, high, 0), paint);
        Panel(new(door.X, foot, -deep / 2), Vector3.UnitX, -Vector3.UnitZ, new(wide, deep / 2, 0), floor);
        Panel(new(door.X, foot + 2 * high, -deep / 2), Vector3.UnitX, Vector3.UnitZ, new(wide, deep / 2, 0), paint);
        Panel(new(door.X - wide, foot + high, -deep / 2), -Vector3.UnitZ, Vector3.UnitY, new(deep / 2, high, 0), paint);
        Panel(new(door.X + wide, foot + high, -deep / 2), Vector3.UnitZ, Vector3.UnitY, new(deep / 2, high, 0), paint);
        scene.Lights.Add(new Light(wall.ToWorld(new(door.X, foot + 1.6f * high, -deep / 2)), Vector3.Zero, Vector3.Zero, new(rng.Range(0.1f, 1.5f))));
    }

    private static Pose Local(Pose pose, Vector3 at) => pose with { At = pose.ToWorld(at) };

    private void Add(Pose pose, Vector3 half, Material material, Cutout? cutout) =>
        scene.Solids.Add(new Solid(Shape.Panel, pose, half, material, cutout) { CastsShadow = cutout is not null });
}
