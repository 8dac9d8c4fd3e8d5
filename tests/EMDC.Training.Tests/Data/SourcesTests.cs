using EMDC.Imaging;
using EMDC.Training.Data;
using static EMDC.Training.Tests.Data.DataFolder;

namespace EMDC.Training.Tests.Data;

/// <summary>Samples of shards and of recordings.</summary>
public sealed class SourcesTests
{
    [Fact]
    public void A_sample_depends_on_seed_and_index_only()
    {
        using var folder = new TempFolder();
        using ISampleSource one = Sources.Open([Shard(folder, "a")], new AugmentationOptions(), Assert.Fail), other = Sources.Open([folder.Root], new AugmentationOptions(), Assert.Fail);
        var expected = new Sample[24];
        for (int i = 0; i < expected.Length; i++)
        {
            one.Draw(7, i, 64, 96, expected[i] = new Sample());
        }

        Parallel.For(0, 4 * expected.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, k =>
        {
            int i = (5 * k + 3) % expected.Length;
            var sample = new Sample();
            other.Draw(7, i, 64, 96, sample);
            Assert.Equal(expected[i].Rgb, sample.Rgb);
            Assert.Equal(expected[i].Spots, sample.Spots);
            Assert.Equal(expected[i].Depth, sample.Depth);
        });

        var another = new Sample();
        one.Draw(8, 0, 64, 96, another);
        Assert.NotEqual(expected[0].Rgb, another.Rgb);
        Assert.NotEqual(expected[0].Rgb, expected[1].Rgb);
    }

    [Theory]
    [InlineData(64, 96)]
    [InlineData(96, 128)]
    [InlineData(128, 192)]
    public void Samples_are_what_the_network_can_learn_from(int height, int width)
    {
        using var folder = new TempFolder();
        var options = new AugmentationOptions();
        using ISampleSource source = Sources.Open([Shard(folder, "a")], options, Assert.Fail);
        Assert.Equal(Frames, source.Frames);
        var sample = new Sample();
        int usual = 0;
        const int Count = 200;
        for (int i = 0; i < Count; i++)
        {
            source.Draw(1, i, height, width, sample);
            Assert.Equal((height, width, 3 * height * width), (sample.Height, sample.Width, sample.Rgb.Length));
            Assert.All(sample.Rgb, x => Assert.InRange(x, -2.2f, 2.7f));
            Assert.All(sample.Depth, metres => Assert.True(metres is >= 0 and <= 19.001f));
            Assert.All(sample.Spots, metres => Assert.True(metres is 0 or (>= 0.01f and <= 19.001f)));
            int spots = sample.Spots.Count(metres => metres > 0);
            Assert.InRange(spots, options.FewestSpots, height * width);
            usual += (float)spots / (height * width) is > 0.006f and < 0.035f ? 1 : 0;
        }

        Assert.InRange(usual, 0.4 * Count, 0.8 * Count);
    }

    [Fact]
    public void Without_augmentation_a_sample_is_a_part_of_its_frame()
    {
        using var folder = new TempFolder();
        using ISampleSource source = Sources.Open([Shard(folder, "a")], AugmentationOptions.None, Assert.Fail);
        var sample = new Sample();
        source.Draw(1, 1, Height, Width, sample);
        for (int i = 0; i < Pixels; i++)
        {
            float depth = IsNear(i % Width) ? 2 : 4, red = sample.Rgb[i] * 0.229f + 0.485f;
            Assert.Equal(depth, sample.Depth[i], 1e-5f);
            Assert.Equal(i % Width % 8 == 3 && i / Width % 8 == 5 ? depth : 0, sample.Spots[i], 1e-5f);
            Assert.Equal(IsNear(i % Width), red > 0.7f);
        }
    }

    [Fact]
    public void Colours_lie_beside_the_depth_by_three_pixels_at_most()
    {
        using var folder = new TempFolder();
        using ISampleSource source = Sources.Open([Shard(folder, "a")], AugmentationOptions.None with { ShiftChance = 1 }, Assert.Fail);
        var sample = new Sample();
        var steps = new HashSet<int>();
        for (int draw = 0; draw < 40; draw++)
        {
            source.Draw(1, draw, Height, Width, sample);
            int row = Height / 2 * Width, edge = Enumerable.Range(0, Width).First(x => sample.Rgb[row + x] * 0.229f + 0.485f > 0.7f);
            steps.Add(edge - Width / 2);
            for (int i = 0; i < Pixels; i++)
            {
                // What was measured and the truth stay together.
                float depth = IsNear(i % Width) ? 2 : 4;
                Assert.Equal(depth, sample.Depth[i], 1e-5f);
                Assert.Equal(i % Width % 8 == 3 && i / Width % 8 == 5 ? depth : 0, sample.Spots[i], 1e-5f);
            }
        }

        Assert.Equal([-3, -2, -1, 0, 1, 2, 3], steps.Order());
    }

    [Fact]
    public void Parallax_moves_colours_only()
    {
        using var folder = new TempFolder();
        using ISampleSource source = Sources.Open([Shard(folder, "a")], AugmentationOptions.None with { ParallaxChance = 1, Parallax = 10 }, Assert.Fail);
        var sample = new Sample();
        var edges = new HashSet<int>();
        for (int draw = 0; draw < 60; draw++)
        {
            source.Draw(1, draw, Height, Width, sample);
            edges.Add(Enumerable.Range(0, Width).First(x => sample.Rgb[Height / 2 * Width + x] * 0.229f + 0.485f > 0.7f) - Width / 2);
            for (int i = 0; i < Pixels; i++)
            {
                Assert.Equal(IsNear(i % Width) ? 2 : 4, sample.Depth[i], 1e-5f);
            }
        }

        // v is 1 and 0.5 on either half, so the near one moves by a quarter of ±10 pixels.
        Assert.Equal([-2, -1, 0, 1, 2], edges.Order());
    }

