using EMDC.Operators;
using EMDC.Tests.Parity;
using EMDC.Weights;

namespace EMDC.Kernels.Tests;

/// <summary>The table of tiles, and the search that fills it.</summary>
[Collection("device")]
public sealed class TuningTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("emdc-tiles").FullName;

    private string File => System.IO.Path.Combine(_folder, "below", "tiles.json");

    [Fact]
    public void A_table_comes_back_as_it_was_written()
    {
        var key = new TileKey("Conv3x3", 24, 29, 192, 64);
        var other = new TileKey("Propagation", 3, 2, 192, 256);
        TunedDevice first = new("A \"card\"", "CUDA 12.4"), second = first with { Driver = "CUDA 13.0" };
        var table = new TileTable();
        table.Add(first, [new(key, new Tile(16, 8, 1)), new(other, new Tile(24, 24, 1))]);
        table.Add(first, [new(key, new Tile(8, 4, 4))]);
        table.Add(second, [new(key, new Tile(16, 2, 4) { Multiple = 2 })]);
        table.Save(File);
        table.Save(File);
        var read = TileTable.Load(File, out string? note);
        Assert.Null(note);
        Assert.Equal([first, second], read.Devices);
        Assert.Equal([new(key, new Tile(8, 4, 4)), new(other, new Tile(24, 24, 1))], read.Of(first)!);
        Assert.Equal([new(key, new Tile(16, 2, 4) { Multiple = 2 })], read.Of(second)!);
        Assert.Null(read.Of(first with { Driver = "CUDA 11.8" }));
        Assert.Equal([File], Directory.GetFiles(System.IO.Path.GetDirectoryName(File)!));
    }

    [Theory]
    [InlineData("", "it is not the JSON of one")]
    [InlineData("{ \"emdc_tiles\": 1, \"devices\": [ {", "it is not the JSON of one")]
    [InlineData("[1, 2]", "it is not the JSON of one")]
    [InlineData("{}", "it is not the JSON of one")]
    [InlineData("{ \"emdc_tiles\": 1e99, \"devices\": [] }", "it is not the JSON of one")]
    [InlineData("{ \"emdc_tiles\": 2, \"devices\": [] }", "it is of version 2, but 1 is needed")]
    [InlineData("{ \"emdc_tiles\": 1, \"devices\": [ { \"name\": null, \"driver\": \"\", \"tiles\": [] } ] }", "'name' is null, but needs text")]
    [InlineData(
        "{ \"emdc_tiles\": 1, \"devices\": [ { \"name\": \"\", \"driver\": \"\", \"tiles\": [ { \"kernel\": \"\", \"shape\": [1], \"tile\": [1, 1, 1] } ] } ] }",
        "'shape' has 1 numbers, but needs 4")]
    public void A_damaged_file_is_ignored_with_a_note(string text, string why)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(File)!);
        System.IO.File.WriteAllText(File, text);
        var notes = new List<string>();
        using (IBackend opened = new KernelDevices { TilesPath = File, Note = notes.Add }.Open(KernelDevice.Simulator))
        {
            Assert.Equal(KernelDevice.Simulator, opened.Device.Name);
        }

        Assert.Equal([$"{File}: this is no table of tiles ({why}), so the default tiles are used."], notes);

        // What is not ours is not written over.
        Assert.Equal(
            $"{File}: this file is there but is no table of tiles; EMDC_TILES names another, or delete it.",
            Assert.Throws<EmdcException>(() => Tuner.Run(KernelDevice.Simulator, Weights(), 32, 32, path: File)).Message);
        Assert.Equal(text, System.IO.File.ReadAllText(File));
    }

    [Fact]
    public void A_missing_file_is_an_empty_table()
    {
        Assert.Empty(TileTable.Load(File, out string? note).Devices);
        Assert.Null(note);
    }

    [Fact]
    public void The_packages_tiles_are_used_where_the_users_table_has_none()
    {
        Assert.Empty(TileTable.Shipped(null));
        Assert.Empty(TileTable.Shipped("mali"));
        Dictionary<TileKey, Tile> shipped = TileTable.Shipped("pocl");
        Assert.NotEmpty(shipped);
        KernelDevice.Need("opencl:0");
        using DeviceBackend op = new KernelDevices { TilesPath = File }.Open("opencl:0", null, keepTensors: true);
        Assert.SkipWhen(op.Kind != "pocl", "opencl:0 is not PoCL here.");
        Assert.Equal(shipped.ToHashSet(), op.Tiling.Tuned!.ToHashSet());

        // The user's come before them.
        var (key, tile) = shipped.First();
        var table = new TileTable();
        table.Add(op.Tuned, [new(key, tile with { Splits = 7 })]);
        table.Save(File);
        using DeviceBackend own = new KernelDevices { TilesPath = File }.Open("opencl:0", null, keepTensors: true);
        Assert.Equal(tile with { Splits = 7 }, own.Tiling.Tuned![key]);
        Assert.Equal(shipped.Count, own.Tiling.Tuned!.Count);
    }

    [Theory]
    [InlineData("sm_90", "sm_90")]
    [InlineData("sm_80", "sm_90")]
    [InlineData("sm_86", "sm_90")]
    [InlineData("sm_120", "sm_90")]
    [InlineData("pocl", "pocl")]
    [InlineData("sm_ninety", null)]
    [InlineData("mali", null)]
    [InlineData(null, null)]
    public void A_compute_capability_without_tiles_takes_those_of_the_nearest(string? kind, string? taken)
    {
        Assert.Equal(taken, TileTable.ShippedKind(kind));
        Assert.Equal(TileTable.Shipped(taken).ToHashSet(), TileTable.Shipped(kind).ToHashSet());
    }

    [Fact]
    public void A_frames_time_is_estimated_launch_by_launch_for_a_device_that_is_not_here()
    {
        string[] few = Lines(66), many = Lines(132);
        Assert.Equal(70, many.Length);
        Assert.Matches(@"^ExpandDepthwise +160→960 6×12 .* 120 +128 +1 ", many.First(line => line.StartsWith("ExpandDepthwise    160", StringComparison.Ordinal)));
        Assert.InRange(Sum(many), 100, Sum(few));

        string[] Lines(int multiprocessors)
        {
            var lines = new List<string>();
            TimeModel.Explain(Weights(), 192, 256, multiprocessors, lines.Add);
            return [.. lines];
        }

        static int Sum(string[] lines) => int.Parse(System.Text.RegularExpressions.Regex.Match(lines[^1], @"about (\d+) µs").Groups[1].Value);
    }

    [Fact]
    public void A_device_that_has_no_tiles_is_refused()
    {
        string present = string.Join(", ", new KernelDevices().Devices.Select(d => d.Name));
        Assert.Equal(
            $"There is no device 'cpu' whose tiles can be tuned; present: {present}.",
            Assert.Throws<EmdcException>(() => Tuner.Run("cpu", Weights(), 32, 32, path: File)).Message);
    }

    [Fact]
    public void A_tuned_tile_changes_the_launch_and_not_the_result()
    {
        var key = new TileKey("Conv3x3", 6, 11, 7, 3);
        var tuned = new Tile(2, 4, 2);
        var w = new ConvWeights("conv", 11, 6, 3, [.. Enumerable.Range(0, 11 * 6 * 9).Select(i => (i % 7 - 3) / 8f)], new float[11]);
        float[] x = [.. Enumerable.Range(0, 6 * 7 * 10).Select(i => i % 13 / 4f)];
        var (usual, expected) = Run([]);
        var (taken, actual) = Run([new(key, tuned)]);
        Assert.NotEqual(tuned, usual);
        Assert.Equal(tuned, taken);

        // Sums of 54 products up to 9/8, in two orders: each within 54·2⁻²⁴ of the sum of the products' sizes.
        const double Bound = 2 * 54 * (54 * 9.0 / 8) / (1 << 24);
        Assert.All(actual.Zip(expected), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, Bound));

        // Tiles that cannot be launched are not taken: too many threads, none, more splits than channels, too large a product.
        foreach (Tile bad in (Tile[])[new(64, 32, 1), new(0, 4, 1), new(2, 4, 7), new(65536, 65536, 1), new(-2, -4, 1), new(1, 512, 1)])
        {
            Assert.Equal(usual, Run([new(key, bad)]).Tile);
        }

        (Tile Tile, float[] Y) Run(KeyValuePair<TileKey, Tile>[] tiles)
        {
            using DeviceBackend probe = KernelDevice.All.Open(KernelDevice.Simulator, null, keepTensors: true);
            var table = new TileTable();
            table.Add(probe.Tuned, tiles);
            table.Save(File);
            using DeviceBackend op = new KernelDevices { TilesPath = File }.Open(KernelDevice.Simulator, null, keepTensors: true);
            Tensor from = op.Tensor("x", 6, 7, 10), to = op.Tensor("y", 11, 7, 10);
            op.Write(from, x);
            op.Conv2d(w, from, to, Activation.None);
            op.RunOperator(0);
            float[] y = new float[11 * 7 * 10];
            op.Read(to, y);
            Part part = Assert.Single(op.Parts);
            Assert.Equal(key, part.Key);
            return (part.Tile, y);
        }
    }

    [Fact]
    public void Every_candidate_of_a_kernel_is_valid_and_gives_the_same_result()
    {
        var w = new ConvWeights("conv", 3, 5, 1, [.. Enumerable.Range(0, 15).Select(i => (i % 7 - 3) / 8f)], new float[3]);
        using DeviceBackend op = KernelDevice.All.Open(KernelDevice.Any, Tiling.For, keepTensors: true);
        Tensor x = op.Tensor("x", 5, 3, 9), y = op.Tensor("y", 3, 3, 9);
        op.Write(x, [.. Enumerable.Range(0, 5 * 3 * 9).Select(i => i % 13 / 4f)]);
        op.Conv2d(w, x, y, Activation.None);
        op.RunOperator(0);
        float[] expected = new float[81], actual = new float[81];
        op.Read(y, expected);
        Part part = Assert.Single(op.Parts);
        Tile[] candidates = [.. part.Tiles.Candidates(op.Tiling, part.Key, 1)];
        Assert.True(candidates.Length > 10);
        foreach (Tile tile in candidates)
        {
            Assert.True(part.Tiles.IsValid(op.Tiling, part.Key, tile));
            op.Write(y, new float[81]);
            op.Perform("the tile", op.Cut(part, tile));
            op.Read(y, actual);

            // Products of sixteenths and quarters: exact in any order.
            Assert.Equal(expected, actual);
        }
    }

    [Fact]
    public void Kernels_over_a_run_take_groups_of_any_power_of_2_that_always_fits()
    {
        using DeviceBackend op = KernelDevice.All.Open(KernelDevice.Any, Tiling.For, keepTensors: true);
        foreach (KernelTiles tiles in (KernelTiles[])[Conv3x3Direct.Tiles, Conv3x3Stride2.Tiles, ConvAny.Tiles, Depthwise.Tiles, Guidance.Tiles, FrameInput.Tiles, Scaling.Tiles])
        {
            var key = new TileKey(tiles.Name, 3, 3, 1, 1000);
            Assert.Equal([new(32, 1, 1), new(64, 1, 1), new(128, 1, 1), new(256, 1, 1)], tiles.Candidates(Tiling.Gpu, key, 32));
            Assert.True(tiles.IsValid(Tiling.Gpu, key, tiles.Default(Tiling.Gpu, key)));
            Assert.True(tiles.IsValid(op.Tiling, key, tiles.Default(op.Tiling, key)));
            Assert.All((Tile[])[new(512, 1, 1), new(32, 2, 1), new(32, 1, 2)], tile => Assert.False(tiles.IsValid(Tiling.Gpu, key, tile)));
        }

        // Its sums are halved in a tree.
        Assert.False(FrameInput.Tiles.IsValid(Tiling.Gpu, new TileKey("FrameInput", 4, 4, 1, 1000), new Tile(96, 1, 1)));
        Assert.False(Scaling.Tiles.IsValid(Tiling.Gpu, new TileKey("Unknown", 4, 4, 1, 1000), new Tile(32, 1, 1)));

        var w = new ConvWeights("depthwise", 2, 1, 3, [.. Enumerable.Range(0, 18).Select(i => (i % 7 - 3) / 8f)], new float[2]);
        Tensor x = op.Tensor("x", 2, 7, 9), y = op.Tensor("y", 2, 7, 9);
        op.Write(x, [.. Enumerable.Range(0, 2 * 7 * 9).Select(i => i % 13 / 4f)]);
        op.DepthwiseConv2d(w, x, y, Activation.None);
        float[]? expected = null;
        Part part = Assert.Single(op.Parts);
        foreach (Tile tile in part.Tiles.Candidates(op.Tiling, part.Key, 4))
        {
            float[] actual = new float[2 * 7 * 9];
            op.Write(y, actual);
            op.Perform("the tile", op.Cut(part, tile));
            op.Read(y, actual);
            Assert.Equal(expected ??= actual, actual);
        }

        Assert.Contains(expected!, v => v != 0);
    }

    [Fact]
    public void The_search_finishes_and_its_file_is_used()
    {
        Assert.SkipWhen(KernelDevice.Any == KernelDevice.Simulator, "There is only the simulator here, which takes hours for a search.");
        var lines = new List<string>();
        TuningResult result = Tuner.Run(KernelDevice.Any, Weights(), 32, 32, lines.Add, File, most: 2);
        Assert.Equal(result.Tiles.Count, lines.Count);
        Assert.All(lines, line => Assert.EndsWith(" tried, 0 wrong", line));
        Assert.True(result.Milliseconds <= result.DefaultMilliseconds);
        Assert.Equal(result.Tiles.ToHashSet(), TileTable.Load(File, out _).Of(result.Device)!.ToHashSet());

        using DeviceBackend op = new KernelDevices { TilesPath = File }.Open(KernelDevice.Any, null, keepTensors: true);
        Assert.Equal(
            [op.Tiling.Direct ? "Conv3x3Direct" : "Conv3x3", "Conv3x3Stride2", "ConvOne", "DepthwisePointwise", "ExpandDepthwise", "FrameInput", "Guidance", "Pointwise", "Propagation", "Scaling"], result.Tiles.Keys.Select(k => k.Kernel).Distinct().Order());
        EMDC.Network.EmdcNetwork.Record(op, new EMDC.Network.EmdcWeights(Weights()), 32, 32);
        Assert.All(op.Parts, part => Assert.Equal(result.Tiles[part.Key], part.Tile));
        float[] dense = new float[32 * 32];
        var frame = new Frame
        {
            Height = 32,
            Width = 32,
            Rgb = GoldenInputs.Rgb(32, 32),
            Sparse = GoldenInputs.Sparse(32, 32),
            Dense = dense,
            MaxDepth = 20,
        };
        op.Run(frame, CancellationToken.None);
        GoldenFile.Read("nine-32x32").Compare("output.dense", dense, backend: "tuned");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static StateDict Weights() => new(GoldenParameters.StateDict(9));
}
