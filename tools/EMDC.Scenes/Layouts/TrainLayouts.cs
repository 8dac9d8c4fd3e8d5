using System.Numerics;
using EMDC.Scenes.World;

namespace EMDC.Scenes.Layouts;

/// <summary>The layouts of the family <c>train</c>. Each returns the size of the room that its lamps light.</summary>
internal static class TrainLayouts
{
    public static Vector3 Build(Stage stage) => stage.Rng.Weighted(0.24f, 0.1f, 0.09f, 0.09f, 0.06f, 0.14f, 0.14f, 0.06f, 0.08f) switch
    {
        0 => Living(stage),
        1 => Corridor(stage),
        2 => ShelfWall(stage),
        3 => Stacks(stage),
        4 => BareWall(stage),
        5 => Desk(stage),
        6 => Clutter(stage),
        7 => Stairwell(stage),
        _ => CloseUp(stage),
    };

    private static Vector3 Living(Stage s)
    {
        s.Scene.Name = "living";
        Vector3 size = new(s.Rng.Range(2.6f, 8), s.Rng.Range(2.2f, 3.2f), s.Rng.Range(2.6f, 8));
        Room room = s.Room(size);
        AlongWalls(s, room, s.Rng.Int(3, 9));
        for (int i = s.Rng.Int(1, 4); i > 0; i--)
        {
            Pose at = Pose.Of(s.OnFloor(size, 0.8f), s.Rng.Range(0, 6.28f));
            s.Furniture.Table(at, s.Rng.Range(0.5f, 1.6f), s.Rng.Range(0.4f, 0.9f), s.Rng.Range(0.35f, 0.78f), s.Rng.Int(0, 7));
            for (int chairs = s.Rng.Int(0, 4); chairs > 0; chairs--)
            {
                s.Furniture.Chair(Pose.Of(at.At + new Vector3(s.Rng.Range(-1, 1), 0, s.Rng.Range(-1, 1)), s.Rng.Range(0, 6.28f)));
            }
        }

        Extras(s, size);
        Vector3 eye = s.OnFloor(size, 0.3f) + new Vector3(0, s.Rng.Range(0.5f, 1.75f), 0);
        s.Look(eye, s.OnFloor(size, 0.3f) * 0.9f + new Vector3(0, s.Rng.Range(0.1f, 1.5f), 0));
        s.Near(s.Rng.Chance(0.35f) ? s.Rng.Int(1, 3) : 0);
        return size;
    }

    private static Vector3 Corridor(Stage s)
    {
        s.Scene.Name = "corridor";
        Vector3 size = new(s.Rng.Range(1.1f, 2.4f), s.Rng.Range(2.1f, 3), s.Rng.Range(5, 16));
        Room room = s.Room(size);
        for (int i = s.Rng.Int(1, 7); i > 0; i--)
        {
            float z = s.Rng.Range(-0.48f, 0.48f) * size.Z, side = s.Rng.Sign();
            Vector3 half = new(s.Rng.Range(0.05f, 0.22f), s.Rng.Range(0.1f, 1.1f), s.Rng.Range(0.1f, 0.6f));
            s.Furniture.Box(Pose.Identity, new(side * (size.X / 2 - half.X), half.Y, z), half, s.Palette.Any());
        }

        for (int i = s.Rng.Int(0, 3); i > 0; i--)
        {
            float x = s.Rng.Range(-0.45f, 0.45f) * size.X, y = size.Y - s.Rng.Range(0.06f, 0.4f);
            s.Furniture.Rod(Pose.Identity, new(x, y, -size.Z / 2), new(x, y, size.Z / 2), s.Rng.Range(0.01f, 0.06f), s.Palette.Any());
        }

        s.Look(new(s.Rng.Range(-0.3f, 0.3f) * size.X, s.Rng.Range(0.7f, 1.7f), -size.Z * s.Rng.Range(0.1f, 0.47f)), new(s.Rng.Range(-1, 1), s.Rng.Range(0.3f, 1.8f), size.Z / 2));
        s.Near(s.Rng.Chance(0.3f) ? 1 : 0);
        return size;
    }

