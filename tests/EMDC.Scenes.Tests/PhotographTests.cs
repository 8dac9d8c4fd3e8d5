using System.Numerics;
using EMDC.Scenes.Photographs;

namespace EMDC.Scenes.Tests;

/// <summary>Photographs at any scale, and their regions.</summary>
public sealed class PhotographTests
{
    [Fact]
    public void Pixels_are_looked_up_at_their_middles_and_mirrored_beyond_the_border()
    {
        var photograph = new Picture(PhotoFolder.Picture((x, y) => ((byte)(2 * x), (byte)(3 * y), 0)));
        Assert.Equal(new Vector3(2 * 10, 3 * 20, 0) / 255, photograph.At(10.5f, 20.5f, 1));
        Assert.Equal(new Vector3(2 * 10 + 1, 3 * 20, 0) / 255, photograph.At(11, 20.5f, 1));
        Assert.Equal(photograph.At(4.25f, 7.75f, 1), photograph.At(-4.25f, -7.75f, 1));
        Assert.Equal(photograph.At(PhotoFolder.Width - 4.25f, 7.75f, 1).X, photograph.At(PhotoFolder.Width + 4.25f, 7.75f, 1).X, 1e-5f);
    }

    [Fact]
    public void From_afar_a_picture_is_its_mean()
    {
        var photograph = new Picture(PhotoFolder.Picture((x, y) => (x + y) % 2 == 0 ? ((byte)200, (byte)200, (byte)200) : ((byte)0, (byte)0, (byte)0)));
        foreach (float footprint in (float[])[2, 4, 9, 100])
        {
            Assert.Equal(100 / 255f, photograph.At(31.3f, 27.9f, footprint).X, 0.01f);
        }
    }

    [Fact]
    public void A_large_picture_is_halved()
    {
        var photograph = new Picture(PhotoFolder.Picture((_, _) => (9, 9, 9)), 50);
        Assert.Equal((PhotoFolder.Width / 2, PhotoFolder.Height / 2), (photograph.Width, photograph.Height));
    }

    [Fact]
    public void Regions_are_parts_of_one_colour()
    {
        // Four blocks with some noise, and a speck that is none.
        const int Height = 40, Width = 60;
        float[] rgb = Blocks(Height, Width, (x, y) => (x < 30 ? 0.2f : 0.8f, y < 20 ? 0.1f : 0.6f, x == 5 && y == 5 ? 1 : 0.5f));
        var segmentation = new Segmentation(rgb, Height, Width, 8, 40);
        Assert.Equal(4, segmentation.Count);
        for (int i = 0; i < Height * Width; i++)
        {
            // A border may lie two pixels beside the edge, which smoothing has spread.
            bool isBorder = i / Width is >= 18 and < 22 || i % Width is >= 28 and < 32;
            Assert.True(isBorder || segmentation.Labels[i] == segmentation.Labels[(i / Width < 20 ? 2 : 30) * Width + (i % Width < 30 ? 3 : 50)]);
        }

        Assert.InRange(segmentation.Pairs.Count, 4, 5);
        Assert.All(segmentation.Pairs, pair => Assert.InRange(pair.Contrast, 0.3f, 0.7f));
    }

    [Fact]
    public void Not_more_regions_are_left_than_wanted()
    {
        const int Height = 60, Width = 80;
        float[] rgb = Blocks(Height, Width, (x, y) => ((x / 10 * 37 % 11) / 11f, (y / 10 * 53 % 7) / 7f, 0.3f));
        int last = new Segmentation(rgb, Height, Width, 0.5f, 1000).Count;
        Assert.InRange(last, 40, 48);
        foreach (int most in (int[])[30, 10, 4])
        {
            var segmentation = new Segmentation(rgb, Height, Width, 0.5f, most);
            Assert.InRange(segmentation.Count, most - 2, most);
            Assert.Equal(segmentation.Count, segmentation.Labels.Distinct().Count());
        }
    }

    [Fact]
    public void Distances_count_from_the_outline_and_not_from_the_border()
    {
        int[] labels = [.. Enumerable.Range(0, 20 * 20).Select(i => i % 20 < 8 ? 0 : 1)];
        float[] inside = Inside.Distances(labels, 20, 20);
        Assert.All(Enumerable.Range(0, 20 * 20), i => Assert.Equal(i % 20 < 8 ? 7.5f - i % 20 : i % 20 - 7.5f, inside[i], 1e-4f));
        Assert.All(Inside.Distances(new int[12], 3, 4), distance => Assert.Equal(7, distance));
    }

    [Fact]
    public void A_folder_is_read_whole()
    {
        using var folder = new TempFolder();
        PhotoLibrary library = PhotoLibrary.Read(PhotoFolder.Make(folder, "a")), same = PhotoLibrary.Read(PhotoFolder.Make(folder, "b")), other = PhotoLibrary.Read(PhotoFolder.Make(folder, "c", 4));
        Assert.Equal((3, 1), (library.Photographs.Length, library.CutOuts.Length));
        Assert.Equal(library.Key, same.Key);
        Assert.NotEqual(library.Key, other.Key);
        Assert.Equal($"{folder["none"]}: there is no such folder.", Assert.Throws<IOException>(() => PhotoLibrary.Read(folder["none"])).Message);
        Assert.Equal($"{folder.Root}: there are no photographs (.jpg, .png) in it.", Assert.Throws<IOException>(() => PhotoLibrary.Read(folder.Root)).Message);
        File.WriteAllText(folder["a/z.jpg"], "no picture");
        Assert.StartsWith(folder["a/z.jpg"], Assert.Throws<InvalidDataException>(() => PhotoLibrary.Read(folder["a"])).Message);
    }

    private static float[] Blocks(int height, int width, Func<int, int, (float R, float G, float B)> colour)
    {
        var rng = new Rng(4);
        var rgb = new float[3 * height * width];
        for (int i = 0; i < height * width; i++)
        {
            var (r, g, b) = colour(i % width, i / width);
            (rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]) = (r + rng.Normal(0, 0.005f), g + rng.Normal(0, 0.005f), b + rng.Normal(0, 0.005f));
        }

        return rgb;
    }
}
