using System.Numerics;
using EMDC.Scenes.World;

namespace EMDC.Scenes.Layouts;

/// <summary>Things put together from solids. A pose's origin is where the thing stands, y up, z towards its front.</summary>
internal sealed class Furniture(Scene scene, Rng rng, Palette palette)
{
    /// <summary>A board on four legs, with or without things on it.</summary>
    public void Table(Pose at, float width, float depth, float height, int clutter)
    {
        Material top = palette.Any(), legs = rng.Chance(0.5f) ? top : palette.Any();
        float thick = rng.Range(0.01f, 0.03f);
        Box(at, new(0, height - thick, 0), new(width / 2, thick, depth / 2), top);
        Legs(at, width / 2 - 0.04f, depth / 2 - 0.04f, height - 2 * thick, legs);
        Clutter(at, new(0, height, 0), width / 2, depth / 2, 0.28f, clutter);
    }

    public void Chair(Pose at)
    {
        Material wood = palette.Any(), seat = rng.Chance(0.5f) ? wood : palette.Any();
        float wide = rng.Range(0.19f, 0.26f), height = rng.Range(0.42f, 0.5f), back = rng.Range(0.35f, 0.6f), leg = rng.Range(0.01f, 0.022f);
        Box(at, new(0, height, 0), new(wide, rng.Range(0.01f, 0.05f), wide), seat);
        Legs(at, wide - leg, wide - leg, height, wood, leg);
        foreach (float side in (ReadOnlySpan<float>)[-1, 1])
        {
            Box(at, new(side * (wide - leg), height + back / 2, -wide + leg), new(leg, back / 2, leg), wood);
        }

        switch (rng.Int(0, 2))
        {
            case 0:
                Box(at, new(0, height + back * 0.75f, -wide + leg), new(wide, back * 0.25f, 0.012f), seat);
                break;
            case 1:
                for (int i = 0; i < 3; i++)
                {
                    Box(at, new(0, height + back * (0.3f + 0.3f * i), -wide + leg), new(wide, 0.02f, 0.008f), wood);
                }

                break;
            default:
                Box(at, new(0, height + back * 0.95f, -wide + leg), new(wide, 0.025f, 0.012f), wood);
                for (int i = -2; i <= 2; i++)
                {
                    Pole(at, new(i * wide * 0.36f, height + back / 2, -wide + leg), back * 0.45f, 0.007f, wood);
                }

                break;
        }
    }

    /// <summary>Boards between two sides, open or with a back, filled with books and things.</summary>
    public void Shelf(Pose at, float width, float depth, float height)
    {
        Material wood = palette.Any();
        int boards = Math.Max(2, (int)MathF.Round(height / rng.Range(0.25f, 0.45f)));
        float thick = rng.Range(0.006f, 0.015f), step = height / boards;
        foreach (float side in (ReadOnlySpan<float>)[-1, 1])
        {
            Box(at, new(side * width / 2, height / 2, 0), new(thick, height / 2, depth / 2), wood);
        }

        for (int i = 0; i <= boards; i++)
        {
            Box(at, new(0, i * step, 0), new(width / 2, thick, depth / 2), wood);
        }

        if (rng.Chance(0.6f))
        {
            scene.Add(Shape.Panel, at.Child(Pose.Of(new(0, height / 2, -depth / 2))), new(width / 2, height / 2, 0), rng.Chance(0.5f) ? wood : palette.Any());
        }

        for (int i = 0; i < boards; i++)
        {
            Vector3 foot = new(0, i * step + thick, 0);
            switch (rng.Weighted(0.45f, 0.35f, 0.2f))
            {
                case 0:
                    Books(at, foot, width / 2 - thick, depth / 2, step - 2 * thick);
                    break;
                case 1:
                    Clutter(at, foot, width / 2 - 0.05f, depth / 2 - 0.02f, step * 0.85f, rng.Int(1, 5));
                    break;
            }
        }
    }

    public void Books(Pose at, Vector3 foot, float halfWidth, float halfDepth, float room)
    {
        Material spine = palette.Any();
        float x = -halfWidth + rng.Range(0, halfWidth * 0.6f), end = rng.Range(0.2f, 1) * halfWidth;
        while (x < end)
        {
            float thick = rng.Range(0.008f, 0.03f), high = room * rng.Range(0.55f, 0.95f) / 2, deep = halfDepth * rng.Range(0.6f, 0.95f);
            if (rng.Chance(0.7f))
            {
                spine = palette.Any();
            }

            float lean = rng.Chance(0.12f) ? rng.Range(-0.3f, 0.3f) : 0;
            scene.Add(Shape.Box, at.Child(Pose.Of(foot + new Vector3(x + thick, high, halfDepth - deep), 0, 0, lean)), new(thick, high, deep), spine);
            x += 2 * thick + (lean != 0 ? 0.04f : rng.Chance(0.1f) ? 0.05f : 0.002f);
        }
    }