    private static Vector3 ShelfWall(Stage s)
    {
        s.Scene.Name = "shelves";
        Vector3 size = new(s.Rng.Range(3, 5), s.Rng.Range(2.3f, 3), s.Rng.Range(3, 6));
        Room room = s.Room(size);
        Pose wall = room.Wall(0);
        float x = -size.X / 2;
        while (x < size.X / 2 - 0.4f)
        {
            float width = s.Rng.Range(0.4f, 1.2f), deep = s.Rng.Range(0.2f, 0.45f);
            s.Furniture.Shelf(wall.Child(Pose.Of(new(x + width / 2, -size.Y / 2, deep / 2))), width, deep, s.Rng.Range(0.8f, 2.1f));
            x += width + (s.Rng.Chance(0.4f) ? s.Rng.Range(0.05f, 0.5f) : 0.02f);
        }

        float distance = s.Rng.LogRange(0.5f, 3);
        Vector3 at = wall.ToWorld(new(s.Rng.Range(-0.4f, 0.4f) * size.X, s.Rng.Range(-0.8f, 0.2f), 0.2f));
        s.Look(at + new Vector3(s.Rng.Range(-0.8f, 0.8f), s.Rng.Range(-0.2f, 0.5f), distance + 0.2f), at);
        s.Near(s.Rng.Chance(0.25f) ? 1 : 0);
        return size;
    }

    private static Vector3 Stacks(Stage s)
    {
        s.Scene.Name = "stacks";
        Vector3 size = new(s.Rng.Range(3, 9), s.Rng.Range(2.3f, 4), s.Rng.Range(3, 9));
        s.Room(size);
        for (int i = s.Rng.Int(5, 14); i > 0; i--)
        {
            Pose at = Pose.Of(s.OnFloor(size, 0.3f), s.Rng.Range(0, 6.28f));
            float y = 0, width = s.Rng.Range(0.15f, 0.5f);
            for (int j = s.Rng.Int(1, 4); j > 0; j--)
            {
                Vector3 half = new(width * s.Rng.Range(0.6f, 1), s.Rng.Range(0.05f, 0.3f), width * s.Rng.Range(0.6f, 1));
                s.Scene.Add(Shape.Box, at.Child(Pose.Of(new(0, y + half.Y, 0), s.Rng.Range(-0.3f, 0.3f))), half, s.Palette.Any());
                y += 2 * half.Y;
            }
        }

        for (int i = s.Rng.Int(0, 3); i > 0; i--)
        {
            // Ladders' rails, brooms and planks that lean somewhere.
            Vector3 foot = s.OnFloor(size, 0.3f);
            s.Scene.Add(Shape.Box, Pose.Of(foot + new Vector3(0, 0.8f, 0), s.Rng.Range(0, 6.28f), s.Rng.Range(-0.5f, 0.5f)), new(s.Rng.LogRange(0.01f, 0.3f), 0.9f, 0.012f), s.Palette.Any());
        }

        s.Look(s.OnFloor(size, 0.3f) + new Vector3(0, s.Rng.Range(0.3f, 1.8f), 0), s.OnFloor(size, 0.4f) + new Vector3(0, s.Rng.Range(0, 0.8f), 0));
        s.Near(s.Rng.Chance(0.3f) ? s.Rng.Int(1, 2) : 0);
        return size;
    }

    private static Vector3 BareWall(Stage s)
    {
        s.Scene.Name = "bare";
        Vector3 size = new(s.Rng.Range(3, 7), s.Rng.Range(2.2f, 3.2f), s.Rng.Range(3, 7));
        Room room = s.Room(size, s.Rng.Chance(0.4f));
        int wall = s.Rng.Int(0, 3);
        Pose pose = room.Wall(wall);
        Posters(s, pose, room.HalfWidth(wall), size.Y / 2, s.Rng.Int(0, 4));
        float distance = s.Rng.LogRange(0.3f, 2.8f);
        Vector3 at = pose.ToWorld(new(s.Rng.Range(-0.5f, 0.5f) * room.HalfWidth(wall), s.Rng.Range(-0.7f, 0.6f), 0));
        s.Look(at + pose.Turn(new(s.Rng.Range(-0.8f, 0.8f) * distance, s.Rng.Range(-0.2f, 0.2f), distance)), at);
        return size;
    }