    [Fact]
    public void Recordings_are_read_and_a_bad_frame_is_noted_once()
    {
        using var folder = new TempFolder();
        string list = Recording(folder, "good_rgb.png good_s.npy good_gt.npy scene", "# a remark", "", "good_rgb.png missing.npy good_gt.npy", "small.png good_s.npy good_gt.npy");
        var notes = new List<string>();
        using ISampleSource source = Sources.Open([list], new AugmentationOptions(), notes.Add);
        Assert.Equal(3, source.Frames);
        var sample = new Sample();
        for (int i = 0; i < 40; i++)
        {
            source.Draw(1, i, 64, 96, sample);
        }

        Assert.Equal(
            [$"A frame is skipped: {folder["missing.npy"]}: there is no such file.", $"A frame is skipped: {folder["small.png"]}: it has 8×16 pixels (height × width), but its ground truth {Height}×{Width}."],
            notes.Order());
    }

    [Fact]
    public void Frames_beyond_the_bound_are_read_again()
    {
        using var folder = new TempFolder();
        string list = Recording(folder, "good_rgb.png good_s.npy good_gt.npy");
        Sample kept = new(), again = new();
        var notes = new List<string>();
        using (ISampleSource source = Sources.Open([list], new AugmentationOptions(), Assert.Fail), poor = Sources.Open([list], new AugmentationOptions { CacheBytes = 0 }, notes.Add))
        {
            source.Draw(1, 0, 64, 96, kept);
            poor.Draw(1, 0, 64, 96, again);
            Assert.Equal(kept.Rgb, again.Rgb);
            Assert.Equal(kept.Spots, again.Spots);
            File.Delete(folder["good_gt.npy"]);
            source.Draw(1, 1, 64, 96, kept);
            Assert.Throws<InvalidDataException>(() => poor.Draw(1, 1, 64, 96, again));
            Assert.Single(notes);
        }
    }

    [Fact]
    public void Validation_takes_frames_as_they_are()
    {
        using var folder = new TempFolder();
        string list = Recording(folder, "good_rgb.png good_s.npy good_gt.npy");
        IReadOnlyList<Sample> samples = Sources.Validation([Shard(folder, "a"), list], 100);
        Assert.Equal(Frames + 1, samples.Count);
        foreach (Sample sample in samples)
        {
            Assert.Equal((Height, Width), (sample.Height, sample.Width));
            Assert.Equal(Pixels / 64, sample.Spots.Count(metres => metres > 0));
            for (int i = 0; i < Pixels; i++)
            {
                Assert.Equal(IsNear(i % Width) ? 2 : 4, sample.Depth[i], 1e-3f);
            }
        }

        Assert.Equal(2, Sources.Validation([folder["a"]], 2).Count);
    }

    [Fact]
    public void What_is_no_data_is_named()
    {
        using var folder = new TempFolder();
        string Refusal(params string[] paths) => Assert.ThrowsAny<Exception>(() => Sources.Open(paths, new AugmentationOptions(), Assert.Fail)).Message;
        Assert.Equal("No frames were named, but at least one folder of shards or list is needed.", Refusal());
        Assert.Equal($"{folder["none"]}: there is no such folder or list.", Refusal(folder["none"]));
        Assert.Equal($"{folder.Root}: no folder below it has a spots.npy; EMDC.Scenes writes such shards.", Refusal(folder.Root));
        Assert.Equal($"{folder.Write("a.list", "x y\n")}:1: the line has 2 names, but training needs 'rgb sparse gt'.", Refusal(folder["a.list"]));
        Assert.Equal($"{folder.Write("b.list", "# nothing\n")}: the list has no frames.", Refusal(folder["b.list"]));

        string shard = Shard(folder, "shard");
        using (var file = File.OpenWrite(folder["shard/depth.npy"]))
        {
            file.SetLength(1000);
        }

        Assert.Equal($"{folder["shard/depth.npy"]}: the shape ({Frames}, {Height}, {Width}) needs {128 + 2 * Frames * Pixels} bytes, but the file has 1000.", Refusal(shard));
        Npy(folder["shard/depth.npy"], "<f4", new byte[4 * Pixels], 1, Height, Width);
        Assert.Equal($"{folder["shard/depth.npy"]}: the array has the type '<f4', but '<u2' is needed.", Refusal(shard));
        Npy(folder["shard/depth.npy"], "<u2", new byte[2 * Pixels], 1, Height, Width);
        Assert.StartsWith($"{shard}: rgb is ({Frames}, {Height}, {Width}, 3), depth (1, {Height}, {Width})", Refusal(shard));
    }

    private static string Recording(TempFolder folder, params string[] lines)
    {
        var rgb = new byte[3 * Pixels];
        float[] depth = new float[Pixels], spots = new float[Pixels];
        for (int i = 0; i < Pixels; i++)
        {
            depth[i] = IsNear(i % Width) ? 2 : 4;
            spots[i] = i % 64 == 9 ? depth[i] : 0;
            rgb[3 * i] = (byte)(i % 251);
        }

        RgbFile.Write(folder["good_rgb.png"], new RgbImage(Width, Height, rgb));
        RgbFile.Write(folder["small.png"], new RgbImage(16, 8, new byte[3 * 128]));
        DepthFile.Write(folder["good_s.npy"], spots, Width, Height);
        DepthFile.Write(folder["good_gt.npy"], depth, Width, Height);
        return folder.Write("data.list", string.Join('\n', lines) + "\n");
    }
}
