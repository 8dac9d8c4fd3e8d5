using System.Buffers.Binary;
using System.Text.Json;
using EMDC.Scenes.World;

namespace EMDC.Scenes.Tests;

/// <summary>The command <c>shards</c>, small.</summary>
public sealed class ShardsTests
{
    private const int Height = 48, Width = 64, Pixels = Height * Width, HeaderBytes = 128;

    [Fact]
    public void One_thread_and_two_write_the_same_bytes_and_so_does_a_second_run()
    {
        using var folder = new TempFolder();
        Write(folder["one"], 5, "--threads", "1", "--per-shard", "3");
        Write(folder["two"], 5, "--threads", "2", "--per-shard", "3");
        AssertSame(folder["one"], folder["two"]);
        Assert.Equal(
            ["one/00000/depth.npy", "one/00000/rgb.npy", "one/00000/shard.json", "one/00000/spots.npy"],
            folder.Files.Where(file => file.StartsWith("one/00000", StringComparison.Ordinal)));

        // What a broken-off run leaves is replaced; what it finished stays.
        DateTime first = File.GetLastWriteTimeUtc(folder["one/00000/rgb.npy"]);
        Directory.Delete(folder["one/00001"], recursive: true);
        Directory.CreateDirectory(folder["one/.00001.partial"]);
        File.WriteAllText(folder["one/.00001.partial/rgb.npy"], "half");
        Tool again = Run(folder["one"], 5, "--per-shard", "3");
        Assert.Equal(0, again.Code);
        Assert.StartsWith("00000: there already\n00001: 2 frames, ", again.Out);
        Assert.Equal(first, File.GetLastWriteTimeUtc(folder["one/00000/rgb.npy"]));
        AssertSame(folder["one"], folder["two"]);
    }

    [Fact]
    public void A_frame_is_the_same_alone_and_within_a_batch()
    {
        using var folder = new TempFolder();
        Write(folder["a"], 4, "--per-shard", "4", "--draws", "2");
        var frames = new Frames(Family.Train, 9, Width, Height);
        var picture = frames.Render(3);
        var rgb = new byte[3 * Pixels];
        frames.Colour(picture, 3, 0, rgb);
        Assert.Equal(rgb, Bytes(folder["a/00000/rgb.npy"]).AsSpan(3 * rgb.Length, rgb.Length));
        Assert.Equal(picture.Depth.Select(depth => (ushort)(depth * 5000 + 0.5f)), Units(folder["a/00000/depth.npy"]).Skip(3 * Pixels));

        var spots = new float[Pixels];
        frames.Spots(frames.Mix(3, 1), picture, 3, 1, 1, spots);
        Assert.Equal(spots.Select(depth => (ushort)(depth * 5000 + 0.5f)), Units(folder["a/00000/spots.npy"]).Skip((2 * 3 + 1) * Pixels));
    }

    [Fact]
    public void Draws_are_independent_and_measure_the_depth()
    {
        using var folder = new TempFolder();
        Write(folder["a"], 6, "--draws", "3");
        ushort[] depth = Units(folder["a/00000/depth.npy"]), spots = Units(folder["a/00000/spots.npy"]);
        int near = 0, all = 0;
        for (int frame = 0; frame < 6; frame++)
        {
            ushort[][] draws = [.. Enumerable.Range(0, 3).Select(draw => spots.AsSpan((3 * frame + draw) * Pixels, Pixels).ToArray())];
            Assert.NotEqual(draws[0], draws[1]);
            Assert.NotEqual(draws[1], draws[2]);
            foreach (ushort[] draw in draws)
            {
                for (int i = 0; i < Pixels; i++)
                {
                    if (draw[i] > 0)
                    {
                        float truth = depth[frame * Pixels + i];
                        Assert.True(truth > 0, "A spot where there is no depth.");
                        all++;
                        near += Math.Abs(draw[i] - truth) < 0.05f * truth ? 1 : 0;
                    }
                }
            }
        }

        Assert.InRange(near, 0.9 * all, all);
    }