    /// <summary>Across a table top from close by: near things in a part of the picture, the room behind them.</summary>
    private static Vector3 Desk(Stage s)
    {
        s.Scene.Name = "desk";
        Vector3 size = new(s.Rng.Range(2.5f, 6), s.Rng.Range(2.3f, 3), s.Rng.Range(2.5f, 6));
        Room room = s.Room(size);
        AlongWalls(s, room, s.Rng.Int(1, 5));
        float width = s.Rng.Range(0.8f, 1.8f), depth = s.Rng.Range(0.5f, 1), height = s.Rng.Range(0.5f, 0.9f);
        Pose table = Pose.Of(new(s.Rng.Range(-0.3f, 0.3f), 0, s.Rng.Range(-0.3f, 0.3f)), s.Rng.Range(0, 6.28f));
        s.Furniture.Table(table, width, depth, height, s.Rng.Int(3, 10));
        if (s.Rng.Chance(0.4f))
        {
            s.Fixtures.Monitor(table.Child(Pose.Of(new(s.Rng.Range(-0.3f, 0.3f) * width, height, -depth * 0.3f), s.Rng.Range(-0.5f, 0.5f))), s.Rng.Range(0.3f, 0.6f));
        }

        if (s.Rng.Chance(0.3f))
        {
            s.Fixtures.OpenBox(table.Child(Pose.Of(new(s.Rng.Range(-0.3f, 0.3f) * width, height, 0), s.Rng.Range(0, 3))), new(s.Rng.Range(0.06f, 0.2f), s.Rng.Range(0.03f, 0.12f), s.Rng.Range(0.06f, 0.2f)), s.Palette.Any());
        }

        Vector3 eye = table.ToWorld(new(s.Rng.Range(-0.4f, 0.4f) * width, height + s.Rng.LogRange(0.12f, 0.6f), depth / 2 + s.Rng.Range(-0.1f, 0.5f)));
        s.Look(eye, table.ToWorld(new(s.Rng.Range(-0.3f, 0.3f) * width, height + s.Rng.Range(-0.1f, 0.15f), -depth * s.Rng.Range(0, 0.8f))));
        s.Near(s.Rng.Chance(0.4f) ? s.Rng.Int(1, 2) : 0);
        return size;
    }

    private static Vector3 Stairwell(Stage s)
    {
        s.Scene.Name = "stairs";
        Vector3 size = new(s.Rng.Range(2, 5), s.Rng.Range(2.8f, 4.5f), s.Rng.Range(4, 8));
        s.Room(size);
        float width = s.Rng.Range(0.8f, 1.6f), rise = s.Rng.Range(0.14f, 0.2f), run = s.Rng.Range(0.22f, 0.35f);
        Pose foot = Pose.Of(new(s.Rng.Range(-0.3f, 0.3f) * size.X, 0, size.Z * s.Rng.Range(-0.1f, 0.3f)), s.Rng.Range(-0.3f, 0.3f));
        s.Fixtures.Stairs(foot, s.Rng.Int(4, 14), width, rise, run);
        if (s.Rng.Chance(0.5f))
        {
            s.Fixtures.Railing(Pose.Of(s.OnFloor(size, 0.5f), s.Rng.Range(0, 6.28f)), s.Rng.Range(0.6f, 2), s.Rng.Range(0.7f, 1.1f));
        }

        if (s.Rng.Chance(0.4f))
        {
            s.Fixtures.Ramp(Pose.Of(s.OnFloor(size, 0.5f), s.Rng.Range(0, 6.28f)), s.Rng.Range(0.4f, 1.2f), s.Rng.Range(0.8f, 2), s.Rng.Range(0.1f, 0.6f));
        }

        Extras(s, size);
        bool fromAbove = s.Rng.Chance(0.3f);
        Vector3 top = foot.ToWorld(new(0, s.Rng.Range(0.3f, 1.2f), -s.Rng.Range(0, 1.5f)));
        s.Look(s.OnFloor(size, 0.3f) with { Z = size.Z * s.Rng.Range(0.2f, 0.47f) } + new Vector3(0, fromAbove ? size.Y - 0.5f : s.Rng.Range(0.5f, 1.7f), 0), top);
        s.Near(s.Rng.Chance(0.25f) ? 1 : 0);
        return size;
    }

