using System.Numerics;
using EMDC.Scenes.World;

namespace EMDC.Scenes.Layouts;

/// <summary>What belongs to a room rather than to its furniture; most of it thin. Poses as in <see cref="Furniture"/>.</summary>
internal sealed class Fixtures(Scene scene, Rng rng, Palette palette, Furniture furniture)
{
    /// <summary>Steps that rise towards −z.</summary>
    public void Stairs(Pose at, int steps, float width, float rise, float run)
    {
        Material tread = palette.Any(), side = rng.Chance(0.5f) ? tread : palette.Any();
        bool isOpen = rng.Chance(0.3f);
        for (int i = 0; i < steps; i++)
        {
            float top = (i + 1) * rise, z = -(i + 0.5f) * run;
            Vector3 half = isOpen ? new(width / 2, 0.02f, run * 0.6f) : new(width / 2, top / 2, run / 2);
            furniture.Box(at, new(0, top - half.Y, z), half, i % 2 == 0 ? tread : side);
        }

        if (rng.Chance(0.7f))
        {
            Vector3 foot = new(width / 2, 0.9f, 0), head = new(width / 2, 0.9f + steps * rise, -steps * run);
            furniture.Rod(at, foot, head, rng.Range(0.012f, 0.03f), side);
            for (int i = 0; i <= steps; i += 2)
            {
                furniture.Pole(at, new(width / 2, 0.45f + i * rise, -i * run), 0.45f, 0.009f, side);
            }
        }
    }

    /// <summary>Upright pipes or ribs between two rails.</summary>
    public void Radiator(Pose at, float width, float height)
    {
        Material enamel = rng.Chance(0.6f) ? new(Texture.Plain(new Vector3(rng.Range(0.7f, 0.95f)))) : palette.Any();
        int ribs = Math.Max(3, (int)(width / rng.Range(0.05f, 0.12f)));
        for (int i = 0; i < ribs; i++)
        {
            furniture.Box(at, new(((i + 0.5f) / ribs - 0.5f) * width, height / 2 + 0.1f, 0.08f), new(0.012f, height / 2, 0.04f), enamel);
        }

        furniture.Box(at, new(0, 0.13f, 0.08f), new(width / 2, 0.015f, 0.02f), enamel);
        furniture.Box(at, new(0, height + 0.07f, 0.08f), new(width / 2, 0.015f, 0.02f), enamel);
    }

    /// <summary>A box without a lid: five panels.</summary>
    public void OpenBox(Pose at, Vector3 half, Material material)
    {
        furniture.Box(at, new(0, 0.004f, 0), new(half.X, 0.004f, half.Z), material);
        foreach (float side in (ReadOnlySpan<float>)[-1, 1])
        {
            furniture.Box(at, new(side * half.X, half.Y, 0), new(0.004f, half.Y, half.Z), material);
            furniture.Box(at, new(0, half.Y, side * half.Z), new(half.X, half.Y, 0.004f), material);
        }

        furniture.Clutter(at, new(0, 0.008f, 0), half.X * 0.6f, half.Z * 0.6f, 2.4f * half.Y, rng.Int(0, 3));
    }

    /// <summary>A screen on a foot, mostly black and glossy.</summary>
    public void Monitor(Pose at, float width)
    {
        Material shell = palette.Any();
        float height = width * 0.58f, lift = rng.Range(0.06f, 0.2f);
        furniture.Box(at, new(0, 0.008f, 0), new(width * 0.2f, 0.008f, width * 0.15f), shell);
        furniture.Box(at, new(0, lift / 2, -0.03f), new(0.02f, lift / 2 + 0.05f, 0.012f), shell);
        furniture.Box(at, new(0, lift + height / 2, -0.005f), new(width / 2, height / 2, 0.012f), shell);
        Material screen = rng.Chance(0.6f) ? palette.Black() : palette.Poster(width) with { Glow = 0.6f };
        furniture.Box(at, new(0, lift + height / 2, 0.008f), new(width / 2 - 0.012f, height / 2 - 0.012f, 0.001f), screen);
    }

    /// <summary>Slats or cords across a rectangle of the wall.</summary>
    public void Blinds(Pose middle, float halfX, float halfY)
    {
        float period = rng.LogRange(0.035f, 0.1f);
        scene.Add(Shape.Panel, middle, new(halfX, halfY, 0), palette.Any(), rng.Chance(0.7f) ? new Bars(0, 0, period, period * rng.Range(0.3f, 0.8f)) : new Bars(period, period * rng.Range(0.2f, 0.6f), 0, 0));
    }

