using System.Numerics;
using EMDC.Scenes.World;

namespace EMDC.Scenes.Layouts;

/// <summary>The layouts of the family <c>test</c>. Each returns the size of the room that its lamps light.</summary>
internal static class TestLayouts
{
    public static Vector3 Build(Stage stage) => stage.Rng.Weighted(0.18f, 0.12f, 0.12f, 0.15f, 0.12f, 0.17f, 0.14f) switch
    {
        0 => Kitchen(stage),
        1 => Attic(stage),
        2 => Colonnade(stage),
        3 => Workshop(stage),
        4 => Bunkroom(stage),
        5 => StillLife(stage),
        _ => Peek(stage),
    };

    /// <summary>Counters with doors and handles, wall cabinets, a tap, hanging pans, stools.</summary>
    private static Vector3 Kitchen(Stage s)
    {
        s.Scene.Name = "kitchen";
        Vector3 size = new(s.Rng.Range(2.4f, 5), s.Rng.Range(2.3f, 2.9f), s.Rng.Range(2.4f, 5));
        Room room = s.Room(size);
        Material front = s.Palette.Any(), worktop = s.Palette.Any(), handle = s.Palette.Metal();
        int rows = s.Rng.Int(1, 2);
        for (int wall = 0; wall < rows; wall++)
        {
            Pose pose = room.Wall(wall);
            float half = room.HalfWidth(wall), floor = -size.Y / 2, module = s.Rng.Range(0.4f, 0.65f);
            s.Furniture.Box(pose, new(0, floor + 0.88f, 0.31f), new(half, 0.02f, 0.32f), worktop);
            for (float x = -half + module / 2; x < half; x += module)
            {
                s.Furniture.Box(pose, new(x, floor + 0.46f, 0.29f), new(module / 2 - 0.004f, 0.4f, 0.29f), front);
                s.Furniture.Rod(pose, new(x - 0.08f, floor + 0.78f, 0.61f), new(x + 0.08f, floor + 0.78f, 0.61f), 0.006f, handle);
                if (s.Rng.Chance(0.6f))
                {
                    s.Furniture.Box(pose, new(x, floor + 1.75f, 0.17f), new(module / 2 - 0.004f, 0.3f, 0.17f), front);
                    s.Furniture.Pole(pose, new(x + module * 0.4f, floor + 1.55f, 0.36f), 0.06f, 0.005f, handle);
                }
                else if (s.Rng.Chance(0.5f))
                {
                    Pan(s, pose, new(x, floor + 1.75f, 0.06f));
                }

                s.Furniture.Clutter(pose, new(x, floor + 0.9f, 0.3f), module / 2, 0.2f, 0.35f, s.Rng.Int(0, 2));
            }

            Vector3 tap = new(s.Rng.Range(-0.6f, 0.6f) * half, floor + 0.9f, 0.12f);
            s.Furniture.Rod(pose, tap, tap + new Vector3(0, 0.28f, 0), 0.012f, handle);
            s.Furniture.Rod(pose, tap + new Vector3(0, 0.28f, 0), tap + new Vector3(0, 0.24f, 0.18f), 0.01f, handle);
        }

        for (int i = s.Rng.Int(0, 3); i > 0; i--)
        {
            Stool(s, Pose.Of(s.OnFloor(size, 0.7f), s.Rng.Range(0, 3)));
        }

        Vector3 at = room.Wall(0).ToWorld(new(s.Rng.Range(-0.5f, 0.5f) * size.X, s.Rng.Range(-0.6f, 0.4f), 0.3f));
        s.Look(new(s.Rng.Range(-0.4f, 0.4f) * size.X, s.Rng.Range(0.8f, 1.75f), at.Z + s.Rng.LogRange(0.5f, 3.5f)), at);
        return size;
    }