    /// <summary>Small things on a surface of ± <paramref name="halfX"/> × ± <paramref name="halfZ"/>.</summary>
    public void Clutter(Pose at, Vector3 foot, float halfX, float halfZ, float tallest, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Item(at.Child(Pose.Of(foot + new Vector3(rng.Range(-halfX, halfX), 0, rng.Range(-halfZ, halfZ)), rng.Range(0, 6.28f))), tallest * rng.Range(0.25f, 1));
        }
    }

    /// <summary>A thing of a given height: a box, can, bottle, ball, cup, lamp, plant, book or leaning board.</summary>
    public void Item(Pose at, float height)
    {
        Material material = palette.Any();
        float h = height / 2, r = height * rng.Range(0.12f, 0.45f);
        switch (rng.Int(0, 9))
        {
            case 0:
            case 1:
                Box(at, new(0, h, 0), new(r, h, height * rng.Range(0.05f, 0.5f)), material);
                break;
            case 2:
                scene.Add(Shape.Cone, at.Child(Pose.Of(new(0, h, 0))), new(r, h, r), material);
                break;
            case 3:
                Bottle(at, height, material);
                break;
            case 4:
                scene.Add(Shape.Ellipsoid, at.Child(Pose.Of(new(0, r, 0))), new(r, r * rng.Range(0.7f, 1), r), material);
                break;
            case 5:
                scene.Add(Shape.Tube, at.Child(Pose.Of(new(0, h * 0.6f, 0))), new(r * 0.8f, h * 0.6f, r), material);
                break;
            case 6:
                scene.Add(Shape.Cone, at.Child(Pose.Of(new(0, h, 0))), new(r, h, rng.Chance(0.5f) ? 0 : r * 0.4f), material);
                break;
            case 7:
                Plant(at, height);
                break;
            case 8:
                DeskLamp(at, height);
                break;
            default:
                scene.Add(Shape.Box, at.Child(Pose.Of(new(0, h, 0), 0, rng.Range(-0.35f, 0.35f))), new(r * 1.4f, h, 0.006f), palette.Poster(height));
                break;
        }
    }

    public void Bottle(Pose at, float height, Material material)
    {
        float r = height * rng.Range(0.1f, 0.18f), body = height * 0.31f, shoulder = height * 0.08f, neck = height * 0.11f;
        scene.Add(Shape.Cone, at.Child(Pose.Of(new(0, body, 0))), new(r, body, r), material);
        scene.Add(Shape.Cone, at.Child(Pose.Of(new(0, 2 * body + shoulder, 0))), new(r, shoulder, r * 0.35f), material);
        scene.Add(Shape.Cone, at.Child(Pose.Of(new(0, 2 * (body + shoulder) + neck, 0))), new(r * 0.35f, neck, r * 0.3f), material);
    }

    /// <summary>A pot with leaves of no thickness on arching stalks.</summary>
    public void Plant(Pose at, float height)
    {
        float pot = height * rng.Range(0.12f, 0.2f), r = height * rng.Range(0.1f, 0.2f);
        scene.Add(Shape.Cone, at.Child(Pose.Of(new(0, pot, 0))), new(r * 0.75f, pot, r), palette.Any());
        Material leaf = palette.Leaf();
        int count = rng.Int(8, 22);
        bool isGrass = rng.Chance(0.3f);
        for (int i = 0; i < count; i++)
        {
            float turn = rng.Range(0, 6.28f), rise = rng.Range(0.5f, 1.4f), length = (height - 2 * pot) * rng.Range(0.5f, 1);
            Vector3 out1 = new(MathF.Cos(turn) * MathF.Cos(rise), MathF.Sin(rise), MathF.Sin(turn) * MathF.Cos(rise));
            Vector3 tip = new Vector3(0, 2 * pot, 0) + length * out1;
            Pose blade = at.Child(Pose.Along(isGrass ? (new Vector3(0, 2 * pot, 0) + tip) / 2 : tip, out1 + new Vector3(0, isGrass ? 0 : -0.6f, 0)));
            if (isGrass)
            {
                scene.Add(Shape.Disc, blade, new(length * 0.04f, length / 2, 0), leaf);
            }
            else
            {
                scene.Add(Shape.Disc, blade, new(length * rng.Range(0.1f, 0.22f), length * rng.Range(0.2f, 0.35f), 0), leaf);
                Rod(at, new(0, 2 * pot, 0), tip, 0.003f, leaf);
            }
        }
    }

    public void DeskLamp(Pose at, float height)
    {
        Material metal = palette.Any();
        float r = height * 0.22f;
        scene.Add(Shape.Cone, at.Child(Pose.Of(new(0, 0.01f, 0))), new(r * 0.8f, 0.01f, r * 0.7f), metal);
        Pole(at, new(0, height * 0.4f, 0), height * 0.4f, MathF.Max(height * 0.015f, 0.003f), metal);
        scene.Add(Shape.Tube, at.Child(Pose.Of(new(0, height * 0.85f, 0))), new(r, height * 0.15f, r * rng.Range(0.5f, 1)), rng.Chance(0.4f) ? palette.Lamp() : palette.Any());
    }

    /// <summary>A thin round bar upright.</summary>
    public void Pole(Pose at, Vector3 middle, float halfHeight, float radius, Material material) =>
        scene.Add(Shape.Cone, at.Child(Pose.Of(middle)), new(radius, halfHeight, radius), material);

    /// <summary>A thin round bar between two points.</summary>
    public void Rod(Pose at, Vector3 from, Vector3 to, float radius, Material material) =>
        scene.Add(Shape.Cone, at.Child(Pose.Along((from + to) / 2, to - from)), new(radius, (to - from).Length() / 2, radius), material);

    public void Box(Pose at, Vector3 middle, Vector3 half, Material material) =>
        scene.Add(Shape.Box, at.Child(Pose.Of(middle)), half, material);

    private void Legs(Pose at, float x, float z, float height, Material material, float thick = 0)
    {
        thick = thick > 0 ? thick : rng.Range(0.012f, 0.035f);
        bool isRound = rng.Chance(0.4f);
        foreach (float sx in (ReadOnlySpan<float>)[-1, 1])
        {
            foreach (float sz in (ReadOnlySpan<float>)[-1, 1])
            {
                scene.Add(isRound ? Shape.Cone : Shape.Box, at.Child(Pose.Of(new(sx * x, height / 2, sz * z))), new(thick, height / 2, thick), material);
            }
        }
    }
}