    [Fact]
    public void The_json_says_what_the_arrays_hold()
    {
        using var folder = new TempFolder();
        Write(folder["a"], 5, "--per-shard", "3", "--draws", "2");
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(folder["a/00001/shard.json"]));
        JsonElement root = json.RootElement;
        int Number(string name) => root.GetProperty(name).GetInt32();
        Assert.Equal(("EMDC.Scenes", "train"), (root.GetProperty("generator").GetString(), root.GetProperty("family").GetString()));
        Assert.Equal((9, 3, 2, 2, Height, Width, 5000), (Number("seed"), Number("first"), Number("frames"), Number("draws"), Number("height"), Number("width"), Number("units_per_metre")));
        Assert.Equal(HeaderBytes + 2L * 2 * 2 * Pixels, new FileInfo(folder["a/00001/spots.npy"]).Length);
    }

    [Fact]
    public void A_folder_with_other_shards_is_left_alone()
    {
        using var folder = new TempFolder();
        Write(folder["a"], 2);
        Tool run = Run(folder["a"], 2, "--draws", "2");
        Assert.Equal((1, $"{folder["a/00000"]}: the shard there was made with other options or another version; choose another folder or remove it.\n"), (run.Code, run.Error));

        Directory.CreateDirectory(folder["b/00000"]);
        run = Run(folder["b"], 2);
        Assert.Equal((1, $"{folder["b/00000"]}: this is no shard (it has no shard.json), but one is to be written there.\n"), (run.Code, run.Error));
    }

    [Fact]
    public void An_interrupted_run_leaves_finished_shards_only()
    {
        using var folder = new TempFolder();
        Write(folder["a"], 2);
        using var interrupt = new CancellationTokenSource();
        interrupt.Cancel();
        Tool run = Tool.Run(interrupt.Token, "shards", "--seed", "9", "--size", $"{Height}x{Width}", "--frames", "6", "--per-shard", "2", "--out", folder["a"]);
        Assert.Equal((130, "Interrupted.\n"), (run.Code, run.Error));
        Assert.All(folder.Files, file => Assert.StartsWith("a/00000/", file));
    }

    [Fact]
    public void Samples_are_the_same_for_one_thread_and_two_and_have_their_own_size()
    {
        using var folder = new TempFolder();
        string[] samples = ["--samples", "5", "--sample-size", "32x48", "--per-shard", "3"];
        Write(folder["one"], 5, [.. samples, "--threads", "1"]);
        Write(folder["two"], 5, [.. samples, "--threads", "2"]);
        AssertSame(folder["one"], folder["two"]);
        Assert.Equal(HeaderBytes + 15L * 32 * 48 * 3, new FileInfo(folder["one/00000/rgb.npy"]).Length);
        Assert.Equal(HeaderBytes + 10L * 32 * 48 * 2, new FileInfo(folder["one/00001/spots.npy"]).Length);
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(folder["one/00000/shard.json"]));
        Assert.Equal(5, json.RootElement.GetProperty("samples").GetProperty("count").GetInt32());

        ushort[] depth = Units(folder["one/00000/depth.npy"]), spots = Units(folder["one/00000/spots.npy"]);
        for (int sample = 0; sample < 15; sample++)
        {
            Range range = (sample * 32 * 48)..((sample + 1) * 32 * 48);
            Assert.InRange(depth[range].Count(units => units > 0), 0.2 * 32 * 48, 32 * 48);
            Assert.InRange(spots[range].Count(units => units > 0), 24, 32 * 48);
        }
    }

    [Fact]
    public void Samples_that_keep_their_own_spots_and_relief_are_parts_of_frames()
    {
        using var folder = new TempFolder();
        Write(folder["frames"], 2);
        Write(folder["samples"], 2, "--samples", "4", "--sample-size", $"{Height}x{Width}", "--flatten", "0", "--own-spots", "1");
        ushort[] frames = Units(folder["frames/00000/depth.npy"]), samples = Units(folder["samples/00000/depth.npy"]);
        // Depths of half of the samples are multiplied; order and equality within one stay.
        float[] ratios = [.. Enumerable.Range(0, 8).Select(i => Spread(samples.AsSpan(i * Pixels, Pixels)))];
        Assert.All(ratios, ratio => Assert.Contains(Enumerable.Range(0, 2), i => Math.Abs(ratio / Spread(frames.AsSpan(i * Pixels, Pixels)) - 1) < 0.02f));
    }

    [Theory]
    [InlineData("--samples is '-1', but needs a whole number from 0 to 1000.", "--samples", "-1")]
    [InlineData("--flatten is '1.5', but needs a number from 0 to 1.", "--flatten", "1.5")]
    [InlineData("--own-spots is 'NaN', but needs a number from 0 to 1.", "--own-spots", "NaN")]
    [InlineData("--sample-size is '32', but needs HEIGHTxWIDTH in pixels, 16 to 4096 each, for example 192x256.", "--sample-size", "32")]
    public void Wrong_options_for_samples_are_refused(string sentence, params string[] options)
    {
        using var folder = new TempFolder();
        Tool run = Run(folder["a"], 2, options);
        Assert.Equal(2, run.Code);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
    }

    /// <summary>The farthest over the mean of all known depths: the same whatever they are multiplied by, and for a mirrored frame.</summary>
    private static float Spread(ReadOnlySpan<ushort> depth)
    {
        float sum = 0, count = 0, most = 0;
        foreach (ushort units in depth)
        {
            (sum, count, most) = (sum + units, count + (units > 0 ? 1 : 0), Math.Max(most, units));
        }

        return most * count / sum;
    }

    private static Tool Run(string folder, int frames, params string[] more) =>
        Tool.Run(["shards", "--family", "train", "--seed", "9", "--size", $"{Height}x{Width}", "--frames", $"{frames}", "--out", folder, .. more]);

    private static void Write(string folder, int frames, params string[] more)
    {
        Tool run = Run(folder, frames, more);
        Assert.Equal((0, ""), (run.Code, run.Error));
    }

    private static void AssertSame(string one, string two)
    {
        string[] files = [.. Directory.EnumerateFiles(one, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(one, path)).Order()];
        Assert.Equal(8, files.Length);
        Assert.All(files, file => Assert.Equal(File.ReadAllBytes(Path.Combine(two, file)), File.ReadAllBytes(Path.Combine(one, file))));
    }

    private static byte[] Bytes(string path) => File.ReadAllBytes(path)[HeaderBytes..];

    private static ushort[] Units(string path)
    {
        byte[] bytes = Bytes(path);
        return [.. Enumerable.Range(0, bytes.Length / 2).Select(i => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(2 * i)))];
    }
}