    /// <summary>Under a roof: two slopes, rafters, trunks and a narrow window at the end.</summary>
    private static Vector3 Attic(Stage s)
    {
        s.Scene.Name = "attic";
        Vector3 size = new(s.Rng.Range(3.5f, 6), s.Rng.Range(2.4f, 3.4f), s.Rng.Range(4, 8));
        Room room = s.Room(size);
        Material boards = s.Palette.Large(), rafter = s.Palette.Any();
        float knee = s.Rng.Range(0.3f, 0.9f), rise = size.Y - knee, run = size.X / 2;
        float pitch = MathF.Atan2(rise, run), length = MathF.Sqrt(rise * rise + run * run) / 2;
        foreach (float side in (ReadOnlySpan<float>)[-1, 1])
        {
            Vector3 up = new(-side * MathF.Cos(pitch), MathF.Sin(pitch), 0), along = Vector3.UnitZ;
            Pose slope = new(new(side * run / 2, knee + rise / 2, 0), along, up, Vector3.Cross(along, up));
            s.Scene.Add(Shape.Panel, slope, new(size.Z / 2, length, 0), boards);
            float inwards = Vector3.Dot(slope.Z, new Vector3(-side, -1, 0)) > 0 ? 1 : -1;
            for (float z = -size.Z / 2 + 0.3f; z < size.Z / 2; z += 0.75f)
            {
                s.Scene.Add(Shape.Box, slope.Child(Pose.Of(new(z, 0, inwards * 0.06f))), new(0.04f, length, 0.06f), rafter);
            }
        }

        for (float z = -size.Z / 2 + 0.3f; z < size.Z / 2; z += 1.5f)
        {
            s.Furniture.Box(Pose.Identity, new(0, size.Y * 0.78f, z), new(size.X * 0.22f, 0.05f, 0.04f), rafter);
        }

        for (int i = s.Rng.Int(3, 9); i > 0; i--)
        {
            Vector3 half = new(s.Rng.Range(0.15f, 0.5f), s.Rng.Range(0.1f, 0.3f), s.Rng.Range(0.12f, 0.35f));
            Pose at = Pose.Of(s.OnFloor(size, 0.6f), s.Rng.Range(0, 6.28f));
            if (s.Rng.Chance(0.4f))
            {
                s.Fixtures.OpenBox(at, half, s.Palette.Any());
            }
            else
            {
                s.Furniture.Box(at, new(0, half.Y, 0), half, s.Palette.Any());
                s.Scene.Add(Shape.Cone, at.Child(Pose.Along(new(0, 2 * half.Y, 0), Vector3.UnitX)), new(half.Z, half.X, half.Z), s.Palette.Any());
            }
        }

        s.Look(new(s.Rng.Range(-0.3f, 0.3f), s.Rng.Range(0.6f, 1.6f), -size.Z * s.Rng.Range(0.2f, 0.45f)), new(s.Rng.Range(-1, 1), s.Rng.Range(0.2f, 1.4f), s.Rng.Range(0, 2)));
        return size;
    }

    /// <summary>Rows of columns, benches between them, one column often close by.</summary>
    private static Vector3 Colonnade(Stage s)
    {
        s.Scene.Name = "columns";
        Vector3 size = new(s.Rng.Range(5, 9), s.Rng.Range(2.8f, 4.5f), s.Rng.Range(6, 13));
        s.Room(size);
        Material stone = s.Palette.Large(), foot = s.Palette.Any();
        float radius = s.Rng.Range(0.1f, 0.3f), gap = s.Rng.Range(1.1f, 2.2f), aisle = s.Rng.Range(0.8f, 1.8f);
        bool isSquare = s.Rng.Chance(0.3f);
        for (float z = -size.Z / 2 + 0.6f; z < size.Z / 2; z += gap)
        {
            foreach (float side in (ReadOnlySpan<float>)[-1, 1])
            {
                Vector3 at = new(side * aisle, size.Y / 2, z);
                s.Scene.Add(isSquare ? Shape.Box : Shape.Cone, Pose.Of(at), new(radius, size.Y / 2, isSquare ? radius : radius * 0.85f), stone);
                s.Furniture.Box(Pose.Identity, at with { Y = 0.12f }, new(radius * 1.35f, 0.12f, radius * 1.35f), foot);
                s.Furniture.Box(Pose.Identity, at with { Y = size.Y - 0.1f }, new(radius * 1.4f, 0.1f, radius * 1.4f), foot);
            }

            if (s.Rng.Chance(0.4f))
            {
                Bench(s, Pose.Of(new(s.Rng.Range(-0.5f, 0.5f), 0, z + gap / 2), s.Rng.Range(-0.3f, 0.3f)));
            }
        }

        float x = s.Rng.Chance(0.5f) ? s.Rng.Range(-0.5f, 0.5f) : s.Rng.Sign() * (aisle - radius - s.Rng.Range(0.2f, 0.5f));
        s.Look(new(x, s.Rng.Range(0.7f, 1.8f), -size.Z * s.Rng.Range(0.1f, 0.45f)), new(s.Rng.Range(-2, 2), s.Rng.Range(0.5f, 1.8f), s.Rng.Range(0, size.Z / 2)));
        return size;
    }