    /// <summary>A surface at 0.15 to 0.6 m with things on or before it, mostly seen at a slant, and a room beside it.</summary>
    private static Vector3 CloseUp(Stage s)
    {
        s.Scene.Name = "closeup";
        Vector3 size = new(s.Rng.Range(2.5f, 7), s.Rng.Range(2.3f, 3.2f), s.Rng.Range(2.5f, 7));
        Room room = s.Room(size);
        AlongWalls(s, room, s.Rng.Int(2, 6));
        s.Look(s.OnFloor(size, 0.5f) + new Vector3(0, s.Rng.Range(0.4f, 1.6f), 0), s.OnFloor(size, 0.3f) + new Vector3(0, s.Rng.Range(0.3f, 1.2f), 0));
        Pose eye = s.Scene.Camera.Pose;
        float z = s.Rng.LogRange(0.18f, 0.6f), wide = z / s.Scene.Camera.Focal;
        Pose slab = eye.Child(Pose.Of(new(s.Rng.Range(-0.6f, 0.6f) * wide, s.Rng.Range(-0.4f, 0.4f) * wide, z), s.Rng.Range(-1.1f, 1.1f), s.Rng.Range(-0.6f, 0.6f), s.Rng.Range(-0.4f, 0.4f)));
        Vector3 half = new(wide * s.Rng.Range(0.2f, 0.5f), wide * s.Rng.Range(0.2f, 0.5f), s.Rng.LogRange(0.004f, 0.08f));
        s.Scene.Add(Shape.Box, slab, half, s.Rng.Chance(0.4f) ? s.Palette.Poster(half.X) : s.Palette.Any());
        for (int i = s.Rng.Int(0, 5); i > 0; i--)
        {
            Vector3 at = new(s.Rng.Range(-1, 1) * half.X, s.Rng.Range(-1, 1) * half.Y, -half.Z);
            float r = half.X * s.Rng.LogRange(0.04f, 0.3f);
            Material material = s.Palette.Any();
            Pose on = slab.Child(Pose.Of(at, s.Rng.Range(-0.2f, 0.2f), MathF.PI / 2, s.Rng.Range(0, 3)));
            switch (s.Rng.Int(0, 3))
            {
                case 0:
                    s.Scene.Add(Shape.Ellipsoid, on, new(r, r * s.Rng.Range(0.3f, 1), r * s.Rng.Range(0.4f, 1)), material);
                    break;
                case 1:
                    s.Scene.Add(Shape.Cone, on, new(r * 0.6f, r * s.Rng.Range(0.2f, 1.2f), r * s.Rng.Range(0.3f, 0.6f)), material);
                    break;
                default:
                    s.Scene.Add(Shape.Box, on, new(r, r * s.Rng.Range(0.05f, 1), r * s.Rng.Range(0.2f, 1)), material);
                    break;
            }
        }

        s.Near(s.Rng.Int(0, 2));
        return size;
    }

    /// <summary>Lamps on cords, rugs, cables, ladders, beams: each now and then.</summary>
    private static void Extras(Stage s, Vector3 size)
    {
        if (s.Rng.Chance(0.3f))
        {
            s.Fixtures.HangingLamp(s.OnFloor(size, 0.5f) + new Vector3(0, size.Y, 0), s.Rng.Range(0.3f, 1.1f));
        }

        if (s.Rng.Chance(0.35f))
        {
            s.Fixtures.Rug(Pose.Of(s.OnFloor(size, 0.8f), s.Rng.Range(0, 6.28f)), s.Rng.Range(0.4f, 1.4f), s.Rng.Range(0.3f, 1));
        }

        for (int i = s.Rng.Chance(0.25f) ? s.Rng.Int(1, 3) : 0; i > 0; i--)
        {
            float y = s.Rng.Range(0.8f, size.Y);
            s.Fixtures.Cable(s.OnFloor(size, 0.05f) + new Vector3(0, y, 0), s.OnFloor(size, 0.05f) + new Vector3(0, y, 0), s.Rng.Range(0.05f, 0.5f), s.Rng.LogRange(0.003f, 0.012f));
        }

        if (s.Rng.Chance(0.12f))
        {
            s.Fixtures.Ladder(Pose.Of(s.OnFloor(size, 0.6f), s.Rng.Range(0, 6.28f)), s.Rng.Range(1.2f, 2.2f), s.Rng.Range(0.3f, 0.5f));
        }

        if (s.Rng.Chance(0.15f))
        {
            s.Fixtures.Railing(Pose.Of(s.OnFloor(size, 0.6f), s.Rng.Range(0, 6.28f)), s.Rng.Range(0.6f, 2), s.Rng.Range(0.5f, 1.2f));
        }

        if (s.Rng.Chance(0.15f))
        {
            Material beam = s.Palette.Any();
            for (float x = -size.X / 2 + 0.4f; x < size.X / 2; x += 0.9f)
            {
                s.Furniture.Box(Pose.Identity, new(x, size.Y - 0.08f, 0), new(0.06f, 0.08f, size.Z / 2), beam);
            }
        }
    }