    /// <summary>Cloth in folds: upright rounds side by side.</summary>
    public void Curtain(Pose at, float width, float height)
    {
        Material cloth = palette.Any();
        float fold = rng.Range(0.03f, 0.08f);
        for (float x = -width / 2; x < width / 2; x += 1.7f * fold)
        {
            float deep = fold * rng.Range(0.7f, 1.1f);
            furniture.Pole(at, new(x, height / 2, 0.1f + rng.Range(-0.02f, 0.02f)), height / 2, deep, cloth);
        }

        furniture.Rod(at, new(-width * 0.7f, height, 0.1f), new(width * 0.7f, height, 0.1f), 0.012f, palette.Any());
    }

    /// <summary>A wire that sags between two points.</summary>
    public void Cable(Vector3 from, Vector3 to, float sag, float radius)
    {
        const int Pieces = 9;
        Material rubber = rng.Chance(0.5f) ? palette.Black() : palette.Any();
        Vector3 last = from;
        for (int i = 1; i <= Pieces; i++)
        {
            float t = i / (float)Pieces;
            Vector3 next = Vector3.Lerp(from, to, t) - new Vector3(0, 4 * sag * t * (1 - t), 0);
            furniture.Rod(Pose.Identity, last, next, radius, rubber);
            last = next;
        }
    }

    /// <summary>A shade on a cord from the ceiling, with its light.</summary>
    public void HangingLamp(Vector3 ceiling, float drop)
    {
        float r = rng.Range(0.1f, 0.3f);
        Pose at = Pose.Of(ceiling - new Vector3(0, drop, 0));
        furniture.Rod(Pose.Identity, ceiling, at.At, 0.004f, palette.Any());
        scene.Add(rng.Chance(0.6f) ? Shape.Tube : Shape.Ellipsoid, at.Child(Pose.Of(new(0, -r * 0.5f, 0))), new(r, r * 0.6f, r * 0.5f), rng.Chance(0.5f) ? palette.Lamp() : palette.Any());
        scene.Lights.Add(new Light(at.At - new Vector3(0, 1.2f * r, 0), new(0.03f, 0, 0), new(0, 0, 0.03f), new(rng.LogRange(0.3f, 3))));
    }

    /// <summary>A mat on the floor: a pattern with an edge that is nearly none of depth.</summary>
    public void Rug(Pose at, float halfX, float halfZ) =>
        furniture.Box(at, new(0, 0.004f, 0), new(halfX, 0.004f, halfZ), palette.Poster(MathF.Min(halfX, halfZ)));

    /// <summary>Two rails and rungs, leaning towards −z.</summary>
    public void Ladder(Pose at, float height, float width)
    {
        Material wood = palette.Any();
        Pose lean = at.Child(Pose.Of(Vector3.Zero, 0, -rng.Range(0.1f, 0.35f)));
        foreach (float side in (ReadOnlySpan<float>)[-1, 1])
        {
            furniture.Box(lean, new(side * width / 2, height / 2, 0), new(0.018f, height / 2, 0.03f), wood);
        }

        for (float y = 0.25f; y < height; y += 0.28f)
        {
            furniture.Rod(lean, new(-width / 2, y, 0), new(width / 2, y, 0), 0.014f, wood);
        }
    }

    /// <summary>A railing or a fence: posts, rails and bars, or a mesh.</summary>
    public void Railing(Pose at, float width, float height)
    {
        Material metal = palette.Any();
        foreach (float side in (ReadOnlySpan<float>)[-1, 1])
        {
            furniture.Box(at, new(side * width / 2, height / 2, 0), new(0.02f, height / 2, 0.02f), metal);
        }

        furniture.Rod(at, new(-width / 2, height, 0), new(width / 2, height, 0), 0.018f, metal);
        float period = rng.LogRange(0.04f, 0.16f), bar = period * rng.Range(0.1f, 0.3f);
        scene.Add(Shape.Panel, at.Child(Pose.Of(new(0, height / 2, 0))), new(width / 2, height / 2, 0), metal, new Bars(period, bar, rng.Chance(0.3f) ? period : 0, bar));
    }

    /// <summary>A sloped board from the floor.</summary>
    public void Ramp(Pose at, float width, float length, float pitch) =>
        scene.Add(Shape.Box, at.Child(Pose.Of(new(0, MathF.Sin(pitch) * length / 2, 0), 0, pitch)), new(width / 2, rng.Range(0.01f, 0.05f), length / 2), palette.Any());
}