    /// <summary>A pegboard with tools over a bench, pipes, a bicycle wheel, a ladder, sawhorses.</summary>
    private static Vector3 Workshop(Stage s)
    {
        s.Scene.Name = "workshop";
        Vector3 size = new(s.Rng.Range(3, 6), s.Rng.Range(2.3f, 3.2f), s.Rng.Range(3, 6));
        Room room = s.Room(size);
        Pose wall = room.Wall(0);
        float floor = -size.Y / 2, half = size.X / 2;
        Material board = s.Palette.Any();
        s.Scene.Add(Shape.Panel, wall.Child(Pose.Of(new(0, 0.25f, 0.06f))), new(half * 0.8f, 0.45f, 0), board, new Perforation(s.Rng.Range(0.04f, 0.08f), 0.012f));
        for (int i = s.Rng.Int(3, 10); i > 0; i--)
        {
            Tool(s, wall.Child(Pose.Of(new(s.Rng.Range(-0.75f, 0.75f) * half, s.Rng.Range(-0.1f, 0.55f), 0.08f), 0, 0, s.Rng.Range(-0.5f, 0.5f))));
        }

        Pose bench = wall.Child(Pose.Of(new(0, floor, 0.4f)));
        s.Furniture.Table(bench, size.X * 0.85f, 0.7f, s.Rng.Range(0.75f, 0.95f), s.Rng.Int(3, 9));
        for (int i = s.Rng.Int(0, 2); i > 0; i--)
        {
            Wheel(s, Pose.Of(s.OnFloor(size, 0.6f) + new Vector3(0, 0.34f, 0), s.Rng.Range(0, 6.28f), 0, s.Rng.Range(-0.2f, 0.2f)), 0.33f);
        }

        for (int i = s.Rng.Int(0, 4); i > 0; i--)
        {
            float y = s.Rng.Range(1.7f, size.Y - 0.1f), z = -size.Z / 2 + s.Rng.Range(0.08f, 0.3f);
            s.Furniture.Rod(Pose.Identity, new(-half, y, z), new(half, y, z), s.Rng.LogRange(0.01f, 0.06f), s.Palette.Any());
        }

        if (s.Rng.Chance(0.5f))
        {
            s.Fixtures.Ladder(Pose.Of(s.OnFloor(size, 0.7f), s.Rng.Range(0, 6.28f)), 1.9f, 0.4f);
        }

        for (int i = s.Rng.Int(0, 2); i > 0; i--)
        {
            s.Fixtures.Cable(s.OnFloor(size, 0.1f) + new Vector3(0, size.Y, 0), wall.ToWorld(new(s.Rng.Range(-1, 1) * half, 0.4f, 0.1f)), 0.4f, 0.006f);
        }

        Vector3 at = wall.ToWorld(new(s.Rng.Range(-0.5f, 0.5f) * half, s.Rng.Range(-0.3f, 0.3f), 0.3f));
        s.Look(new(at.X + s.Rng.Range(-1, 1), s.Rng.Range(0.9f, 1.7f), at.Z + s.Rng.LogRange(0.4f, 3)), at);
        return size;
    }

    /// <summary>Bunk beds with ladders and guard rails, cushions, a wardrobe, clothes on a line.</summary>
    private static Vector3 Bunkroom(Stage s)
    {
        s.Scene.Name = "bunks";
        Vector3 size = new(s.Rng.Range(2.6f, 5), s.Rng.Range(2.3f, 2.9f), s.Rng.Range(3, 6));
        Room room = s.Room(size);
        Material wood = s.Palette.Any();
        for (int i = s.Rng.Int(1, 3); i > 0; i--)
        {
            int wall = s.Rng.Int(0, 3);
            float reach = MathF.Max(room.HalfWidth(wall) - 1.1f, 0.1f);
            Bunk(s, room.Wall(wall).Child(Pose.Of(new(s.Rng.Range(-reach, reach), -size.Y / 2, 0.45f))), wood);
        }

        Vector3 from = new(-size.X / 2, s.Rng.Range(1.5f, 2), s.Rng.Range(-1, 1)), to = new(size.X / 2, from.Y, s.Rng.Range(-1, 1));
        s.Fixtures.Cable(from, to, 0.05f, 0.004f);
        for (int i = s.Rng.Int(0, 6); i > 0; i--)
        {
            Vector3 at = Vector3.Lerp(from, to, s.Rng.Range(0.1f, 0.9f));
            float high = s.Rng.Range(0.15f, 0.4f);
            s.Scene.Add(Shape.Panel, Pose.Of(at - new Vector3(0, high + 0.04f, 0), s.Rng.Range(-0.3f, 0.3f), s.Rng.Range(-0.1f, 0.1f)), new(s.Rng.Range(0.1f, 0.35f), high, 0), s.Palette.Any());
        }

        s.Look(s.OnFloor(size, 0.4f) + new Vector3(0, s.Rng.Range(0.5f, 1.9f), 0), s.OnFloor(size, 0.2f) + new Vector3(0, s.Rng.Range(0.3f, 1.6f), 0));
        return size;
    }