    /// <summary>No furniture that anyone would know: solids at random, many of them thin, some in the air.</summary>
    private static Vector3 Clutter(Stage s)
    {
        s.Scene.Name = "clutter";
        Vector3 size = new(s.Rng.Range(2.5f, 9), s.Rng.Range(2.2f, 3.5f), s.Rng.Range(2.5f, 9));
        s.Room(size);
        Vector3 eye = s.OnFloor(size, 0.3f) + new Vector3(0, s.Rng.Range(0.4f, 1.7f), 0);
        s.Look(eye, s.OnFloor(size, 0.2f) * 0.6f + new Vector3(0, s.Rng.Range(0.2f, 1.4f), 0));
        Pose view = s.Scene.Camera.Pose;
        for (int i = s.Rng.Int(8, 40); i > 0; i--)
        {
            float z = s.Rng.LogRange(0.3f, 5);
            Vector3 at = view.ToWorld(new(s.Rng.Range(-0.6f, 0.6f) * z, s.Rng.Range(-0.5f, 0.4f) * z, z));
            Vector3 half = new(s.Rng.LogRange(0.02f, 0.5f), s.Rng.LogRange(0.02f, 0.5f), s.Rng.LogRange(0.02f, 0.5f));
            if (s.Rng.Chance(0.5f))
            {
                at.Y = half.Y;
            }

            bool isUpright = s.Rng.Chance(0.6f);
            Pose pose = Pose.Of(at, s.Rng.Range(0, 6.28f), isUpright ? 0 : s.Rng.Range(-1.5f, 1.5f), isUpright ? 0 : s.Rng.Range(-1.5f, 1.5f));
            Material material = s.Palette.Any();
            switch (s.Rng.Weighted(0.4f, 0.15f, 0.12f, 0.13f, 0.1f, 0.1f))
            {
                case 0:
                    s.Scene.Add(Shape.Box, pose, half, material);
                    break;
                case 1:
                    s.Scene.Add(Shape.Box, pose, half with { Z = s.Rng.LogRange(0.003f, 0.02f) }, material);
                    break;
                case 2:
                    s.Scene.Add(Shape.Ellipsoid, pose, s.Rng.Chance(0.5f) ? half : new(half.X), material);
                    break;
                case 3:
                    s.Scene.Add(Shape.Cone, pose, half with { Z = s.Rng.Chance(0.6f) ? half.X : half.X * s.Rng.Unit() }, material);
                    break;
                case 4:
                    float thin = s.Rng.LogRange(0.004f, 0.03f);
                    s.Scene.Add(Shape.Cone, pose, new(thin, s.Rng.Range(0.2f, 1.2f), thin), material);
                    break;
                default:
                    float period = s.Rng.LogRange(0.03f, 0.2f), bar = period * s.Rng.Range(0.1f, 0.6f);
                    s.Scene.Add(Shape.Panel, pose, half * 2, material, s.Rng.Chance(0.3f) ? new Perforation(period, period * s.Rng.Range(0.2f, 0.45f))
                        : new Bars(s.Rng.Chance(0.7f) ? period : 0, bar, s.Rng.Chance(0.5f) ? period : 0, bar));
                    break;
            }
        }

        s.Near(s.Rng.Chance(0.3f) ? s.Rng.Int(1, 3) : 0);
        return size;
    }

