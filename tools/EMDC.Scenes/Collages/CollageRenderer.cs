using System.Numerics;
using EMDC.Scenes.Photographs;
using EMDC.Scenes.Render;

namespace EMDC.Scenes.Collages;

/// <summary>
/// Pictures made of photographs. A photograph falls into regions that look alike; some of them together are one surface of a room, others
/// stand in it as things of their own. Before them stand things cut out of other photographs; what is nearer covers what is farther. So
/// every depth edge is a natural edge of colour, and most edges of colour are none of depth.
/// </summary>
internal sealed class CollageRenderer(PhotoLibrary library, int width, int height)
{
    /// <summary>Where colours differ by less (of √3), no edge of depth could be found.</summary>
    private const float Visible = 0.05f;

    private readonly Rendering _picture = new(width, height);
    private readonly float[] _rgb = new float[3 * width * height];

    /// <summary>The result holds until the next call.</summary>
    public Rendering Render(Rng rng)
    {
        var backdrop = new Backdrop(rng, width, height);
        Photograph(rng);
        int things = Regions(rng, backdrop);
        var paste = new Paste(_picture, _rgb, backdrop);
        for (int i = rng.Weighted(0.12f, 0.2f, 0.22f, 0.2f, 0.14f, 0.08f, 0.04f); i > 0; i--)
        {
            paste.Add(rng, library.CutOuts.Length > 0 && rng.Chance(0.6f) ? rng.Of(library.CutOuts) : Segment.Cut(rng, rng.Of(library.Photographs)), things++);
        }

        Finish();
        return _picture;
    }

    /// <summary>A part of a photograph, as it would look on a screen.</summary>
    private void Photograph(Rng rng)
    {
        Picture photograph = rng.Of(library.Photographs);
        float most = MathF.Min((float)photograph.Width / width, (float)photograph.Height / height), step = most * rng.LogRange(0.4f, 1);
        float left = rng.Range(0, photograph.Width - step * width), top = rng.Range(0, photograph.Height - step * height);
        bool isMirrored = rng.Chance(0.5f);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int column = isMirrored ? width - 1 - x : x;
                photograph.At(left + (column + 0.5f) * step, top + (y + 0.5f) * step, step).CopyTo(_rgb, 3 * (y * width + x));
            }
        }
    }

    /// <summary>Gives every region a depth. Returns how many surfaces there are.</summary>
    private int Regions(Rng rng, Backdrop backdrop)
    {
        var segmentation = new Segmentation(_rgb, height, width, rng.LogRange(0.3f, 3), (int)rng.LogRange(4, 40));
        int[] surfaces = Joined(rng, segmentation);
        float[] inside = Inside.Distances(surfaces, height, width);
        int count = surfaces.Max() + 1;
        var extents = new (int Area, int Lowest, float X, float Y, float Inside)[count];
        for (int i = 0; i < surfaces.Length; i++)
        {
            ref var e = ref extents[surfaces[i]];
            e = (e.Area + 1, i, e.X + i % width, e.Y + i / width, MathF.Max(e.Inside, inside[i]));
        }

        // Null: a part of the room.
        var reliefs = new Relief?[count];
        var returns = new float[count];
        // Now and then the photograph is but a print on the wall.
        float flat = rng.Chance(0.12f) ? 1 : rng.Range(0.1f, 0.6f);
        for (int k = 0; k < count; k++)
        {
            var (area, lowest, sumX, sumY, deepest) = extents[k];
            float x = sumX / area, y = sumY / area, share = (float)area / surfaces.Length;
            returns[k] = rng.Chance(0.06f) ? 0.05f : rng.Range(0.6f, 1);
            if (rng.Chance(flat + share))
            {
                continue;
            }

            int foot = lowest / width;
            bool stands = rng.Chance(0.65f);
            // What the picture's border cuts off stands nearer than the border.
            float depth = stands
                ? backdrop.Depth(lowest % width, foot) * (foot < height - 1 ? rng.Range(0.9f, 1) : rng.LogRange(0.5f, 1))
                : backdrop.Depth(x, y) * rng.LogRange(0.3f, 1);
            reliefs[k] = Relief.Thing(rng, backdrop, stands ? lowest % width : x, stands ? foot : y, depth, deepest);
        }

        for (int i = 0; i < surfaces.Length; i++)
        {
            int x = i % width, y = i / width;
            _picture.Depth[i] = reliefs[surfaces[i]]?.Depth(x, y, inside[i]) ?? backdrop.Depth(x, y);
            _picture.Solid[i] = surfaces[i];
            _picture.Returns[i] = returns[surfaces[i]];
        }

        return count;
    }

    /// <summary>Some neighbouring regions are one surface: an edge of colour that means nothing.</summary>
    private static int[] Joined(Rng rng, Segmentation segmentation)
    {
        int[] parents = [.. Enumerable.Range(0, segmentation.Count)];
        float chance = rng.Range(0.05f, 0.5f);
        foreach (var (a, b, contrast) in segmentation.Pairs)
        {
            if (rng.Chance(chance) || contrast < Visible)
            {
                parents[Root(b)] = Root(a);
            }
        }

        int[] numbers = new int[parents.Length];
        int count = 0;
        for (int i = 0; i < parents.Length; i++)
        {
            numbers[i] = Root(i) == i ? count++ : 0;
        }

        return Array.ConvertAll(segmentation.Labels, label => numbers[Root(label)]);

        int Root(int i) => parents[i] == i ? i : Root(parents[i]);
    }

    /// <summary>Screen values become light again; the sensor gets more back from what is brighter.</summary>
    private void Finish()
    {
        for (int i = 0; i < _picture.Depth.Length; i++)
        {
            Vector3 seen = Vector3.Clamp(new Vector3(_rgb.AsSpan(3 * i, 3)), Vector3.Zero, Vector3.One);
            (seen * seen).CopyTo(_picture.Radiance, 3 * i);
            _picture.Returns[i] *= 0.1f + 0.9f * (seen.X + seen.X + seen.Y + seen.Z) / 4;
        }
    }
}