    /// <summary>Bowls, bottles, fruit and leaves at 0.2 to 0.7 m before a room.</summary>
    private static Vector3 StillLife(Stage s)
    {
        s.Scene.Name = "stilllife";
        Vector3 size = new(s.Rng.Range(3, 7), s.Rng.Range(2.3f, 3), s.Rng.Range(3, 7));
        Room room = s.Room(size);
        for (int i = s.Rng.Int(1, 4); i > 0; i--)
        {
            Bench(s, Pose.Of(s.OnFloor(size, 0.5f), s.Rng.Range(0, 6.28f)));
            Vector3 half = new(s.Rng.Range(0.2f, 0.5f), s.Rng.Range(0.4f, 1), 0.25f);
            s.Furniture.Box(room.Wall(i % 4), new(s.Rng.Range(-0.6f, 0.6f) * room.HalfWidth(i % 4), half.Y - size.Y / 2, half.Z), half, s.Palette.Any());
        }

        float height = s.Rng.Range(0.6f, 1), radius = s.Rng.Range(0.3f, 0.6f);
        Vector3 centre = s.OnFloor(size, 1.2f) with { Y = height };
        s.Scene.Add(Shape.Cone, Pose.Of(centre - new Vector3(0, 0.02f, 0)), new(radius, 0.02f, radius), s.Palette.Any());
        s.Furniture.Pole(Pose.Of(centre), new(0, -height / 2, 0), height / 2, 0.05f, s.Palette.Any());
        for (int i = s.Rng.Int(4, 11); i > 0; i--)
        {
            float turn = s.Rng.Range(0, 6.28f), r = radius * 0.9f * MathF.Sqrt(s.Rng.Unit());
            Fare(s, Pose.Of(centre + new Vector3(r * MathF.Cos(turn), 0, r * MathF.Sin(turn)), s.Rng.Range(0, 6.28f)));
        }

        float look = s.Rng.Range(0, 6.28f), distance = radius * s.Rng.Range(0.5f, 1) + s.Rng.LogRange(0.1f, 0.5f);
        Vector3 eye = centre + new Vector3(distance * MathF.Cos(look), s.Rng.LogRange(0.08f, 0.45f), distance * MathF.Sin(look));
        s.Look(eye, centre + new Vector3(s.Rng.Range(-0.15f, 0.15f), s.Rng.Range(-0.05f, 0.15f), s.Rng.Range(-0.15f, 0.15f)));
        return size;
    }