    /// <summary>Shelves, cupboards, sofas, pictures and plants with their backs to the walls.</summary>
    private static void AlongWalls(Stage s, Room room, int count)
    {
        for (int i = 0; i < count; i++)
        {
            int wall = s.Rng.Int(0, 3);
            Pose pose = room.Wall(wall);
            float reach = room.HalfWidth(wall) - 0.3f, floor = -room.Size.Y / 2, x = s.Rng.Range(-reach, reach);
            switch (s.Rng.Int(0, 7))
            {
                case 0:
                    float deep = s.Rng.Range(0.2f, 0.4f);
                    s.Furniture.Shelf(pose.Child(Pose.Of(new(x, floor, deep / 2))), s.Rng.Range(0.4f, 1.4f), deep, s.Rng.Range(0.6f, 2.1f));
                    break;
                case 1:
                    Vector3 half = new(s.Rng.Range(0.2f, 0.8f), s.Rng.Range(0.2f, 1.05f), s.Rng.Range(0.15f, 0.35f));
                    s.Furniture.Box(pose, new(x, floor + half.Y, half.Z), half, s.Palette.Any());
                    s.Furniture.Clutter(pose, new(x, floor + 2 * half.Y, half.Z), half.X, half.Z, 0.3f, s.Rng.Int(0, 3));
                    break;
                case 2:
                    Sofa(s, pose.Child(Pose.Of(new(x, floor, 0.5f))));
                    break;
                case 3:
                    Posters(s, pose, room.HalfWidth(wall), room.Size.Y / 2, s.Rng.Int(1, 3));
                    break;
                case 5:
                    s.Fixtures.Radiator(pose.Child(Pose.Of(new(x, floor, 0))), s.Rng.Range(0.4f, 1.2f), s.Rng.Range(0.4f, 0.8f));
                    break;
                case 6:
                    s.Fixtures.Curtain(pose.Child(Pose.Of(new(x, floor, 0))), s.Rng.Range(0.3f, 1.2f), s.Rng.Range(1.5f, 2.1f));
                    break;
                case 4:
                    s.Furniture.Plant(pose.Child(Pose.Of(new(x, floor, 0.35f))), s.Rng.Range(0.4f, 1.6f));
                    break;
                default:
                    s.Furniture.DeskLamp(pose.Child(Pose.Of(new(x, floor, 0.35f))), s.Rng.Range(1, 1.7f));
                    break;
            }
        }
    }

    private static void Sofa(Stage s, Pose at)
    {
        Material cloth = s.Palette.Any();
        float half = s.Rng.Range(0.4f, 1.1f);
        s.Furniture.Box(at, new(0, 0.22f, 0), new(half, 0.2f, 0.4f), cloth);
        s.Furniture.Box(at, new(0, 0.5f, -0.35f), new(half, s.Rng.Range(0.25f, 0.4f), 0.1f), cloth);
        foreach (float side in (ReadOnlySpan<float>)[-1, 1])
        {
            s.Furniture.Box(at, new(side * half, 0.3f, 0), new(0.1f, 0.28f, 0.42f), cloth);
        }

        for (int i = s.Rng.Int(0, 3); i > 0; i--)
        {
            Pose cushion = at.Child(Pose.Of(new(s.Rng.Range(-1, 1) * half * 0.8f, 0.6f, -0.15f), s.Rng.Range(-0.4f, 0.4f), -0.4f));
            s.Scene.Add(Shape.Ellipsoid, cushion, new(0.22f, 0.2f, 0.08f), s.Palette.Any());
        }
    }

    /// <summary>Pictures, flat on the wall or framed; seldom a mirror or a dark screen.</summary>
    private static void Posters(Stage s, Pose wall, float halfX, float halfY, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Vector3 half = new(s.Rng.LogRange(0.1f, 0.7f), s.Rng.LogRange(0.1f, 0.5f), s.Rng.Chance(0.6f) ? 0.002f : s.Rng.Range(0.005f, 0.03f));
            Vector3 at = new(s.Rng.Range(-1, 1) * MathF.Max(halfX - half.X, 0), s.Rng.Range(-0.6f, 0.8f) * MathF.Max(halfY - half.Y, 0), half.Z);
            Material picture = s.Rng.Weighted(0.8f, 0.08f, 0.12f) switch
            {
                0 => s.Palette.Poster(half.X),
                1 => s.Palette.Mirror(),
                _ => s.Palette.Black(),
            };
            s.Furniture.Box(wall, at, half, picture);
        }
    }
}
