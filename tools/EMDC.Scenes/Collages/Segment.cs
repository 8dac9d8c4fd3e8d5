using EMDC.Imaging;
using EMDC.Scenes.Photographs;

namespace EMDC.Scenes.Collages;

/// <summary>A part of a photograph as a thing.</summary>
internal static class Segment
{
    private const int Side = 280;
    private const float Smallest = 0.02f, Largest = 0.45f;

    /// <summary>One region, or some that touch each other.</summary>
    public static CutOut Cut(Rng rng, Picture photograph)
    {
        RgbImage image = photograph.Reduced(Side);
        int width = image.Width, height = image.Height;
        var segmentation = new Segmentation(Array.ConvertAll(image.Pixels, value => value / 255f), height, width, rng.LogRange(0.5f, 3), (int)rng.LogRange(6, 40));
        bool[] chosen = new bool[segmentation.Count];
        var sizes = new int[segmentation.Count];
        Array.ForEach(segmentation.Labels, label => sizes[label]++);
        int pixels = width * height, first = rng.Int(0, segmentation.Count - 1), size = 0;
        // The first one that is large enough, from a random one on.
        for (int i = 0; i < sizes.Length && (sizes[first] < Smallest * pixels || sizes[first] > Largest * pixels); i++)
        {
            first = (first + 1) % sizes.Length;
        }

        Choose(first);
        foreach (var (a, b, _) in segmentation.Pairs)
        {
            if (chosen[a] != chosen[b] && size < Largest * pixels && rng.Chance(0.25f))
            {
                Choose(chosen[a] ? b : a);
            }
        }

        var mask = new byte[3 * pixels];
        for (int i = 0; i < pixels; i++)
        {
            mask.AsSpan(3 * i, 3).Fill(chosen[segmentation.Labels[i]] ? (byte)255 : (byte)0);
        }

        return new CutOut(new Picture(image), new Picture(new RgbImage(width, height, mask)));

        void Choose(int region)
        {
            chosen[region] = true;
            size += sizes[region];
        }
    }
}