    /// <summary>Past a door's edge, through a hedge of leaves or between pickets at 0.2 to 0.6 m into a room.</summary>
    private static Vector3 Peek(Stage s)
    {
        s.Scene.Name = "peek";
        Vector3 size = new(s.Rng.Range(3, 7), s.Rng.Range(2.3f, 3), s.Rng.Range(3, 8));
        Room room = s.Room(size);
        for (int i = s.Rng.Int(2, 6); i > 0; i--)
        {
            Pose at = Pose.Of(s.OnFloor(size, 0.5f), s.Rng.Range(0, 6.28f));
            switch (s.Rng.Int(0, 3))
            {
                case 0:
                    Stool(s, at);
                    break;
                case 1:
                    Bench(s, at);
                    break;
                case 2:
                    s.Furniture.Plant(at, s.Rng.Range(0.5f, 1.5f));
                    break;
                default:
                    s.Scene.Add(Shape.Cone, at.Child(Pose.Of(new(0, 0.45f, 0))), new(s.Rng.Range(0.15f, 0.35f), 0.45f, s.Rng.Range(0.15f, 0.35f)), s.Palette.Any());
                    break;
            }
        }

        Wheel(s, Pose.Of(s.OnFloor(size, 0.6f) + new Vector3(0, 0.34f, 0), s.Rng.Range(0, 6.28f)), 0.33f);
        s.Look(s.OnFloor(size, 0.4f) + new Vector3(0, s.Rng.Range(0.5f, 1.6f), 0), s.OnFloor(size, 0.5f) + new Vector3(0, s.Rng.Range(0.2f, 1.2f), 0));
        Pose eye = s.Scene.Camera.Pose;
        float z = s.Rng.LogRange(0.22f, 0.6f), wide = z / s.Scene.Camera.Focal;
        switch (s.Rng.Int(0, 2))
        {
            case 0:
                s.Scene.Add(Shape.Box, eye.Child(Pose.Of(new(s.Rng.Sign() * wide * s.Rng.Range(0.5f, 0.8f), 0, z), s.Rng.Range(-1, 1), 0, s.Rng.Range(-0.1f, 0.1f))), new(wide * 0.4f, 2, 0.02f), s.Palette.Any());
                break;
            case 1:
                Material leaf = s.Palette.Leaf();
                for (int i = s.Rng.Int(6, 20); i > 0; i--)
                {
                    float length = wide * s.Rng.Range(0.05f, 0.16f);
                    Vector3 at = new(s.Rng.Range(-0.55f, 0.55f) * wide, s.Rng.Range(-0.4f, 0.4f) * wide, z * s.Rng.Range(0.9f, 1.5f));
                    s.Scene.Add(Shape.Disc, eye.Child(Pose.Of(at, s.Rng.Range(-1, 1), s.Rng.Range(-1, 1), s.Rng.Range(-2, 2))), new(length * s.Rng.Range(0.15f, 0.4f), length, 0), leaf);
                }

                break;
            default:
                Material picket = s.Palette.Any();
                float turn = s.Rng.Range(-0.6f, 0.6f), period = wide * s.Rng.Range(0.12f, 0.3f);
                for (int i = -5; i <= 5; i++)
                {
                    Pose at = eye.Child(Pose.Of(new(0, 0, z), turn)).Child(Pose.Of(new(i * period, -0.1f * wide, 0)));
                    s.Scene.Add(Shape.Box, at, new(period * 0.2f, wide * 0.4f, 0.008f), picket);
                }

                break;
        }

        return size;
    }

    private static void Pan(Stage s, Pose wall, Vector3 at)
    {
        Material iron = s.Rng.Chance(0.5f) ? s.Palette.Black() : s.Palette.Metal();
        float r = s.Rng.Range(0.08f, 0.15f);
        s.Scene.Add(Shape.Cone, wall.Child(Pose.Along(at, Vector3.UnitZ)), new(r * 0.85f, 0.025f, r), iron);
        s.Furniture.Rod(wall, at + new Vector3(0, r, 0), at + new Vector3(0, r + 0.18f, 0), 0.009f, iron);
    }

    private static void Stool(Stage s, Pose at)
    {
        Material wood = s.Palette.Any();
        float height = s.Rng.Range(0.45f, 0.75f), r = s.Rng.Range(0.14f, 0.2f);
        s.Scene.Add(Shape.Cone, at.Child(Pose.Of(new(0, height, 0))), new(r, 0.018f, r), wood);
        for (int i = 0; i < 3; i++)
        {
            Vector3 foot = new(MathF.Cos(2.0944f * i) * r * 1.2f, 0, MathF.Sin(2.0944f * i) * r * 1.2f);
            s.Furniture.Rod(at, foot, foot * 0.6f + new Vector3(0, height, 0), 0.013f, wood);
        }
    }

    private static void Bench(Stage s, Pose at)
    {
        Material wood = s.Palette.Any();
        for (int i = -2; i <= 2; i++)
        {
            s.Furniture.Box(at, new(0, 0.45f, i * 0.08f), new(0.6f, 0.012f, 0.03f), wood);
        }

        foreach (float side in (ReadOnlySpan<float>)[-1, 1])
        {
            s.Furniture.Box(at, new(side * 0.5f, 0.22f, 0), new(0.03f, 0.22f, 0.18f), wood);
        }
    }

    /// <summary>A handle and a head.</summary>
    private static void Tool(Stage s, Pose at)
    {
        float length = s.Rng.Range(0.08f, 0.2f);
        s.Furniture.Pole(at, new(0, -length, 0), length, s.Rng.Range(0.008f, 0.018f), s.Palette.Any());
        s.Furniture.Box(at, Vector3.Zero, new(s.Rng.Range(0.02f, 0.09f), s.Rng.Range(0.015f, 0.05f), s.Rng.Range(0.004f, 0.02f)), s.Palette.Metal());
    }

    /// <summary>A rim of straight pieces and crossing spokes, standing in the plane of x and y.</summary>
    private static void Wheel(Stage s, Pose at, float radius)
    {
        const int Pieces = 16;
        Material rim = s.Palette.Any(), spoke = s.Palette.Metal();
        Vector3 Point(float i, float r) => new(r * MathF.Cos(2 * MathF.PI * i / Pieces), r * MathF.Sin(2 * MathF.PI * i / Pieces), 0);
        for (int i = 0; i < Pieces; i++)
        {
            s.Furniture.Rod(at, Point(i, radius), Point(i + 1, radius), 0.016f, rim);
            s.Furniture.Rod(at, Point(i + 2, 0.03f), Point(i, radius), 0.0025f, spoke);
        }
    }

    private static void Bunk(Stage s, Pose at, Material wood)
    {
        foreach (float y in (ReadOnlySpan<float>)[0.35f, 1.45f])
        {
            s.Furniture.Box(at, new(0, y, 0), new(0.98f, 0.05f, 0.43f), wood);
            s.Furniture.Box(at, new(0, y + 0.12f, 0), new(0.94f, 0.07f, 0.4f), s.Palette.Any());
            s.Scene.Add(Shape.Ellipsoid, at.Child(Pose.Of(new(-0.7f, y + 0.25f, 0))), new(0.2f, 0.09f, 0.32f), s.Palette.Any());
        }

        foreach (float x in (ReadOnlySpan<float>)[-1, 1])
        {
            foreach (float z in (ReadOnlySpan<float>)[-0.43f, 0.43f])
            {
                s.Furniture.Box(at, new(x, 0.9f, z), new(0.03f, 0.9f, 0.03f), wood);
            }
        }

        s.Furniture.Rod(at, new(-1, 1.75f, 0.43f), new(0.4f, 1.75f, 0.43f), 0.015f, wood);
        for (float y = 0.25f; y < 1.5f; y += 0.3f)
        {
            s.Furniture.Rod(at, new(0.6f, y, 0.5f), new(0.95f, y, 0.5f), 0.014f, wood);
        }
    }

    /// <summary>Something to eat or what it stands in.</summary>
    private static void Fare(Stage s, Pose at)
    {
        Material skin = s.Palette.Any();
        float r = s.Rng.Range(0.03f, 0.06f);
        switch (s.Rng.Int(0, 5))
        {
            case 0:
                s.Scene.Add(Shape.Ellipsoid, at.Child(Pose.Of(new(0, r, 0))), new(r, r, r * s.Rng.Range(1, 2)), skin);
                break;
            case 1:
                s.Scene.Add(Shape.Tube, at.Child(Pose.Of(new(0, r * 0.7f, 0))), new(r, r * 0.7f, r * 2.2f), skin);
                for (int i = 0; i < 3; i++)
                {
                    s.Scene.Add(Shape.Ellipsoid, at.Child(Pose.Of(new(r * MathF.Cos(2.1f * i) * 0.9f, r * 1.5f, r * MathF.Sin(2.1f * i) * 0.9f))), new(r * 0.8f), s.Palette.Any());
                }

                break;
            case 2:
                s.Furniture.Bottle(at, s.Rng.Range(0.2f, 0.33f), skin);
                break;
            case 3:
                // A goblet: foot, stem, cup.
                s.Scene.Add(Shape.Cone, at.Child(Pose.Of(new(0, 0.004f, 0))), new(0.035f, 0.004f, 0.03f), skin);
                s.Furniture.Pole(at, new(0, 0.05f, 0), 0.045f, 0.004f, skin);
                s.Scene.Add(Shape.Tube, at.Child(Pose.Of(new(0, 0.13f, 0))), new(0.012f, 0.04f, 0.038f), skin);
                break;
            case 4:
                s.Scene.Add(Shape.Disc, at.Child(new Pose(new(0, 0.012f, 0), Vector3.UnitX, Vector3.UnitZ, -Vector3.UnitY)), new(0.11f, 0.11f, 0), skin);
                s.Scene.Add(Shape.Box, at.Child(Pose.Of(new(0, 0.035f, 0))), new(0.05f, 0.022f, 0.03f), s.Palette.Any());
                break;
            default:
                s.Furniture.Plant(at, s.Rng.Range(0.15f, 0.35f));
                break;
        }
    }
}
